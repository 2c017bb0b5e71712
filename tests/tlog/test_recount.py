"""The recount of a folder: sizes at the edges of tiles, damaged and missing files, what was seen before, keys that change."""

import os
import signal

import pytest
from tests.tlog.build import DAY, KEY, ORIGIN, Log, MemoryStore, codes, declare, opening, put
from tests.tlog.recounting import fault, first, small

from tlog import hashing
from tlog.entry import Kind
from tlog.errors import CannotCheckError, InvalidError
from tlog.report import as_json
from tlog.store import LARGEST
from tlog.verify import recount

SIZES = (0, 1, 2, 255, 256, 257, 65_536, 70_000)


@pytest.fixture(scope="module")
def long_log():
    log = opening()
    log.add(*map(declare, range(70_000 - 2)))
    return log


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("processes", [1, 2])
def test_a_log_of_every_size_is_counted(long_log, size, processes, tmp_path):
    folder = first(long_log, size).publish(tmp_path)
    found = recount(folder, KEY.verifier, processes=processes)
    assert (found.checkpoint.size, found.tally.count) == (size, max(0, size - 2))


def test_it_is_the_same_without_numpy(long_log, tmp_path):
    folder = long_log.publish(tmp_path)
    assert as_json(recount(folder, KEY.verifier, vectorised=False)) == as_json(recount(folder, KEY.verifier, vectorised=True))


def test_every_size_that_was_published_can_still_be_recounted(tmp_path):
    log, sizes = small(600), (1, 200, 256, 300, 602)
    folder = log.publish(tmp_path, sizes=sizes)
    for size in sizes:
        put(tmp_path, "checkpoint", log.checkpoint(size))
        assert recount(folder, KEY.verifier).checkpoint.size == size


def test_full_tiles_stand_for_partial_ones(tmp_path):
    log = small(600)
    folder = log.publish(tmp_path)
    put(tmp_path, "checkpoint", log.checkpoint(200))
    assert recount(folder, KEY.verifier).tally.count == 198


def test_the_json_has_every_member_by_name(tmp_path):
    log = opening()
    log.add(
        declare(1, assurance=1, channel=1, region=2, organisations=7, source=2, voice=1),
        declare(2, assurance=2, channel=2, region=0, organisations=1, source=0, voice=2),
        declare(3, assurance=3, channel=0, region=3, organisations=6, source=0, voice=0, day=DAY + 1),
        declare(4, assurance=3, channel=1, region=3, organisations=2, source=0, voice=0, day=DAY + 1),
    )
    log.raised(3, day=DAY + 1)
    log.void(5, day=DAY + 2)
    log.listed(Kind.TRAIL, {"type": "tuidang/v1/trail", "note": ""}, day=DAY + 2)
    log.lists.pop()
    answer = as_json(recount(log.publish(tmp_path), KEY.verifier))
    assert answer == {
        "valid": True,
        "origin": ORIGIN,
        "entries": 9,
        "count": 3,
        "baseline": 0,
        "root": (tmp_path / "checkpoint").read_text().split("\n")[2],
        "by_assurance": {"screened": 1, "reviewed": 0, "witnessed": 1, "identified": 1},
        "by_voice": {"first_hand": 1, "listed": 1, "not_stated": 1},
        "by_organisation": {"party": 2, "league": 2, "pioneers": 2},
        "by_region": {"not_stated": 1, "hebei": 1, "hunan": 1},
        "by_channel": {"not_stated": 1, "web": 1, "phone": 1},
        "by_source": {"not_stated": 2, "flushing": 1},
        "by_day": {"2024-10-04": 2, "2024-10-05": 2, "2024-10-06": -1},
        "missing_lists": 1,
    }


def test_an_empty_log_has_all_members_too(tmp_path):
    answer = as_json(recount(Log().publish(tmp_path), KEY.verifier))
    assert answer["count"] == answer["entries"] == 0
    assert answer["by_assurance"] == {"screened": 0, "reviewed": 0, "witnessed": 0, "identified": 0}
    assert answer["by_region"] == answer["by_day"] == {}


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize(
    ("path", "rule", "index"),
    [
        ("tile/entries/003", "bundle", 3 * 256),
        ("tile/entries/x001/000", "missing", None),
        ("tile/0/007", "tile", None),
        ("tile/1/000", "tile", None),
        ("tile/1/001.p/17", "tile", None),
        ("tile/2/000.p/1", "tile", None),
        ("tile/entries/273.p/112", "bundle", 273 * 256),
        ("tile/0/273.p/112", "tile", None),
    ],
)
def test_one_flipped_byte_is_found_where_it_is(long_log, path, rule, index, processes, tmp_path):
    folder = long_log.publish(tmp_path)
    if rule == "missing":
        (tmp_path / "tile/entries/100").unlink()
        path = "tile/entries/100"
    else:
        data = bytearray(folder.read(path))
        data[5] ^= 1
        put(tmp_path, path, bytes(data))
    found = fault(folder, processes=processes)
    assert (found.rule, found.path, found.index) == (rule, path, index)


