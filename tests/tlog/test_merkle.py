"""RFC 6962 trees: published roots, and every proof of every small tree."""

import pytest
from tests.tlog.build import tree

from tlog.errors import InvalidError
from tlog.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    nodes_of_range,
    root_of_size,
    subtree_root,
    verify_consistency,
    verify_inclusion,
)

# The test vectors that certificate transparency's implementations share.
LEAVES = [
    bytes.fromhex(leaf) for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
NODES = tree(LEAVES)


def read(level, index):
    return NODES[level][index]


@pytest.mark.parametrize(("size", "root"), ROOTS.items())
def test_the_published_roots_are_found(size, root):
    assert root_of_size(size, read).hex() == root
    assert subtree_root(NODES[0][:size]).hex() == root


@pytest.mark.parametrize("size", range(1, 9))
def test_every_inclusion_proof_holds_and_no_other_leaf_fits_it(size):
    root = root_of_size(size, read)
    for index in range(size):
        proof = inclusion_proof(index, size, read)
        verify_inclusion(NODES[0][index], index, size, proof, root)
        for wrong in ([*proof, EMPTY_ROOT], proof[1:] or [EMPTY_ROOT]):
            with pytest.raises(InvalidError):
                verify_inclusion(NODES[0][index], index, size, wrong, root)
        with pytest.raises(InvalidError):
            verify_inclusion(leaf_hash(b"another"), index, size, proof, root)


@pytest.mark.parametrize("new", range(9))
def test_every_consistency_proof_holds_and_shows_no_other_tree(new):
    for old in range(new + 1):
        proof = consistency_proof(old, new, read)
        roots = root_of_size(old, read), root_of_size(new, read)
        verify_consistency(old, roots[0], new, roots[1], proof)
        with pytest.raises(InvalidError, match="fork"):
            verify_consistency(old, leaf_hash(b"another"), new, roots[1], proof)
        with pytest.raises(InvalidError, match="fork"):
            verify_consistency(old, roots[0], new, roots[1], [*proof, EMPTY_ROOT])


def test_a_smaller_tree_is_named_rolled_back():
    with pytest.raises(InvalidError, match="rolled-back"):
        verify_consistency(2, EMPTY_ROOT, 1, EMPTY_ROOT, [])


def test_the_nodes_of_a_range_cover_it_once():
    for begin in range(20):
        for end in range(begin, 40):
            leaves = [leaf for level, index in nodes_of_range(begin, end) for leaf in range(index << level, (index + 1) << level)]
            assert leaves == list(range(begin, end))


@pytest.mark.parametrize("size", range(1, 9))
def test_a_frontier_has_the_root_of_every_size_it_grows_through(size):
    by_leaves, by_pairs = Frontier(), Frontier()
    for leaf in NODES[0][:size]:
        by_leaves.append(leaf)
    for pair in NODES[1][: size // 2]:
        by_pairs.append(pair)
    assert by_leaves.root() == by_pairs.root(NODES[0][size - 1] if size % 2 else None) == root_of_size(size, read)


def test_an_empty_frontier_has_the_empty_root():
    assert Frontier().root() == EMPTY_ROOT


@pytest.mark.parametrize(("index", "size"), [(-1, 1), (0, 0), (8, 8)])
def test_there_is_no_proof_of_a_leaf_that_is_not_there(index, size):
    with pytest.raises(ValueError):
        inclusion_proof(index, size, read)
    with pytest.raises(InvalidError):
        verify_inclusion(EMPTY_ROOT, index, size, [], EMPTY_ROOT)
