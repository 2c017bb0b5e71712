"""Numbers that belong to one person: of identity papers, cars and telephones, however they are grouped and written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from tuidang.intake.passages.found import Kind, Passage

Groups = list[tuple[int, int]]

_RUN = re.compile(r"\+?\(?[0-9](?:[ ()._/‐-―-]{0,3}[0-9])*(?:[ -]?[Xx](?![A-Za-z]))?")
_GROUP = re.compile(r"[0-9]+(?:[Xx])?|[Xx]")
_CHINESE = dict(zip(map(ord, "〇○零洞一幺壹二贰三叁四肆五伍六陆七拐柒八捌九玖"), "000011122334455667778899", strict=True))
"""Digits as people read them out, and as they write them to deceive a program."""
_MOST_DIGITS = 18
_MOBILE_DIGITS = 11
_OF_INTEREST = frozenset((10, 11, 12, 13, 14, 15, 18))
_WEIGHTS_OF_HONG_KONG = (9, 8, 7, 6, 5, 4, 3, 2)
_LETTERS_OF_TAIWAN = dict(zip("ABCDEFGHJKLMNPQRSTUVXYWZIO", range(10, 36), strict=True))
_PROVINCES = frozenset((*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83))
_MOBILE = re.compile(r"(?:0086|86)?1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"(?:0086|86)?0(?:10|2[0-9]|[3-9][0-9]{2})[2-9][0-9]{6,7}")
_IN_TAIWAN = re.compile(r"09[0-9]{8}|0[2-8][2-9][0-9]{6,7}")
_TOLD = re.compile(
    r"(?:电话|手机|热线|致电|座机|宅电|传真|联系方式|[Tt]el|TEL|[Pp]hone|[Mm]obile|[Cc]ell|[Ff]ax|[Cc]all(?: me)?(?: (?:on|at))?)"
    r"(?:号码|号| ?number| ?no)?(?:是|为| is)?[\s.:：]{0,3}$"
)
_TOLD_LENGTH = 24
_PAPER = re.compile(
    r"(?:身份证|证件|护照|通行证|回乡证|台胞证|居住证|军官证|士兵证|驾照|驾驶证|社保卡|证号|(?<![A-Za-z])(?:ID|I\.D\.|[Ii]dentity|[Pp]assport)(?![a-z]))"
    r"(?:号码|号|[ ]?[Cc]ard)?(?:[ ]?(?:[Nn]umber|[Nn]o\.?))?(?:[ ]?(?:是|为|is))?[\s:：#.]{0,3}"
    r"(?P<it>[A-Za-z]{0,2}[ -]?[0-9*](?:[ -]{0,3}[0-9*]){5,17}(?:[ -]?[Xx(][0-9A]?\)?)?)(?![0-9A-Za-z])"
)
"""After a word that says what follows, any number will do: mistyped, half hidden, of another country."""
_PASSPORT = re.compile(r"(?<![A-Za-z0-9])(?:[EGDSPCHWegdspchw][ -]?[0-9]{8}|[EDSPCedspc][A-Za-z][ -]?[0-9]{7})(?![A-Za-z0-9])")
_HONG_KONG = re.compile(r"(?<![A-Za-z0-9])(?P<body>[A-Z]{1,2}[0-9]{6})(?P<check>\([0-9A]\)|[0-9A])(?![A-Za-z0-9])")
_MACAU = re.compile(r"(?<![A-Za-z0-9])[157](?:[0-9]{6}|/[0-9]{6}/)\(?[0-9]\)|(?<![A-Za-z0-9/])[157]/[0-9]{6}/[0-9](?![0-9/])")
_TAIWAN = re.compile(r"(?<![A-Za-z0-9])[A-Z][1289A-D][0-9]{8}(?![A-Za-z0-9])")
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-Z][ ·•・‧.-]?"
    r"(?=[A-Z]{0,5}[0-9])[A-Z0-9]{4,5}[A-Z0-9挂学警港澳领](?![A-Za-z0-9])"
)


def find(text: str) -> Iterator[Passage]:
    """The numbers of `text`, which is in one form already: narrow characters, simplified script."""
    plain = list(_grouped(text))
    yield from plain
    spoken = text.translate(_CHINESE)
    if spoken != text:
        whole = {one.start for one in plain if one.end - one.start >= _MOBILE_DIGITS}
        read_out = (one for one in _grouped(spoken) if text[one.start : one.end] != spoken[one.start : one.end])
        yield from (one for one in read_out if one.start not in whole)  # a number that is whole without the 一 of 一起
    yield from (Passage(found.start("it"), found.end("it"), "identity") for found in _PAPER.finditer(text))
    for pattern in (_PASSPORT, _MACAU):
        yield from (Passage(found.start(), found.end(), "identity") for found in pattern.finditer(text))
    yield from (Passage(found.start(), found.end(), "identity") for found in _HONG_KONG.finditer(text) if _is_of_hong_kong(found))
    yield from (Passage(found.start(), found.end(), "identity") for found in _TAIWAN.finditer(text) if _is_of_taiwan(found[0]))
    yield from (Passage(found.start(), found.end(), "plate") for found in _PLATE.finditer(text))


def _grouped(text: str) -> Iterator[Passage]:
    """Numbers made of digits alone: in each run of them, every succession of groups that could be one."""
    for run in _RUN.finditer(text):
        groups = [(run.start() + one.start(), run.start() + one.end()) for one in _GROUP.finditer(run[0])]
        if told := _told(text, run, groups):
            yield told
        for first in range(len(groups)):
            yield from _from_group(text, groups, first)


def _told(text: str, run: re.Match[str], groups: Groups) -> Passage | None:
    """A number of any shape, where the word before it or its plus says that it is a telephone's."""
    abroad = run[0].startswith("+")
    if not abroad and not _TOLD.search(text, max(0, run.start() - _TOLD_LENGTH), run.start()):
        return None
    digits, end = 0, 0
    for start, stop in groups:
        if digits + stop - start > 15:
            break
        digits, end = digits + stop - start, stop
    return Passage(run.start(), end, "phone") if digits >= (9 if abroad else 7) else None


