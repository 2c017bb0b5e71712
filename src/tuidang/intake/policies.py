"""What a declaration must look like. Pure: the same answer for a web form, a client and an import.

Nothing is refused for being like another: the ready sentence is used by everyone.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator
from functools import cache, lru_cache

from tuidang.intake.content import NewDeclaration
from tuidang.kernel.errors import InvalidInputError
from tuidang.reference.queries import script_fold
from tuidang.vault.codes import traditional_to_simplified

LONGEST_NAME = 60
LONGEST_TITLE = 200
LONGEST_TEXT = 20_000
MOST_PERSONS = 500
DECIDED_WITHIN_DAYS = 30
"""By then a declaration is on the public record, or a list there says what became of it."""
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufff9-\ufffb\ufeff]"
)
"""What is not seen, turns others around, or ends lines. Joiners stay: words of several scripts need them."""

_UNSEEN = frozenset(("Mn", "Cf", "Cc"))
_DEAD = re.compile(
    r"(?:已故|已逝|已亡|故去|去世|过世|逝世|病逝|病故|辞世|deceased|passed away)[)\]】]?$|[(\[【](?:dead|died|故|殁|亡|已故)[)\]】]|^已故|^deceased "
    r"|^(?:我的?)?(?:先[父母夫妻祖兄考妣]|亡[父母夫妻祖兄姐弟妹友子女儿]|故[父母夫妻友])(?!之|的)"
    r"|^(?:the |my |our )?late (?:father|mother|dad|mum|husband|wife|grand|brother|sister|uncle|aunt|son|daughter|friend|mr|mrs)",
    re.IGNORECASE,
)
"""What is written in place of a name, or beside one, where somebody is dead."""
_MIDDLE_DOTS = frozenset("·•‧∙⋅・᛫")
"""Between the parts of a name, and typed in many ways."""
_IN_NAMES = (
    "賈譚龐閻龔濤鵬穎嬌瑩曄燦煒煥鈞鄔閔祿鄺鄭嚴傅儀顏駱繆燁瑋瓊瑤婭媽嫻嬋嫣緯綺綸縉纓翹聰蓀蔣薔藺諶讓豔貞賁賡贇軒輝輯輿銘鋒鎔鎧闞闕韜頌頡頤飆驍驥騫鴻鵑鸞麒",
    "贾谭庞阎龚涛鹏颖娇莹晔灿炜焕钧邬闵禄邝郑严傅仪颜骆缪烨玮琼瑶娅妈娴婵嫣纬绮纶缙缨翘聪荪蒋蔷蔺谌让艳贞贲赓赟轩辉辑舆铭锋镕铠阚阙韬颂颉颐飙骁骥骞鸿鹃鸾麒",
)
"""Traditional and simplified, as given names and surnames have them and the other lists do not."""


def clean_line(typed: str) -> str:
    """One line without control characters and bidirectional overrides, composed (NFC), spaces folded; empty if nothing of it can be seen."""
    words = (_CONTROL.sub("", word) for word in unicodedata.normalize("NFC", typed).split())
    line = " ".join(filter(None, words))
    return "" if all(unicodedata.category(one) in _UNSEEN for one in line) else line


def clean_text(typed: str) -> str:
    """Several lines without control characters, composed (NFC); line ends are line feeds; no blanks at the ends."""
    lines = unicodedata.normalize("NFC", typed).replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", lines).strip()


def names_the_dead(name: str) -> bool:
    """Whether what stands in place of a name says that this person is dead: 爷爷（已故）, 先父, the late …. The dead are not counted."""
    return bool(_DEAD.search(unicodedata.normalize("NFKC", name).translate(simplified())))


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

    A name is found however it is spaced on its line, in either Chinese script, in full width, in capitals or without accents. Longer names
    go first, so that 李明华 is not taken for 李明. A name of one character is replaced only where it stands alone, one in letters that have
    capitals only as whole words. The cost grows with the text and the names, and not with their product.
    """
    text = text.replace("{{", "{ {")
    numbers: dict[str, int] = {}
    for number, name in enumerate(names, 1):
        numbers.setdefault(folded(name), number)
    numbers.pop("", None)
    parts, done = [], 0
    for start, end, found in _occurrences(text, _lengths_by_prefix(numbers)):
        parts += [text[done:start], f"{{{{{numbers[found]}}}}}"]
        done = end
    return "".join([*parts, text[done:]])