@pytest.mark.parametrize("path", ["tile/entries/001.p/46", "tile/0/001.p/46", "tile/1/000.p/1", "tile/entries/000", "tile/0/000"])
@pytest.mark.parametrize("change", [lambda data: data[:-1], lambda data: data + b"\0", lambda _: b"", lambda data: data * 2])
def test_another_length_is_named(path, change):
    store = small().store()
    store.files[path] = change(store.files[path])
    found = fault(store, processes=1)
    assert (found.rule, found.path) == ("bundle" if "entries" in path else "tile", path)


def test_a_length_that_is_not_96_is_named_although_no_hash_covers_it():
    store = small().store()
    store.files["tile/entries/000"] = b"\0\x61" + store.files["tile/entries/000"][2:]
    assert fault(store, processes=1).rule == "bundle"


def test_the_first_fault_of_the_log_is_named(long_log):
    log = first(long_log, 70_000)
    log.entries[20_000] = declare(3)  # repeats a commitment, which is known only in the end
    log.entries[40_000] = declare(99_999, delta=2)
    store = log.store()
    del store.files["tile/entries/250"]
    for former, rule, index in ((3, "commitment-repeated", 20_000), (10**7, "delta", 40_000)):
        log.entries[20_000] = declare(former)
        store.files = log.files()
        del store.files["tile/entries/250"]
        found = fault(store, processes=1)
        assert (found.rule, found.index) == (rule, index)


@pytest.mark.parametrize("vectorised", [True, False])
def test_a_commitment_is_found_again_across_buckets_and_lots(long_log, vectorised, monkeypatch):
    monkeypatch.setattr("tlog.commitments.BUCKET", 1000)
    monkeypatch.setattr("tlog.commitments._BLOCK", 160)
    log = first(long_log, 30_000)
    log.entries[29_000] = declare(4)
    log.entries[28_999] = declare(5)
    found = fault(log.store(), processes=1, vectorised=vectorised)
    assert (found.rule, found.index) == ("commitment-repeated", 28_999)


def test_equal_fingerprints_are_only_a_suspicion(monkeypatch):
    monkeypatch.setattr("tlog.commitments.randbits", lambda _: 2**63)  # every fingerprint is one of two
    store = small().store()
    assert recount(store, KEY.verifier, processes=1, vectorised=True).tally.count == 300
    assert recount(store, KEY.verifier, processes=1, vectorised=False).tally.count == 300


class Forgetful(MemoryStore):
    """Answers with something else when asked for a bundle again."""

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__(files)
        self.asked: set[str] = set()

    def read(self, path: str, limit: int = LARGEST) -> bytes:
        data = super().read(path, limit)
        if path in self.asked and "entries" in path:
            return bytes(len(data))
        self.asked.add(path)
        return data


def test_a_store_that_answers_otherwise_the_second_time_is_not_believed(long_log):
    log = first(long_log, 30_000)
    log.void(7)
    found = fault(Forgetful(log.files()), processes=1)
    assert (found.rule, found.exit_code) == ("unreadable", 2)


def test_a_killed_process_is_no_verdict(long_log, tmp_path, monkeypatch):
    folder = first(long_log, 30_000).publish(tmp_path)
    monkeypatch.setattr(hashing, "hash_bundle", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    found = fault(folder, processes=2)
    assert (found.rule, found.exit_code) == ("unreadable", 2)


def test_a_log_too_large_for_this_program_is_no_verdict():
    text = f"{ORIGIN}\n{2**62}\n{'A' * 43}=\n"
    store = MemoryStore({"checkpoint": f"{text}\n{KEY.sign(text)}".encode()})
    assert fault(store, processes=1).exit_code == 2


def test_errors_know_where_they_are():
    found = InvalidError("delta", "no", index=3, path="x")
    assert found.diagnostics() == {"rule": "delta", "message": "no", "index": 3, "path": "x"}
    assert str(found) == "delta: entry 3, x: no"
    assert CannotCheckError("missing", "gone").diagnostics() == {"rule": "missing", "message": "gone"}


def test_names_of_codes_are_those_in_force_at_the_end():
    log = small(1)
    log.listed(Kind.CODES, codes(sources=[{"code": 1, "name": "1", "label": {}}, {"code": 2, "name": "flushing", "label": {"en": "x"}}]))
    assert as_json(recount(log.store(), KEY.verifier, processes=1))["by_channel"] == {"not_stated": 1}