def _from_group(text: str, groups: Groups, first: int) -> Iterator[Passage]:
    digits = ""
    for last in range(first, min(len(groups), first + _MOST_DIGITS)):
        start, end = groups[last]
        if len(digits) + end - start > _MOST_DIGITS:
            return
        digits += text[start:end].upper()
        if len(digits) in _OF_INTEREST and (kind := _kind(digits, [stop - begin for begin, stop in groups[first : last + 1]])):
            yield Passage(_with_sign(text, groups[first][0]), end, kind)


def _with_sign(text: str, start: int) -> int:
    while start and text[start - 1] in "(+":
        start -= 1
    return start


def _kind(digits: str, lengths: list[int]) -> Kind | None:
    """What `digits` seem to be, in groups of these lengths: a date has groups of one or two, a telephone number none but its prefixes."""
    if _is_identity_number(digits):
        return "identity"
    if not digits.isdecimal():
        return None
    rest = lengths[1:] if digits[:2] in ("86", "00") or digits.startswith("0") else lengths
    if all(one >= 3 for one in rest) and any(shape.fullmatch(digits) for shape in (_MOBILE, _LANDLINE, _IN_TAIWAN)):
        return "phone"
    if lengths in ([3, 3, 4], [1, 3, 3, 4]) and digits[-10] in "23456789":
        return "phone"
    return "phone" if all(one == 1 for one in lengths) and _MOBILE.fullmatch(digits) and len(digits) == 11 else None


def _is_identity_number(digits: str) -> bool:
    """18 characters, or the 15 digits of old cards, with a province and a day of birth. A wrong check digit is one that was mistyped."""
    if len(digits) not in (15, 18) or not digits[:-1].isdecimal() or int(digits[:2]) not in _PROVINCES:
        return False
    if len(digits) == 15:
        return digits.isdecimal() and _is_day(f"19{digits[6:12]}")
    return _is_day(digits[6:14])


def _is_day(written: str) -> bool:
    try:
        return 1900 <= date(int(written[:4]), int(written[4:6]), int(written[6:])).year <= 2099
    except ValueError:
        return False


def _is_of_hong_kong(found: re.Match[str]) -> bool:
    """With its last digit in brackets, or with the right one."""
    check = found["check"]
    if len(check) == 3:
        return True
    values = [36] * (8 - len(found["body"])) + [int(one, 36) for one in found["body"]]
    total = sum(one * weight for one, weight in zip(values, _WEIGHTS_OF_HONG_KONG, strict=True))
    return "0123456789A"[-total % 11] == check


def _is_of_taiwan(written: str) -> bool:
    """With the right last digit; of residents' numbers the second letter counts by its last digit."""
    first = _LETTERS_OF_TAIWAN[written[0]]
    second = _LETTERS_OF_TAIWAN[written[1]] % 10 if written[1].isalpha() else int(written[1])
    digits = [first // 10, first % 10, second, *map(int, written[2:])]
    return sum(one * weight for one, weight in zip(digits, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), strict=True)) % 10 == 0
