"""What was seen before (`--seen`): a log that goes back, forks, or is checked twice at once."""

import pytest
from tests.tlog.build import KEY, declare, opening, put
from tests.tlog.recounting import NEW_KEY, fault, first, small, succeeded

from tlog.checkpoint import SignedCheckpoint
from tlog.errors import CannotCheckError
from tlog.seen import Seen
from tlog.verify import recount


def test_what_was_seen_is_remembered_and_may_grow(tmp_path):
    log = small()
    recount(log.store(), KEY.verifier, Seen(tmp_path / "seen"))
    assert SignedCheckpoint.parse((tmp_path / "seen").read_bytes()).checkpoint.size == 302
    for number in range(300, 1000, 100):
        log.add(*map(declare, range(number, number + 100)))
        recount(log.store(), KEY.verifier, Seen(tmp_path / "seen"))
    assert SignedCheckpoint.parse((tmp_path / "seen").read_bytes()).checkpoint.size == 1002


@pytest.mark.parametrize("size", [0, 2, 255, 256, 301])
def test_a_smaller_log_is_rolled_back(size, tmp_path):
    log = small()
    recount(log.store(), KEY.verifier, Seen(tmp_path / "seen"))
    found = fault(first(log, size).store(), seen=Seen(tmp_path / "seen"))
    assert (found.rule, found.exit_code) == ("rolled-back", 1)


@pytest.mark.parametrize("size", [3, 200, 255, 256, 257, 512, 600])
@pytest.mark.parametrize("later", [0, 1, 300])
def test_another_log_of_the_same_or_a_larger_size_is_a_fork(size, later, tmp_path):
    other = opening()
    other.add(*map(declare, range(10_000, 10_000 + size - 2)))
    recount(other.store(), KEY.verifier, Seen(tmp_path / "seen"))
    found = fault(small(size - 2 + later).store(), seen=Seen(tmp_path / "seen"))
    assert (found.rule, found.exit_code) == ("fork", 1)


def test_an_invalid_log_is_not_remembered(tmp_path):
    log = small()
    recount(log.store(), KEY.verifier, Seen(tmp_path / "seen"))
    before = (tmp_path / "seen").read_bytes()
    log.add(declare(0))
    assert fault(log.store(), seen=Seen(tmp_path / "seen")).rule == "commitment-repeated"
    assert (tmp_path / "seen").read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\xff\n\n"])
def test_a_seen_file_that_cannot_be_read_is_no_verdict(content, tmp_path):
    put(tmp_path, "seen", content)
    with pytest.raises(CannotCheckError, match="unreadable"):
        Seen(tmp_path / "seen")


def test_a_seen_file_that_is_a_folder_or_cannot_be_written_is_no_verdict(tmp_path):
    with pytest.raises(CannotCheckError, match="unreadable"):
        Seen(tmp_path)
    with pytest.raises(CannotCheckError, match="cannot be written"):
        Seen(tmp_path / "nowhere" / "seen")


def test_a_place_that_cannot_be_written_is_found_before_the_log_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(CannotCheckError, match="cannot be written"):
        Seen(tmp_path / "seen")


def test_of_two_checks_that_overlap_the_later_one_does_not_go_back_or_across_a_fork(tmp_path):
    path = tmp_path / "seen"
    recount(small(10).store(), KEY.verifier, Seen(path))
    larger, fork = small(20), small(10)
    fork.add(*map(declare, range(500, 505)))
    began_before, fork_began_before, again = Seen(path), Seen(path), Seen(path)
    recount(larger.store(), KEY.verifier, Seen(path))
    accepted = path.read_bytes()
    for store, seen in ((small(12).store(), began_before), (fork.store(), fork_began_before)):
        found = fault(store, seen=seen, processes=1)
        assert (found.rule, found.exit_code) == ("unreadable", 2)
        assert "run again" in found.message
    assert recount(larger.store(), KEY.verifier, again).checkpoint.size == 22  # it found the same: nobody is contradicted
    assert path.read_bytes() == accepted


def test_a_first_use_that_another_one_overtakes_is_noticed(tmp_path):
    first_use = Seen(tmp_path / "seen")
    recount(small(20).store(), KEY.verifier, Seen(tmp_path / "seen"))
    assert "run again" in fault(small(10).store(), seen=first_use, processes=1).message


def test_a_link_stays_one_and_what_it_leads_to_is_replaced(tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "seen").symlink_to(tmp_path / "there" / "seen")
    recount(small().store(), KEY.verifier, Seen(tmp_path / "seen"))
    assert (tmp_path / "seen").is_symlink()
    assert SignedCheckpoint.parse((tmp_path / "there" / "seen").read_bytes()).checkpoint.size == 302


def test_what_was_seen_of_the_predecessor_binds_the_successor(tmp_path):
    recount(small().store(), KEY.verifier, Seen(tmp_path / "seen"))
    recount(succeeded().store(), NEW_KEY.verifier, Seen(tmp_path / "seen"))
    assert b"successor.example" in (tmp_path / "seen").read_bytes()
