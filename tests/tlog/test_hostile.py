"""Logs and machines that want to cost a verifier more than they are worth, or to end it."""

import os
from errno import ENOSPC
from hashlib import sha256

import pytest
from tests.tlog.build import KEY, OTHER_KEY, Log, canonical, declare, keys, put
from tests.tlog.recounting import fault, small

from tlog.commitments import Commitments
from tlog.errors import CannotCheckError, InvalidError
from tlog.verify import recount


def test_a_full_disk_is_no_verdict_and_kills_nobody(monkeypatch):
    """Memory that stands for a file of a full disk ends the process when it is touched; so room is taken where it can be refused."""
    refused = []

    def full(_handle: int, data: memoryview, _at: int) -> int:
        refused.append(len(data))
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr("os.pwrite", full)
    with pytest.raises(OSError, match="No space"):
        recount(small().store(), KEY.verifier, processes=1)
    assert refused


def test_the_scratch_files_take_room_for_what_was_read_and_no_more(monkeypatch):
    taken = []
    pwrite = os.pwrite
    monkeypatch.setattr("os.pwrite", lambda handle, data, at: taken.append(len(data)) or pwrite(handle, data, at))
    recount(small().store(), KEY.verifier, processes=1)
    assert sum(taken) == 302 + 2 * 32


@pytest.mark.parametrize("vectorised", [True, False])
def test_a_bucket_full_of_one_commitment_is_not_kept(vectorised, monkeypatch):
    monkeypatch.setattr("tlog.commitments.BUCKET", 1000)
    monkeypatch.setattr("tlog.commitments._BLOCK", 160)
    entries = [declare(5 if index >= 3000 else index).encode() for index in range(40_000)]
    found = Commitments(len(entries), entries.__getitem__, vectorised=vectorised)
    for begin in range(0, len(entries), 8192):
        found.add(begin, b"".join(entries[begin : begin + 8192]))
    spilled = found._end
    with pytest.raises(InvalidError) as caught:
        found.check()
    found.close()
    assert caught.value.index == 3000
    assert spilled < 16 * 25_000


def test_what_was_found_is_said_although_something_else_cannot_be_read_again(monkeypatch):
    def unreadable(_self: object) -> None:
        raise CannotCheckError("unreadable", "gone")

    log = small()
    log.add(declare(1000, delta=2))
    monkeypatch.setattr("tlog.scratch.ScratchHistory.check_commitments", unreadable)
    found = fault(log.store(), processes=1)
    assert (found.rule, found.exit_code) == ("delta", 1)


def test_a_malformed_bundle_at_the_edge_is_not_blamed_on_its_tile():
    store = small().store()
    path = "tile/entries/001.p/46"
    store.files[path] = b"\0\x61" + store.files[path][2:]
    store.files["checkpoint"] = Log([*small().entries[:-1], declare(9999)]).checkpoint()
    found = fault(store, processes=1)
    assert (found.rule, found.path) == ("bundle", path)


def test_a_file_that_goes_on_and_on_is_not_read_to_its_end(tmp_path):
    folder = small().publish(tmp_path)
    (name,) = {path.name for path in (tmp_path / "list").iterdir()} - {sha256(canonical(keys())).hexdigest()}
    for path, rule in (("tile/0/000", "tile"), ("tile/entries/000", "bundle"), (f"list/{name}", "list-form"), ("checkpoint", "checkpoint")):
        before = folder.read(path)
        with (tmp_path / path).open("r+b") as file:
            file.truncate(1 << 40)
        found = fault(folder, processes=1)
        assert (found.rule, found.exit_code) == (rule, 1)
        put(tmp_path, path, before)
    assert recount(folder, KEY.verifier, processes=1).tally.count == 300


def test_whoever_gives_a_key_that_did_not_sign_is_warned_before_a_long_recount():
    log, said = small(12_000), []
    recount(log.store(), KEY.verifier, processes=1, warn=said.append)
    assert said == []
    log.key = OTHER_KEY
    assert fault(log.store(), processes=1, warn=said.append).rule == "signature"
    assert len(said) == 1
