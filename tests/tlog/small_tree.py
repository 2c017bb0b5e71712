"""A tree in memory, for what needs proofs of a few entries."""

from __future__ import annotations

from dataclasses import dataclass

from tlog import clock
from tlog.entry import Entry, Kind
from tlog.merkle import consistency_proof, inclusion_proof, leaf_hash, root_of_size, subtree_root
from tlog.signer_wire import SignRequest, Tree


def entry_of(number: int, *, day: int | None = None) -> bytes:
    """An entry that differs from that of any other number."""
    return Entry(kind=Kind.TRAIL, day=clock.today() if day is None else day, commitment=number.to_bytes(32, "big")).encode()


@dataclass(frozen=True)
class SmallTree:
    entries: tuple[bytes, ...] = ()

    def __len__(self) -> int:
        return len(self.entries)

    def plus(self, *entries: bytes) -> SmallTree:
        return SmallTree(self.entries + entries)

    def first(self, size: int) -> SmallTree:
        return SmallTree(self.entries[:size])

    def node(self, level: int, index: int) -> bytes:
        leaves = self.entries[index << level : (index + 1) << level]
        assert len(leaves) == 1 << level, "not a complete node"
        return subtree_root([leaf_hash(entry) for entry in leaves])

    @property
    def root(self) -> bytes:
        return root_of_size(len(self), self.node)

    @property
    def tree(self) -> Tree:
        return Tree(len(self), self.root)

    def inclusion(self, index: int) -> tuple[bytes, ...]:
        return tuple(inclusion_proof(index, len(self), self.node))

    def consistency(self, old: int) -> tuple[bytes, ...]:
        return tuple(consistency_proof(old, len(self), self.node))

    def request(self, old: SmallTree) -> SignRequest:
        """To sign this tree after `old`, of which it claims to be a continuation."""
        size = min(len(old), len(self))
        return SignRequest(old.tree, self.tree, self.consistency(size), self.entries[-1], self.inclusion(len(self) - 1))
