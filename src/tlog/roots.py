"""Roots that the log must have had: remembered by `--seen`, stated by `turn/`, by a predecessor, and by the checkpoint itself.

They are computed from the entries on the way, not taken from tiles.
"""

from __future__ import annotations

from collections.abc import Iterable

from tlog.checkpoint import Checkpoint
from tlog.entry import SIZE
from tlog.errors import InvalidError
from tlog.merkle import Frontier, leaf_hash, subtree_root
from tlog.replay import Claim
from tlog.tiles import WIDTH
from tlog.tree import Lot


class Roots:
    """Follows the lots of a log in order, and compares claims as their sizes are reached."""

    def __init__(self, claims: Iterable[Claim] = ()) -> None:
        self._frontier = Frontier()
        self._rest: bytes | None = None
        self._claims = list(claims)

    def follow(self, lot: Lot, claims: Iterable[Claim] = ()) -> None:
        """Goes on by `lot`; new `claims` are of sizes from its first index on. Raises InvalidError by the claim's rule."""
        self._claims += claims
        for number, root in enumerate(lot.roots):
            begin = lot.first + number * WIDTH
            for claim in self._claims:
                if begin <= claim.size < min(begin + WIDTH, lot.end):
                    leaves = lot.entries[(begin - lot.first) * SIZE : (claim.size - lot.first) * SIZE]
                    self._require(claim, leaves)
            if begin + WIDTH <= lot.end:
                self._frontier.append(root)
            else:
                self._rest = root
        self._claims = [claim for claim in self._claims if claim.size >= lot.end]

    def finish(self, checkpoint: Checkpoint) -> None:
        """All lots were followed: claims of the last size and beyond, and the checkpoint's own root."""
        if self._frontier.root(self._rest) != checkpoint.root:
            raise InvalidError("root", "the entries lead to another root than the checkpoint's", path="checkpoint")
        for claim in self._claims:
            if claim.size > checkpoint.size or (claim.size == checkpoint.size and claim.root != checkpoint.root):
                raise _refuted(claim)

    def _require(self, claim: Claim, entries: bytes) -> None:
        leaves = [leaf_hash(entries[at : at + SIZE]) for at in range(0, len(entries), SIZE)]
        if self._frontier.root(subtree_root(leaves) if leaves else None) != claim.root:
            raise _refuted(claim)


def _refuted(claim: Claim) -> InvalidError:
    message = f"the log has not the root at size {claim.size} that was stated"
    return InvalidError(claim.rule, message, index=claim.index, path=claim.path)
