"""Roots that the log must have had: remembered by `--seen`, stated by `turn/`, by a predecessor, and by the checkpoint itself.

They are computed from the entries on the way, not taken from tiles.
"""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush
from itertools import count

from tlog.checkpoint import Checkpoint
from tlog.claims import Claim, Earlier
from tlog.entry import SIZE
from tlog.errors import InvalidError
from tlog.merkle import Frontier, leaf_hash, subtree_root
from tlog.tiles import WIDTH
from tlog.tree import Lot


class Roots:
    """Follows the lots of a log in order, and compares claims as their sizes are reached."""

    def __init__(self, claims: Iterable[Claim | Earlier] = ()) -> None:
        self._frontier = Frontier()
        self._rest: bytes | None = None
        self._claims: list[
            tuple[int, int, Claim | Earlier]
        ] = []  # a heap by size; the second number keeps claims of one size in their order
        self._number = count()
        self._add(claims)

    def _add(self, claims: Iterable[Claim | Earlier]) -> None:
        for claim in claims:
            heappush(self._claims, (claim.size, next(self._number), claim))

    def _due(self, end: int) -> list[Claim | Earlier]:
        """Takes the claims of sizes below `end`."""
        due = []
        while self._claims and self._claims[0][0] < end:
            due.append(heappop(self._claims)[2])
        return due

    def follow(self, lot: Lot, claims: Iterable[Claim] = ()) -> None:
        """Goes on by `lot`; new `claims` are of sizes from its first index on. Raises InvalidError by the claim's rule."""
        self._add(claims)
        for number, root in enumerate(lot.roots):
            begin = lot.first + number * WIDTH
            due = self._due(min(begin + WIDTH, lot.end))
            if due:
                at = (begin - lot.first) * SIZE
                self._require(due, begin, lot.entries[at : at + WIDTH * SIZE])
            if begin + WIDTH <= lot.end:
                self._frontier.append(root)
            else:
                self._rest = root

    def finish(self, checkpoint: Checkpoint) -> None:
        """All lots were followed: claims of the last size and beyond, and the checkpoint's own root."""
        if self._frontier.root(self._rest) != checkpoint.root:
            raise InvalidError("root", "the entries lead to another root than the checkpoint's", path="checkpoint")
        for _, _, claim in sorted(self._claims):
            if claim.size > checkpoint.size:
                raise claim.refuted()
            claim.require(checkpoint.root)

    def _require(self, claims: list[Claim | Earlier], begin: int, entries: bytes) -> None:
        """Claims of sizes within one bundle, ascending; `entries` are the bundle's."""
        leaves = [leaf_hash(entries[at : at + SIZE]) for at in range(0, len(entries), SIZE)]
        found: tuple[int, bytes] = (-1, b"")
        for claim in claims:
            if claim.size != found[0]:
                part = leaves[: claim.size - begin]
                found = claim.size, self._frontier.root(subtree_root(part) if part else None)
            claim.require(found[1])
