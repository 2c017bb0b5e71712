"""Programs that we did not write read our logs: Go's sumdb packages, and tlog-scales from PyPI."""

from __future__ import annotations

import json
import os
import subprocess
from base64 import b64encode
from itertools import pairwise
from pathlib import Path

import pytest
from tests.tlog import build
from tests.tlog.vectors.generate import SIZES, tree_entry
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey
from tlog_scales.tlog import Checkpoint, ConsistencyProof

from tlog.merkle import consistency_proof, inclusion_proof, leaf_hash

SOURCE = Path(__file__).parent / "interop" / "readback.go"
GO = {"GO111MODULE": "off", "GOFLAGS": "", "GOPATH": "/usr/share/gocode"}
VERIFIER = str(build.KEY.verifier)
PAIRS = list(pairwise(SIZES))


def leaves_of(size: int) -> list[int]:
    return sorted({index for index in (0, 1, 254, 255, 256, size // 2, size - 2, size - 1) if 0 <= index < size})


@pytest.fixture(scope="module")
def entries() -> list[bytes]:
    return [tree_entry(index) for index in range(SIZES[-1])]


@pytest.fixture(scope="module")
def levels(entries) -> list[list[bytes]]:
    return build.tree(entries)


@pytest.fixture(scope="module")
def nodes(levels):
    return lambda level, index: levels[level][index]


@pytest.fixture(scope="module")
def log(tmp_path_factory, entries, levels, nodes) -> Path:
    """One log that was published at each of the sizes, with `checkpoint-<size>` for each, and our proofs between them."""
    folder = tmp_path_factory.mktemp("log")
    build.write_tiles(folder, entries, levels, SIZES)
    for size in SIZES:
        build.put(folder, f"checkpoint-{size}", build.signed(size, levels, build.KEY))
    build.put(folder, "proofs.json", json.dumps(our_proofs(nodes)).encode())
    return folder


def our_proofs(read) -> dict[str, list[dict[str, object]]]:
    def text(hashes):
        return [b64encode(part).decode() for part in hashes]

    return {
        "inclusion": [
            {"index": index, "size": size, "leaf": text([read(0, index)])[0], "proof": text(inclusion_proof(index, size, read))}
            for size in SIZES
            for index in leaves_of(size)
        ],
        # Go has no tree of size 0 to be consistent with.
        "consistency": [{"old": old, "new": new, "proof": text(consistency_proof(old, new, read))} for old, new in PAIRS if old],
    }


@pytest.fixture(scope="module")
def readback(tmp_path_factory) -> Path:
    program = tmp_path_factory.mktemp("go") / "readback"
    subprocess.run(["/usr/bin/go", "build", "-o", program, SOURCE], env={**os.environ, **GO}, check=True)
    return program


def read_by_go(readback: Path, log: Path, key: str = VERIFIER) -> subprocess.CompletedProcess[str]:
    names = [f"checkpoint-{size}" for size in SIZES if size]
    return subprocess.run([readback, log, key, *names], capture_output=True, text=True, check=False)


def test_go_finds_every_hash_entry_and_proof_as_we_wrote_them(readback, log):
    found = read_by_go(readback, log)
    assert found.stderr == ""
    assert int(found.stdout) > sum(SIZES)


@pytest.mark.parametrize("path", ["tile/0/007", "tile/entries/273.p/112", "tile/1/001.p/17", "checkpoint-256", "proofs.json"])
def test_go_notices_one_flipped_bit(readback, log, path):
    file = log / path
    whole = file.read_bytes()
    at = whole.rindex(b'"') - 5 if path == "proofs.json" else len(whole) // 2
    file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    try:
        assert read_by_go(readback, log).returncode == 1
    finally:
        file.write_bytes(whole)


def test_go_refuses_another_key(readback, log):
    found = read_by_go(readback, log, str(build.OTHER_KEY.verifier))
    assert (found.returncode, found.stdout) == (1, "")


def scales(log: Path, size: int) -> tuple[TilesReader, Checkpoint]:
    checkpoint = Checkpoint.from_text((log / f"checkpoint-{size}").read_text())
    checkpoint.verify(Vkey.from_string(VERIFIER))
    reader = TilesReader(LocalBackend(log))
    reader.set_size(checkpoint.size)
    return reader, checkpoint


@pytest.mark.parametrize("size", SIZES)
def test_tlog_scales_finds_root_and_entries(log, size):
    reader, checkpoint = scales(log, size)
    assert (checkpoint.origin, checkpoint.size) == (build.ORIGIN, size)
    assert reader.calculate_root_hash() == checkpoint.root_hash
    for index in leaves_of(size):
        assert reader.get_entry(index) == tree_entry(index)
        reader.get_inclusion_proof(index, size).check(leaf_hash(tree_entry(index)), checkpoint.root_hash)


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_tlog_scales_finds_that_the_log_only_grew(log, nodes, old, new):
    reader, now = scales(log, new)
    _, before = scales(log, old)
    ours = consistency_proof(old, new, nodes)
    ConsistencyProof(old, new, ours).check(before.root_hash, now.root_hash)
    if old:  # it checks proofs from the empty tree, and makes none
        assert reader.get_consistency_proof(old, new).node_hashes == ours


@pytest.mark.parametrize("size", SIZES)
def test_tlog_scales_makes_the_proofs_that_we_make(log, nodes, size):
    reader, _ = scales(log, size)
    for index in leaves_of(size):
        assert reader.get_inclusion_proof(index, size).node_hashes == inclusion_proof(index, size, nodes)
