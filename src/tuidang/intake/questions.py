"""The questions of the declaration form, in words. What they mean is in `forms`, how they are drawn in `design`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tuidang.design.fields import Choice, Field, with_errors
from tuidang.intake.forms import Typed, TypedPerson
from tuidang.intake.passages import passages
from tuidang.intake.policies import LONGEST_NAME, LONGEST_TEXT, LONGEST_TITLE, MOST_PERSONS, clean_line, folded
from tuidang.reference import queries as reference

Problems = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """What is asked about one person of a group. `number` counts from 1."""

    number: int
    name: Field
    left: Field
    child: Field

    @property
    def errors(self) -> tuple[Field, ...]:
        """The questions of this row that have an error."""
        return with_errors((self.name, self.left))


def errors(problems: Problems) -> dict[str, str]:
    """A sentence for each problem that `Typed.problems` names, by field."""
    unreadable = _("Some characters did not arrive whole. They are shown as � below; please write them again.")
    sentences = {
        ("persons", "none"): _("Enter at least one person."),
        ("persons", "too_many"): _("At most %(most)s people can be in one declaration. Nothing was recorded.") % {"most": MOST_PERSONS},
        ("persons", "tick_first"): _("Tick an organisation in a row first."),
        ("name", "empty"): _("Enter a name. It can be an invented one."),
        ("name", "dead"): _("The dead are not counted. Please empty this row, the ticks too; the text may remember them."),
        ("name", "too_long"): _("A name can have at most %(most)s characters.") % {"most": LONGEST_NAME},
        ("left", "none"): _("Tick at least one organisation."),
        ("title", "too_long"): _("The title can have at most %(most)s characters.") % {"most": LONGEST_TITLE},
        ("text", "empty"): _("Write something, or use the ready sentence."),
        ("text", "too_long"): _("The text can have at most %(most)s characters.") % {"most": f"{LONGEST_TEXT:,}"},
        ("adult", "needed"): _("You can only declare for yourself if you are 16 or older."),
        ("agreed", "needed"): _("Only people who have agreed can be listed."),
        ("consent", "needed"): _("Without your consent nothing may be stored."),
    }
    return {field: sentences.get((field, problem), unreadable) for field, problem in problems.items()}


def questions(typed: Typed, problems: Problems, language: str) -> dict[str, Field]:
    """Every question about one person, or all but those about each person of a group, by name, in the order of the page."""
    wrong = errors(problems)
    asked = [*_about_the_text(typed), *(_about_the_group(typed) if typed.group else _about_one(typed, language))]
    order = ("left", "name", "place", "title", "text", "publish", "adult", "agreed", "consent")
    named = {one.name: replace(one, error=wrong.get(one.name, ""), attributes={}) for one in asked}
    return {name: named[name] for name in order if name in named}


def rows(typed: Typed, language: str, *, checked: bool) -> list[Row]:
    """The questions about each person of a group; with `checked`, what is wrong in the rows that are filled in."""
    return [
        _row(number, one, language, errors(one.problems()) if checked and not one.blank else {})
        for number, one in enumerate(typed.persons, 1)
    ]


def twice(typed: Typed) -> dict[int, str]:
    """The names that stand in several rows and about which nobody was asked yet, each under the number of the last row that bears it."""
    doubtful = typed.names_twice()
    last = {folded(one.name): (number, clean_line(one.name)) for number, one in enumerate(typed.persons, 1)}
    return dict(sorted(where for name, where in last.items() if name in doubtful))


def all_asked(asked: Iterable[Field], about_each: Iterable[Row]) -> list[Field]:
    """Every question in the order of the page, for the summary of errors."""
    return [*(field for row in about_each for field in (row.name, row.left)), *asked]


def _about_one(typed: Typed, language: str) -> list[Field]:
    one = typed.persons[0]
    hint = _("Tick every one that you ever joined, however long ago.")
    return [
        Field("left", _("Which do you withdraw from?"), "checkboxes", hint=hint, choices=organisations(one.left, language)),
        Field("name", _("Name"), value=one.name, hint=_("An invented name is enough, and safer than your own. This one is a suggestion.")),
        Field("adult", _("I am 16 or older"), "tick", _ticked(on=typed.adult)),
    ]


def _about_the_group(typed: Typed) -> list[Field]:
    agreed = _("Each of them has agreed to be listed, and is 16 or older or my own child")
    return [Field("agreed", agreed, "tick", _ticked(on=typed.agreed))]


def _about_the_text(typed: Typed) -> list[Field]:
    ready = _("A ready sentence stands here. Keep it, change it, or write your own. Do not name anyone who has not agreed.")
    copies = _("Whoever reads it can copy it; copies cannot be recalled. Without this tick it is counted and not shown.")
    place = _("A province or a country is enough; nothing more precise is kept.")
    publish = (
        _("Publish it after a volunteer has read it") if typed.group else _("Publish it, with the name, after a volunteer has read it")
    )
    where = _("Where do they live? (optional)") if typed.group else _("Where do you live? (optional)")
    return [
        Field("place", where, value=typed.place, hint=place),
        Field("title", _("Title (optional)"), value=typed.title),
        Field("text", _("Your declaration"), "textarea", value=typed.text, hint=ready),
        Field("publish", publish, "tick", _ticked(on=typed.publish), copies),
        Field(
            "consent", _("I agree that this political declaration is stored and counted as described"), "tick", _ticked(on=typed.consent)
        ),
    ]


def _ticked(*, on: bool) -> str:
    return "on" if on else ""


def organisations(left: frozenset[str], language: str) -> tuple[Choice, ...]:
    """Party, league and pioneers by their official names, with the age at which people join; `left` are ticked."""
    ages = {
        "party": _("joined at 18 or later"),
        "league": _("joined between 14 and 28"),
        "pioneers": _("joined between 6 and 14, in most schools with the whole class"),
    }
    return tuple(Choice(one.name, one.full[language], ages[one.name], chosen=one.name in left) for one in reference.organisations())


def _row(number: int, one: TypedPerson, language: str, wrong: Mapping[str, str]) -> Row:
    about = pgettext("error about one of several people", "Person %(number)s: %(error)s")
    said = {name: about % {"number": number, "error": error} for name, error in wrong.items()}
    short = tuple(Choice(found.name, found.labels[language], chosen=found.name in one.left) for found in reference.organisations())
    return Row(
        number,
        Field(f"name_{number}", _("Name of person %(number)s") % {"number": number}, value=one.name, error=said.get("name", "")),
        Field(f"left_{number}", _("Withdraws from"), "checkboxes", error=said.get("left", ""), choices=short, inline=True),
        Field(f"child_{number}", _("under 16, I am the parent"), "tick", _ticked(on=one.child)),
    )


def what_was_joined(left: frozenset[str]) -> tuple[Field, Field]:
    """Two questions for who does not know: what they remember of being a child, where nearly everyone joined, and of later."""
    scarf = (_("I wore a red scarf at school"), _("Then you were a Young Pioneer. Most schools took in the whole class."))
    card = (
        _("Between 14 and 28 I had a League card, or paid League dues"),
        _("Then you joined the Communist Youth League, as most did at school."),
    )
    admitted = (_("I was admitted to the Party, on probation too, or paid Party dues"), _("An application alone is not joining."))
    child = (Choice("pioneers", *scarf, chosen="pioneers" in left),)
    later = (Choice("league", *card, chosen="league" in left), Choice("party", *admitted, chosen="party" in left))
    return (
        Field("left", _("As a child, up to the age of 14: does this fit?"), "checkboxes", choices=child),
        Field("later", _("And later: does any of these fit?"), "checkboxes", choices=tuple(replace(one, name="left") for one in later)),
    )


@dataclass(frozen=True, slots=True)
class Part:
    """A part of what was typed: `kind` is empty where nothing is to be marked."""

    text: str = field(repr=False)
    kind: str = ""


def marked(text: str, known: list[str]) -> list[Part]:
    """`text` in parts, with what may tell who someone is apart; the names `known` are of those who declare."""
    parts, at = [], 0
    for one in passages(text, known):
        parts += [Part(text[at : one.start]), Part(text[one.start : one.end], one.kind)]
        at = one.end
    return [part for part in (*parts, Part(text[at:])) if part.text]


def all_seeming(*texts: Iterable[Part]) -> list[str]:
    """What the marked parts of these texts seem to be, each once."""
    return [seeming(kind) for kind in dict.fromkeys(part.kind for parts in texts for part in parts if part.kind)]


def seeming(kind: str) -> str:
    """What a marked passage seems to be."""
    return {
        "identity": _("number of an identity card or passport"),
        "plate": _("car number plate"),
        "phone": _("phone number"),
        "email": _("e-mail address"),
        "account": _("account in a messenger"),
        "address": _("address"),
        "workplace": _("school or workplace"),
        "name": _("name of a person"),
    }[kind]