def folded(text: str) -> str:
    """What counts of a name when names are compared: no blanks, accents, capitals, widths, and one Chinese script."""
    return "".join(map(_folded_character, text))


@cache
def simplified() -> dict[int, int]:
    """For `str.translate`: traditional characters to simplified ones, from every list at hand."""
    return str.maketrans(*_IN_NAMES) | traditional_to_simplified() | script_fold()


@lru_cache(maxsize=4096)
def _folded_character(character: str) -> str:
    """What counts of one character when names are compared: nothing of blanks, accents and marks that are not seen, but line ends."""
    if character == "\n":
        return character
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold()).translate(simplified())
    return "".join(one for one in plain if not (one.isspace() or unicodedata.category(one) in _UNSEEN or one in _MIDDLE_DOTS))


def _lengths_by_prefix(names: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """Each beginning of a name, with the lengths of the names that it begins with, the longest first."""
    whole = set(names)
    lengths: dict[str, tuple[int, ...]] = {}
    for name in whole:
        ends: tuple[int, ...] = ()
        for length in range(1, len(name) + 1):
            prefix = name[:length]
            if prefix in whole:
                ends = (length, *ends)
            lengths[prefix] = ends
    return lengths


def _occurrences(text: str, lengths: dict[str, tuple[int, ...]]) -> Iterator[tuple[int, int, str]]:
    """(start, end, folded name) of the names in `text`, left to right, none over another."""
    folded = [(one, at) for at, character in enumerate(text) for one in _folded_character(character)]
    plain, origins = "".join(one for one, _ in folded), [at for _, at in folded]
    longest = max(map(len, lengths), default=0)
    at = 0
    while at < len(plain):
        start = origins[at]
        within = start > 0 and _has_capitals(plain[at]) and _has_capitals(text[start - 1])
        for length in () if within else lengths.get(_longest_prefix(plain, at, lengths, longest), ()):
            end = _with_marks(text, origins[at + length - 1] + 1)
            if _stands(text, start, end, plain[at : at + length]):
                yield start, end, plain[at : at + length]
                at = bisect_left(origins, end) - 1
                break
        at += 1


def _with_marks(text: str, end: int) -> int:
    while end < len(text) and text[end] != "\n" and unicodedata.category(text[end]) in _UNSEEN:
        end += 1
    return end


def _longest_prefix(plain: str, at: int, lengths: Container[str], longest: int) -> str:
    """The longest beginning of a name that stands at `at`. Halving: each beginning of a beginning is one too."""
    if plain[at] not in lengths:
        return ""
    low, high = 1, min(longest, len(plain) - at)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if plain[at : at + middle] in lengths else (low, middle - 1)
    return plain[at : at + low]


def _stands(text: str, start: int, end: int, name: str) -> bool:
    """Whether what is found between `start` and `end` is the name and not a part of another word."""
    after = text[end : end + 1]
    if len(name) == 1:
        return not (_is_of_words(text[start - 1 : start] if start else "") or _is_of_words(after))
    return not (_has_capitals(name[-1]) and _has_capitals(after))


def _is_of_words(character: str) -> bool:
    return character.isalnum() or character == "_"


def _has_capitals(character: str) -> bool:
    return character.lower() != character.upper()


def with_corrected_names(text: str, names: list[str], earlier: list[str]) -> str:
    """As `with_placeholders`, where some of the names in `text` may still be those of before the correction: both lists in one order."""
    found = with_placeholders(text, [*names, *earlier])
    return re.sub(r"\{\{(\d{1,4})\}\}", lambda one: f"{{{{{(int(one.group(1)) - 1) % len(names) + 1}}}}}", found)


def with_names(text: str, names: dict[int, str]) -> str:
    """`text` with the placeholders of `names` (by number) filled in, the others shown as ○."""
    return re.sub(r"\{\{(\d{1,3})\}\}", lambda found: names.get(int(found.group(1)), "○"), text)


def without_names(text: str, names: Iterable[str]) -> str:
    """`text` as it may be read by everyone: its placeholders, and where one of `names` stands all the same, shown as ○.

    A name that was corrected later may stand in a text that its bearer has no say in.
    """
    return with_names(with_placeholders(with_names(text, {}), list(names)), {})
