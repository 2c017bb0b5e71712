"""The questions of these pages: the code, and what is to stand instead. What is wrong is said as helpfully as may be, and never more."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from django.http import QueryDict
from django.utils.translation import gettext as _

from tuidang.declarant.queries import Editable
from tuidang.design.fields import Field
from tuidang.design.requests import Sent
from tuidang.intake import policies, questions
from tuidang.intake.content import Correction
from tuidang.intake.forms import ORGANISATIONS, Typed, TypedPerson, read_typed
from tuidang.reference import pack
from tuidang.reference import queries as reference
from tuidang.review.states import Refusal
from tuidang.vault.codes import LONGEST_TYPED, WORDS, Code, UnreadableCodeError, read_code

_OWN = frozenset(("left", "name"))
_TOLD = frozenset(("place", "title", "text"))
_GIVEN = frozenset(("publish", "adult", "agreed", "consent"))


@dataclass(frozen=True, slots=True)
class TypedCode:
    """What was typed where a code is asked for: the code, or why it is none (`problem`), with the status to answer."""

    typed: str = field(default="", repr=False)
    code: Code | None = None
    problem: str = ""
    status: int = 200

    def unknown(self) -> TypedCode:
        """The same, where nothing is found under the code."""
        return replace(self, problem="unknown", status=404)

    def question(self, label: str = "") -> Field:
        """The question for the code, with what was typed and what is wrong with it: `problem` may be a sentence."""
        sentences = {
            "empty": _("Enter your code."),
            "unknown": _("Nothing is found under this code. Please compare each character, in order."),
            "foreign": _("This did not come from our own page. If you want to look it up, press the button here."),
            "too_large": _("What was sent is too large for a code."),
            "unreadable": _("What was sent could not be read. Please enter the code again."),
        }
        hint = _("In any of its forms. Spaces, capitals and punctuation do not matter.")
        error = sentences.get(self.problem, self.problem)
        return Field("code", label or _("Your code"), value=self.typed, hint=hint, error=error)


def read_typed_code(sent: Sent) -> TypedCode:
    """The code that a form sent, in any of its forms."""
    whole = sent.fields.get("code", "").replace("\0", "")
    typed = whole[:LONGEST_TYPED]
    if sent.problem:
        return TypedCode(typed, None, sent.problem, sent.status)
    try:
        return TypedCode(typed, read_code(whole))
    except UnreadableCodeError as error:
        return TypedCode(typed, None, _hint_of(error) if typed.strip() else "empty", 422)


def _hint_of(error: UnreadableCodeError) -> str:
    """What is wrong with a code that was typed: which sign no code has, how many there are, or that one of them is another."""
    count = {"place": error.place, "there": error.there}
    few = {
        "character": _("A code has 12 characters. There are only %(there)s here.") % count,
        "word": _("A code has 12 words. There are only %(there)s here.") % count,
    }
    many = {
        "character": _("A code has 12 characters. There are %(there)s here, which is too many.") % count,
        "word": _("A code has 12 words. There are %(there)s here, which is too many.") % count,
    }
    if error.hint == "long":
        return _("This is far longer than a code. A code has 12 Chinese characters or English words, or 28 letters and digits.")
    symbols = {
        "character": _("Character number %(place)s occurs in no code. Please look at it again.") % count,
        "word": _("Word number %(place)s occurs in no code. Please look at it again.") % count,
        "sign": _("Letter or digit number %(place)s occurs in no code. Please look at it again.") % count,
    }
    if error.hint == "length":
        either = _("A code has 12 Chinese characters or English words, or 28 letters and digits. Here something is missing, or too much.")
        return (few if error.there < WORDS else many).get(error.unit, either)
    checks = {
        "character": _("At least one character is wrong, or two have changed places. Please compare each one, in order."),
        "word": _("At least one word is wrong, or two have changed places. Please compare each one, in order."),
        "sign": _("At least one letter or digit is wrong, or two have changed places. Please compare each one, in order."),
    }
    return symbols[error.unit] if error.hint == "symbol" else checks[error.unit]


def refusal(reason: Refusal | None) -> str:
    """Why it was refused, in the reader's language; empty if that is not known."""
    words = {
        Refusal.INVENTED: _("invented"),
        Refusal.SPAM: _("advertising or nonsense"),
        Refusal.NOT_A_DECLARATION: _("not a declaration"),
        Refusal.PRIVATE_PERSON: _("names a private person"),
        Refusal.DUPLICATE: _("handed in twice by the same form"),
        Refusal.OTHER: _("other reason"),
    }
    return words[reason] if reason else ""


