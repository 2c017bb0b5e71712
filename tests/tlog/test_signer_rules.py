"""The signer signs what continues the tree it signed last, and nothing else."""

from __future__ import annotations

import fcntl
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from tests.tlog.small_tree import SmallTree, entry_of

from tlog import clock, signer
from tlog.checkpoint import Checkpoint, SignedCheckpoint
from tlog.entry import Entry
from tlog.lock import EMPTY, Held, LockError, LockState, LockStore
from tlog.signer_rules import RefusalError, Signer
from tlog.signer_wire import SignRequest, Tree

ORIGIN = "register.example/ledger"
NOTHING = SmallTree()
ONE = NOTHING.plus(entry_of(0))
FIVE = ONE.plus(*map(entry_of, range(1, 5)))
OTHER_FIVE = ONE.plus(*map(entry_of, range(11, 15)))


@pytest.fixture(autouse=True)
def offset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Moves the clock by days, as it would in every other process."""
    file = tmp_path / "clock"
    monkeypatch.setenv(clock.VARIABLE, str(file))
    return lambda days: file.write_text(f"{days * 86_400}\n")


@pytest.fixture
def the(tmp_path: Path) -> Signer:
    signer.create(tmp_path / "keys", tmp_path / "lock", ORIGIN)
    return signer.load(tmp_path / "keys", tmp_path / "lock")


def refusal(the: Signer, request: SignRequest) -> str:
    before = the.held()
    with pytest.raises(RefusalError) as caught:
        the.sign(request)
    assert the.held() == before, "a refusal changes nothing"
    return caught.value.reason


def signs(the: Signer, tree: SmallTree, old: SmallTree) -> str:
    line = the.sign(tree.request(old)).line
    state = the.held().state
    assert (state.size, state.root) == (len(tree), tree.root)
    return line


def checkpoint(tree: SmallTree, line: str) -> SignedCheckpoint:
    return SignedCheckpoint.parse(f"{Checkpoint(ORIGIN, len(tree), tree.root).text}\n{line}".encode())


def test_a_chain_of_growing_trees_is_signed_by_the_log_key(the):
    for old, new in ((NOTHING, ONE), (ONE, FIVE)):
        checkpoint(new, signs(the, new, old)).require(the.verifier)


def test_the_first_tree_may_be_of_any_size(the):
    checkpoint(FIVE, signs(the, FIVE, NOTHING)).require(the.verifier)


def test_the_empty_tree_is_signed_while_the_log_is_empty(the):
    request = SignRequest(NOTHING.tree, NOTHING.tree, (), bytes(96), ())
    checkpoint(NOTHING, the.sign(request).line).require(the.verifier)


def test_asked_again_for_what_it_holds_it_answers_the_same(the, offset):
    line = signs(the, FIVE, NOTHING)
    offset(400)
    assert the.sign(FIVE.request(ONE)) == (line, False)


def test_a_stale_old_tree_is_answered_with_what_is_held(the):
    signs(the, FIVE, NOTHING)
    with pytest.raises(RefusalError) as caught:
        the.sign(OTHER_FIVE.plus(entry_of(20)).request(OTHER_FIVE))
    assert caught.value.reason == "moved"
    assert caught.value.state == LockState(5, FIVE.root, Entry.decode(FIVE.entries[-1]).day)


def test_two_successors_of_one_tree_are_never_both_signed(the):
    signs(the, ONE, NOTHING)
    signs(the, FIVE, ONE)
    assert refusal(the, OTHER_FIVE.request(ONE)) == "moved"


@pytest.mark.parametrize("size", [1, 4, 5])
def test_a_tree_that_is_not_larger_is_refused(the, size):
    signs(the, FIVE, NOTHING)
    smaller = SmallTree(tuple(map(entry_of, range(30, 30 + size))))
    assert refusal(the, replace(smaller.request(NOTHING), old=FIVE.tree)) == "not-larger"


@pytest.mark.parametrize(("more", "reason"), [(1_000_001, "too-many"), (2**63 - 2, "too-many"), (1_000_000, "not-consistent")])
def test_one_request_cannot_take_the_log_far_away(the, more, reason):
    signs(the, ONE, NOTHING)
    assert refusal(the, replace(FIVE.request(ONE), new=Tree(1 + more, FIVE.root))) == reason


def test_a_tree_that_does_not_begin_with_the_one_held_is_refused(the):
    signs(the, FIVE, NOTHING)
    fork = OTHER_FIVE.plus(entry_of(20))
    assert refusal(the, replace(fork.request(OTHER_FIVE), old=FIVE.tree)) == "not-consistent"


@pytest.mark.parametrize("change", ["drop", "flip", "add"])
def test_a_damaged_consistency_proof_is_refused(the, change):
    signs(the, ONE.plus(entry_of(1), entry_of(2)), NOTHING)
    request = FIVE.request(ONE.plus(entry_of(1), entry_of(2)))
    first, *rest = request.consistency
    damaged = {"drop": rest, "flip": [bytes(32), *rest], "add": [first, *rest, first]}[change]
    assert refusal(the, replace(request, consistency=tuple(damaged))) == "not-consistent"


@pytest.mark.parametrize("at", [0, 3])
def test_an_entry_that_is_not_the_last_one_is_refused(the, at):
    request = replace(FIVE.request(NOTHING), entry=FIVE.entries[at], inclusion=FIVE.inclusion(at))
    assert refusal(the, request) == "not-last"


def test_a_last_entry_of_tomorrow_is_refused(the):
    tomorrow = ONE.plus(entry_of(1, day=clock.today() + 1))
    assert refusal(the, tomorrow.request(NOTHING)) == "day-ahead"


def test_a_last_entry_before_the_one_held_is_refused(the):
    signs(the, ONE, NOTHING)
    assert refusal(the, ONE.plus(entry_of(1, day=clock.today() - 1)).request(ONE)) == "day-behind"


def test_an_entry_whose_day_cannot_be_read_is_refused(the):
    unknown = ONE.plus(b"\x02" + entry_of(1)[1:])
    assert refusal(the, unknown.request(NOTHING)) == "entry-version"


@pytest.mark.parametrize("kind", [0, 13, 200])
def test_an_entry_of_a_kind_that_does_not_exist_is_refused(the, kind):
    unknown = ONE.plus(Entry.decode(entry_of(1))._replace(kind=kind).encode())
    assert refusal(the, unknown.request(NOTHING)) == "entry-kind"


@pytest.mark.parametrize(("days", "reason"), [(31, "clock-ahead"), (-1, "clock-behind"), (30, None), (0, None)])
def test_a_clock_far_from_the_last_entry_stops_it(the, offset, days, reason):
    signs(the, ONE, NOTHING)
    offset(days)
    if reason is None:
        signs(the, FIVE, ONE)
    else:
        assert refusal(the, FIVE.request(ONE)) == reason


def test_after_a_pause_a_person_confirms_once(the, offset):
    signs(the, ONE, NOTHING)
    offset(100)
    the.confirm()
    later = ONE.plus(entry_of(1))
    signs(the, later, ONE)
    offset(99)
    assert refusal(the, later.plus(entry_of(2, day=clock.today())).request(later)) == "clock-behind"
    offset(131)
    assert refusal(the, later.plus(entry_of(2)).request(later)) == "clock-ahead"


def test_a_confirmed_clock_behind_the_log_signs_at_the_log_s_last_day(the, offset):
    offset(10)
    ahead = NOTHING.plus(entry_of(0))
    signs(the, ahead, NOTHING)
    last = clock.today()
    offset(0)
    the.confirm()
    more = ahead.plus(entry_of(1, day=last))
    assert refusal(the, ahead.plus(entry_of(1, day=last + 1)).request(ahead)) == "day-ahead"
    signs(the, more, ahead)
    offset(1)
    signs(the, more.plus(entry_of(2, day=last)), more)
    offset(-1)
    assert refusal(the, more.plus(entry_of(2, day=last), entry_of(3, day=last)).request(more.plus(entry_of(2, day=last)))) == "clock-behind"


def test_a_clock_file_that_is_no_number_stops_it(the, tmp_path):
    (tmp_path / "clock").write_text("yesterday")
    assert refusal(the, FIVE.request(NOTHING)) == "clock-unknown"


def test_a_key_is_made_once_and_read_by_nobody_else(the, tmp_path):
    assert (tmp_path / "keys" / "log.key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(signer.SignerStartError, match="already"):
        signer.create(tmp_path / "keys", tmp_path / "lock", ORIGIN)
    assert signer.load(tmp_path / "keys", tmp_path / "lock").verifier == the.verifier


def test_a_key_that_others_can_read_is_not_used(the, tmp_path):
    (tmp_path / "keys" / "log.key").chmod(0o640)
    with pytest.raises(signer.SignerStartError, match="0600"):
        signer.load(tmp_path / "keys", tmp_path / "lock")


def test_a_lock_store_of_a_log_that_began_is_not_given_to_a_new_key(the, tmp_path):
    signs(the, ONE, NOTHING)
    with pytest.raises(LockError, match="has signed already"):
        signer.create(tmp_path / "new-keys", tmp_path / "lock", ORIGIN)


def test_a_lock_store_of_a_key_that_has_not_signed_yet_is_not_given_to_another(the, tmp_path):
    with pytest.raises(LockError, match="another key"):
        signer.create(tmp_path / "new-keys", tmp_path / "lock", ORIGIN)
    assert the.held() == Held(EMPTY)
    signs(the, ONE, NOTHING)


@pytest.mark.parametrize("name", ["two words", "a+b", "a\x01b", "a\u200bb", "a\u2028b", "\ue000", ""])
def test_a_name_that_cannot_be_shown_names_no_key(tmp_path, name):
    with pytest.raises(ValueError, match="key name"):
        signer.create(tmp_path / "keys", tmp_path / "lock", name)
    assert not (tmp_path / "keys").exists()


def test_threads_are_kept_apart_even_where_a_flock_is_the_process_s(tmp_path, monkeypatch):
    monkeypatch.setattr(fcntl, "flock", lambda _handle, _how: None)
    store = LockStore(tmp_path, "key")
    entered = threading.Event()

    def enter() -> None:
        with store.exclusive():
            entered.set()

    other = threading.Thread(target=enter)
    with store.exclusive():
        other.start()
        assert not entered.wait(0.2)
    other.join()
    assert entered.is_set()


def lock_reason(the: Signer) -> str:
    with pytest.raises(LockError) as caught:
        the.sign(FIVE.request(ONE))
    return caught.value.reason


def test_a_lock_store_that_is_gone_is_never_begun_anew(the, tmp_path):
    signs(the, ONE, NOTHING)
    (tmp_path / "lock" / "lock").unlink()
    assert lock_reason(the) == "lock-missing"
    (tmp_path / "lock" / ".flock").unlink()
    (tmp_path / "lock").rmdir()
    assert lock_reason(the) == "lock-missing"


def test_any_damaged_byte_of_the_lock_store_is_noticed(the, tmp_path):
    signs(the, ONE, NOTHING)
    file = tmp_path / "lock" / "lock"
    whole = file.read_bytes()
    for at in range(len(whole)):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert lock_reason(the) == "lock-damaged"
    for size in (0, 1, len(whole) - 1):
        file.write_bytes(whole[:size])
        assert lock_reason(the) == "lock-damaged"


def test_the_lock_store_of_another_key_is_refused(the, tmp_path):
    signer.create(tmp_path / "keys-2", tmp_path / "lock-2", ORIGIN)
    (tmp_path / "lock-2" / "lock").replace(tmp_path / "lock" / "lock")
    assert lock_reason(the) == "lock-foreign"


@pytest.mark.parametrize("before", [ORIGIN, "another.example/ledger"])
def test_init_after_a_crash_between_store_and_key_takes_over(tmp_path, before):
    signer.create(tmp_path / "keys", tmp_path / "lock", before)
    (tmp_path / "keys" / "log.key").rename(tmp_path / "keys" / signer.UNFINISHED)
    key = signer.create(tmp_path / "keys", tmp_path / "lock", ORIGIN)
    assert signer.load(tmp_path / "keys", tmp_path / "lock").held().state == EMPTY
    assert "PRIVATE" not in repr(key)


def test_key_and_lock_store_are_kept_apart(tmp_path):
    with pytest.raises(signer.SignerStartError, match="two folders"):
        signer.create(tmp_path / "keys", tmp_path / "x" / ".." / "keys", ORIGIN)
    assert not (tmp_path / "keys").exists()
