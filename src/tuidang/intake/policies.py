"""What a declaration must look like. Pure: the same answer for a web form, a client and an import.

Nothing is refused for being like another: the ready sentence is used by everyone.
"""

from __future__ import annotations

import re
import unicodedata

from tuidang.intake.content import NewDeclaration
from tuidang.kernel.errors import InvalidInputError

LONGEST_NAME = 60
LONGEST_TITLE = 200
LONGEST_TEXT = 20_000
MOST_PERSONS = 500
DECIDED_WITHIN_DAYS = 30
"""By then a declaration is on the public record, or a list there says what became of it."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ufeff]")


def clean_line(typed: str) -> str:
    """One line without control characters and bidirectional overrides, composed (NFC), spaces folded."""
    return " ".join(_CONTROL.sub(" ", unicodedata.normalize("NFC", typed)).split())


def clean_text(typed: str) -> str:
    """Several lines without control characters, composed (NFC); line ends are line feeds; no blanks at the ends."""
    lines = unicodedata.normalize("NFC", typed).replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", lines).strip()


def check(declaration: NewDeclaration) -> None:
    """Raises InvalidInputError with the problems by field: `title`, `text`, `persons`, `names`, `organisations`, `voice`."""
    problems: dict[str, str] = {}
    if not 1 <= len(declaration.persons) <= MOST_PERSONS:
        problems["persons"] = "none" if not declaration.persons else "too_many"
    if any(not person.name for person in declaration.persons):
        problems["names"] = "empty"
    if any(len(person.name) > LONGEST_NAME for person in declaration.persons):
        problems["names"] = "too_long"
    if any(not 1 <= person.organisations <= 7 for person in declaration.persons):
        problems["organisations"] = "none"
    if len(declaration.title) > LONGEST_TITLE:
        problems["title"] = "too_long"
    if not declaration.text:
        problems["text"] = "empty"
    if len(declaration.text) > LONGEST_TEXT:
        problems["text"] = "too_long"
    if declaration.voice == 1 and len(declaration.persons) > 1:
        problems["voice"] = "first_hand_is_one"
    if problems:
        raise InvalidInputError(problems)


def with_placeholders(text: str, names: list[str]) -> str:
    """`text` with each of `names` replaced by `{{1}}`, `{{2}}`, … in the order of `names`; what looks like a placeholder is broken up first.

    Longer names go first, so that 李明华 is not taken for 李明. A name of one character is replaced only where it stands alone.
    """
    text = text.replace("{{", "{ {")
    places = {name: f"{{{{{number}}}}}" for number, name in reversed(list(enumerate(names, 1)))}
    patterns = [
        re.escape(name) if len(name) > 1 else rf"(?<!\w){re.escape(name)}(?!\w)" for name in sorted(places, key=len, reverse=True) if name
    ]
    if not patterns:
        return text
    return re.sub("|".join(patterns), lambda found: places[found.group()], text)


def with_names(text: str, names: dict[int, str]) -> str:
    """`text` with the placeholders of `names` (by number) filled in, the others shown as ○."""
    return re.sub(r"\{\{(\d{1,3})\}\}", lambda found: names.get(int(found.group(1)), "○"), text)