class Correcting:
    """The form of a correction: the questions of the declaration that can be answered anew, with what stands now or what was typed.

    A person left without name and tick stays as they were, a child keeps an invented name. What was agreed to is not asked again.
    """

    def __init__(self, found: Editable, language: str, posted: QueryDict | None = None) -> None:
        self._found, self._language = found, language
        self._before = tuple(_row(*one, listed=found.group or not found.told) for one in found.persons)
        self._place = reference.label(found.region, language) if found.region else ""
        self.typed = self._read(posted) if posted is not None else self._filled(self._before, self._place, found.title, found.text)

    def _filled(self, persons: tuple[TypedPerson, ...], place: str, title: str, text: str) -> Typed:
        told = (place, title, text) if self._found.told else (self._place, self._found.title, self._found.text)
        twice = frozenset(policies.folded(one.name) for one in persons)
        typed = Typed(self._found.group, persons, *told, publish=False, adult=True, agreed=True, consent=True, several=twice)
        return typed.with_invented_children(self._language)

    def _read(self, posted: QueryDict) -> Typed:
        sent = read_typed(posted, group=self._found.group)
        pairs = zip(self._before, (replace(one, child=False) for one in sent.persons), strict=False)
        rows = [before if new.blank else replace(new, child=before.child) for before, new in pairs]
        return self._filled((*rows, *self._before[len(rows) :]), sent.place, sent.title, sent.text)

    @property
    def problems(self) -> dict[str, str]:
        """What is wrong, by field, in the names of `intake.forms`."""
        return self.typed.problems()

    def fields(self, *, checked: bool) -> list[Field]:
        """The questions that are asked, in the order of the page."""
        asked = (_TOLD if self._found.told else frozenset()) | (frozenset() if self._found.group else _OWN)
        found = questions.questions(self.typed, self.problems if checked else {}, self._language)
        plain = {"text": "", "name": ""}
        return [replace(one, hint=plain.get(name, one.hint)) for name, one in found.items() if name in asked]

    def rows(self, *, checked: bool) -> list[questions.Row]:
        """The questions about each person of a group."""
        return questions.rows(self.typed, self._language, checked=checked) if self._found.group else []

    def hidden(self) -> list[tuple[str, str]]:
        """What carries the answers to the next page."""
        asked = self.typed.hidden()
        return [
            (name, value)
            for name, value in asked
            if name not in _GIVEN and not name.startswith("child") and name != "several" and (self._found.told or name not in _TOLD)
        ]

    @property
    def region(self) -> int:
        """The place, by its code; unchanged where the field is."""
        return self._found.region if self.typed.place == self._place else self.typed.region()

    def marked(self) -> tuple[list[list[questions.Part]], list[questions.Part], list[questions.Part]]:
        """Names, title and text with the passages marked that could tell who someone is. Title and text are empty where they are not asked."""
        names = [policies.clean_line(one.name) for one in self.typed.filled()]
        told = (policies.clean_line(self.typed.title), self.typed.final_text()) if self._found.told else ("", "")
        title, text = (questions.marked(one, names) for one in told)
        return [questions.marked(name, [name]) for name in names], title, text

    def correction(self) -> Correction:
        """What is to stand instead. Look at `problems` first."""
        told = self.typed.declaration(self._language)
        return Correction(told.persons, (told.title, told.text, self.region) if self._found.told else None)


def _row(name: str, organisations: int, suggested: bool, *, listed: bool) -> TypedPerson:
    """Among those who were listed, an invented name that may not be published is a child's."""
    child = listed and not suggested and name in pack.aliases()
    return TypedPerson(name, frozenset(one for one, bit in ORGANISATIONS.items() if bit & organisations), child)
