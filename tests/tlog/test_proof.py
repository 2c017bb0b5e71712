"""C2SP tlog-proof: written and read byte for byte, one spelling only."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace

import pytest
from tests.tlog.small_tree import SmallTree, entry_of

from tlog.checkpoint import Checkpoint, SignedCheckpoint
from tlog.errors import InvalidError
from tlog.note import SignerKey
from tlog.proof import HEADER, Proof

KEY = SignerKey("register.example/ledger", bytes(32))
TREE = SmallTree(tuple(entry_of(number, day=20_000) for number in range(7)))


def proof_of(index: int, tree: SmallTree = TREE) -> Proof:
    text = Checkpoint(KEY.name, len(tree), tree.root).text
    signed = SignedCheckpoint.parse(f"{text}\n{KEY.sign(text)}".encode())
    return Proof(index, tree.inclusion(index), signed)


@pytest.mark.parametrize("size", range(1, 8))
def test_every_entry_of_small_trees_is_proven_and_no_other(size):
    tree = TREE.first(size)
    for index in range(size):
        proof = Proof.parse(proof_of(index, tree).encode())
        proof.require(tree.entries[index], KEY.verifier)
        with pytest.raises(InvalidError, match="does not lead to the root"):
            proof.require(TREE.entries[(index + 1) % 7], KEY.verifier)


def test_the_text_is_that_of_the_specification():
    lines = proof_of(6).encode().decode().split("\n")
    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 6"]
    assert lines[2:4] == [b64encode(part).decode() for part in TREE.inclusion(6)]
    assert lines[4:7] == ["", KEY.name, "7"]


def test_extra_data_is_carried_and_changes_nothing():
    proof = replace(proof_of(2), extra=b"context")
    again = Proof.parse(proof.encode())
    assert again == proof
    again.require(TREE.entries[2], KEY.verifier)
    assert proof.encode().decode().split("\n")[1] == f"extra {b64encode(b'context').decode()}"


def test_a_checkpoint_by_another_key_is_refused():
    with pytest.raises(InvalidError) as caught:
        proof_of(2).require(TREE.entries[2], SignerKey(KEY.name, bytes(range(32))).verifier)
    assert caught.value.rule == "signature"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (HEADER, "c2sp.org/tlog-proof@v2"),
        ("index 2\n", "index 02\n"),
        ("index 2\n", "index -2\n"),
        ("index 2\n", "Index 2\n"),
        ("index 2\n", "index 2 \n"),
        ("index 2\n", "index 2\r\n"),
        ("index 2\n", "index 99999999999999999999\n"),
        ("index 2\n", ""),
        ("index 2\n", "extra !\nindex 2\n"),
        ("index 2\n", "index 2\nQUJD\n"),
        ("index 2\n", "index 2\n\n"),
        ("=\n", "\n"),
        ("index 2\n", "index 2\n" + b64encode(bytes(32)).decode().replace("A=", "B=") + "\n"),
        ("index 2\n", "index 2\n" + (b64encode(bytes(32)).decode() + "\n") * 65),
        ("index 2\n", "index ２\n"),
    ],
)
def test_another_spelling_is_refused(old, new):
    text = proof_of(2).encode().decode()
    assert old in text
    with pytest.raises(InvalidError) as caught:
        Proof.parse(text.replace(old, new, 1).encode())
    assert caught.value.rule in {"proof", "checkpoint"}


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xff", HEADER.encode(), HEADER.encode() + b"\n\n", b"x" * 3_000_000])
def test_bytes_that_are_no_proof(data):
    with pytest.raises(InvalidError) as caught:
        Proof.parse(data)
    assert caught.value.rule == "proof"
