"""Passages of what was typed that could tell who someone is: for the check page, which marks them and lets the person decide.

Pure and linear. Rather a passage missed than a false alarm: who is warned of nothing three times does not read the fourth warning. So what
is a word of everyday language too (a name, a school, a factory) counts only where something beside it says what it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from tuidang.intake.passages import accounts, names, numbers, places
from tuidang.intake.passages.found import Kind, Passage
from tuidang.intake.policies import folded, simplified

__all__ = ["MOST_SHOWN", "Kind", "Passage", "passages"]
MOST_SHOWN = 50
"""Passages that are marked; a text that has more is no ordinary one."""
_LEFT_OUT = str.maketrans("閩衚衕棟", "闽胡同栋")
"""Of the lists of characters."""


def passages(text: str, known: Iterable[str] = ()) -> tuple[Passage, ...]:
    """The passages of `text`, left to right, none over another. Names in `known` (those of the declaration itself) are not reported."""
    plain = text.translate(_one_form())
    found = [*numbers.find(plain), *accounts.find(plain), *places.find(plain), *names.find(plain, frozenset(map(folded, known)))]
    shown: list[Passage] = []
    for one in sorted(found, key=lambda passage: (passage.start, -passage.end)):
        if not shown or one.start >= shown[-1].end:
            shown.append(one)
    return tuple(shown[:MOST_SHOWN])


@cache
def _one_form() -> dict[int, int | str]:
    """For `str.translate`, one character for one: full-width forms to narrow ones, digits in circles to digits, traditional to simplified."""
    wide = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xA0: " "}
    del wide[ord("：")]
    circled = {first + digit: str(digit + 1) for first in (0x2460, 0x2474, 0x2776, 0x2780) for digit in range(9)} | {0x24EA: "0"}
    return {code: chr(to) for code, to in simplified().items()} | wide | circled | _LEFT_OUT
