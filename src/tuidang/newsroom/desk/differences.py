"""What changed between two versions of a text, passage by passage, and within a passage by words; in Chinese by characters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal

Mark = Literal["same", "gone", "new"]
AROUND = 1
"""Passages shown on either side of a change."""
MOST_LINES = 1_000
"""Of texts that are compared line by line: comparing takes time that grows with the square."""
MOST_PAIRS = 2_000_000
"""Of pieces that are compared within passages, in one text; passages after that are shown as they were and as they are."""
MOST_SHOWN = 200
_PIECE = re.compile(r"[A-Za-z0-9]+|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Passage:
    """A line of the text: pieces that stayed, went or came. `skipped` tells that unchanged ones before it are left out."""

    parts: tuple[tuple[Mark, str], ...]
    skipped: bool = False

    @property
    def changed(self) -> bool:
        """Whether anything in it is not as it was."""
        return any(mark != "same" for mark, _ in self.parts)


def differences(before: str, after: str) -> list[Passage]:
    """The passages that changed, with what stands around them, at most `MOST_SHOWN`; empty if nothing did."""
    old, new = before.splitlines(), after.splitlines()
    passages = list(_passages(old, new) if max(len(old), len(new)) <= MOST_LINES else _whole(old, new))
    kept = [at for at, one in enumerate(passages) if any(near.changed for near in passages[max(0, at - AROUND) : at + AROUND + 1])]
    follows = {at for last, at in pairwise([-1, *kept]) if at != last + 1}
    return [Passage(passages[at].parts, skipped=at in follows) for at in kept[:MOST_SHOWN]]


def _whole(before: Sequence[str], after: Sequence[str]) -> Iterator[Passage]:
    """All that stood from the first line that differs on, then all that stands there now."""
    first = next((at for at, (old, new) in enumerate(zip(before, after, strict=False)) if old != new), min(len(before), len(after)))
    yield from (Passage((("same", line),)) for line in before[:first])
    yield from (Passage((("gone", line),)) for line in before[first : first + MOST_SHOWN // 2])
    yield from (Passage((("new", line),)) for line in after[first : first + MOST_SHOWN // 2])


def _passages(before: Sequence[str], after: Sequence[str]) -> Iterator[Passage]:
    left = MOST_PAIRS
    for kind, at, to, new_at, new_to in SequenceMatcher(None, before, after).get_opcodes():
        gone, new = before[at:to], after[new_at:new_to]
        if kind == "equal":
            yield from (Passage((("same", line),)) for line in gone)
            continue
        for old, fresh in zip(gone, new, strict=False):
            pieces = _PIECE.findall(old), _PIECE.findall(fresh)
            left -= len(pieces[0]) * len(pieces[1])
            yield Passage(tuple(_within(*pieces) if left >= 0 else _replaced(old, fresh)))
        both = min(len(gone), len(new))
        yield from (Passage((("gone", line),)) for line in gone[both:])
        yield from (Passage((("new", line),)) for line in new[both:])


def _replaced(before: str, after: str) -> Iterator[tuple[Mark, str]]:
    if before:
        yield "gone", before
    if after:
        yield "new", after


def _within(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[Mark, str]]:
    for kind, at, to, new_at, new_to in SequenceMatcher(None, before, after).get_opcodes():
        gone, new = "".join(before[at:to]), "".join(after[new_at:new_to])
        if kind == "equal":
            yield "same", gone
        else:
            yield from _replaced(gone, new)
