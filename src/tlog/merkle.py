"""Merkle trees of RFC 6962, section 2.1: hashes, roots, inclusion and consistency proofs.

Hashes are 32 bytes. A *node* is named by (level, index): the hash over the leaves `[index << level, (index + 1) << level)`.
Proofs are lists of hashes in the order of RFC 6962. Nothing here reads files: proofs are made from a `NodeReader`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import TypeAlias

from tlog.errors import InvalidError

NodeReader: TypeAlias = Callable[[int, int], bytes]
"""Returns the 32-byte hash of the complete node (level, index)."""

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 ‖ entry)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


def subtree_root(hashes: Sequence[bytes]) -> bytes:
    """Root over `hashes`, the complete nodes of one level; the number need not be a power of two. Empty: the empty root."""
    if not hashes:
        return EMPTY_ROOT
    level = list(hashes)
    while len(level) > 1:
        odd = [level[-1]] if len(level) % 2 else []
        # iter() twice over one iterator pairs neighbours without an index: this is the hot loop of a recount.
        pairs = iter(level)
        level = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)] + odd
    return level[0]


def nodes_of_range(begin: int, end: int) -> list[tuple[int, int]]:
    """The fewest complete nodes, left to right, whose leaves are `[begin, end)`."""
    left: list[tuple[int, int]] = []
    right: list[tuple[int, int]] = []
    level = 0
    while begin < end:
        if begin & 1:
            left.append((level, begin))
            begin += 1
        if end & 1:
            end -= 1
            right.append((level, end))
        begin >>= 1
        end >>= 1
        level += 1
    return left + right[::-1]


def _join(nodes: Iterable[bytes]) -> bytes:
    """Root of one RFC 6962 subtree from the complete nodes that make it up, left to right and falling in size."""
    stack = list(nodes)
    root = stack.pop()
    while stack:
        root = node_hash(stack.pop(), root)
    return root


def root_of_size(size: int, read: NodeReader) -> bytes:
    """Root of the tree of `size` leaves."""
    if size == 0:
        return EMPTY_ROOT
    return _join(read(level, index) for level, index in nodes_of_range(0, size))


def _range_root(begin: int, end: int, read: NodeReader) -> bytes:
    # Subtrees of RFC 6962 begin at a multiple of their (rounded-up) size, so their nodes fall in size and _join fits.
    return _join(read(level, index) for level, index in nodes_of_range(begin, end))


def _split(count: int) -> int:
    """The largest power of two below `count` (RFC 6962: k)."""
    return 1 << ((count - 1).bit_length() - 1)


def inclusion_proof(index: int, size: int, read: NodeReader) -> list[bytes]:
    """PATH(index, D[size]) of RFC 6962, section 2.1.1: from the leaf's sibling to the root's child.

    Raises ValueError unless 0 ≤ index < size.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    proof: list[bytes] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            proof.append(_range_root(middle, end, read))
            end = middle
        else:
            proof.append(_range_root(begin, middle, read))
            begin = middle
    return proof[::-1]


def consistency_proof(old: int, new: int, read: NodeReader) -> list[bytes]:
    """PROOF(old, D[new]) of RFC 6962, section 2.1.2. Empty if `old` is 0 or equals `new`.

    Raises ValueError unless 0 ≤ old ≤ new.
    """
    if not 0 <= old <= new:
        raise ValueError(f"no consistency from {old} to {new}")
    if old in (0, new):
        return []
    proof: list[bytes] = []
    begin, end = 0, new
    whole = True  # the old tree's root is still the whole of what is left
    while old != end - begin:
        middle = _split(end - begin)
        if old <= middle:
            proof.append(_range_root(begin + middle, end, read))
            end = begin + middle
        else:
            proof.append(_range_root(begin, begin + middle, read))
            begin += middle
            old -= middle
            whole = False
    if not whole:
        proof.append(_range_root(begin, end, read))
    return proof[::-1]


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The root that `proof` leads to from leaf hash `leaf` at `index` (RFC 9162, section 2.1.3.2).

    Raises InvalidError("proof") if the proof has not the length that index and size demand.
    """
    if not 0 <= index < size:
        raise InvalidError("proof", f"there is no leaf {index} in a tree of {size}")
    inner = (index ^ (size - 1)).bit_length()
    border = (index >> inner).bit_count()
    if len(proof) != inner + border:
        raise InvalidError("proof", f"an inclusion proof of {inner + border} hashes was expected, {len(proof)} are there")
    root = leaf
    for height, sibling in enumerate(proof[:inner]):
        root = node_hash(sibling, root) if index >> height & 1 else node_hash(root, sibling)
    for sibling in proof[inner:]:
        root = node_hash(sibling, root)
    return root


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raises InvalidError("proof") unless leaf hash `leaf` is at `index` of the tree (size, root)."""
    if root_from_inclusion(leaf, index, size, proof) != root:
        raise InvalidError("proof", f"the inclusion proof of entry {index} does not lead to the root")


def verify_consistency(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Raises InvalidError("fork") unless the tree (new, new_root) begins with (old, old_root) (RFC 9162, section 2.1.4.2)."""
    if old > new:
        raise InvalidError("rolled-back", f"size {new} is smaller than {old}")
    if old in (0, new):
        expected = EMPTY_ROOT if old == 0 else new_root
        if proof or old_root != expected:
            raise InvalidError("fork", f"two different trees of size {old}")
        return
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path or _roots_from_consistency(old, new, path) != (old_root, new_root):
        raise InvalidError("fork", f"the tree of size {new} does not begin with the tree of size {old}")


def _roots_from_consistency(old: int, new: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """The roots of sizes `old` and `new` that `path` leads to, its first hash being a node of both; None if it has not the right length."""
    node, last = old - 1, new - 1
    while node & 1:
        node >>= 1
        last >>= 1
    old_hash = new_hash = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if node & 1 or node == last:
            old_hash = node_hash(sibling, old_hash)
            new_hash = node_hash(sibling, new_hash)
            while node and not node & 1:
                node >>= 1
                last >>= 1
        else:
            new_hash = node_hash(new_hash, sibling)
        node >>= 1
        last >>= 1
    return None if last else (old_hash, new_hash)


class Frontier:
    """The root of a tree that grows to the right by complete nodes of one size: at most one hash a level is kept."""

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._number = 0

    def append(self, node: bytes) -> None:
        """Adds the hash of the next node."""
        number = self._number
        while number & 1:
            node = node_hash(self._nodes.pop(), node)
            number >>= 1
        self._nodes.append(node)
        self._number += 1

    def root(self, rest: bytes | None = None) -> bytes:
        """The root over the nodes, and over a last subtree that has fewer leaves than a node, if there is one: `rest` is its root."""
        nodes = self._nodes if rest is None else [*self._nodes, rest]
        return _join(nodes) if nodes else EMPTY_ROOT
