"""What a replay allows, hands out and remembers: docs/log-format.md, section 3."""

from hashlib import sha256

import pytest
from tests.tlog.build import (
    KEY,
    ORIGIN,
    OTHER_KEY,
    MemoryHistory,
    canonical,
    codes,
    declare,
    epoch,
    keys,
    named,
    promise_key,
)
from tests.tlog.replaying import NEW_KEY, NOTE, base, both_ways, fault, note, replayed, succeed

from tlog.entry import Kind
from tlog.replay import Replay


def test_kind_7_follows_kind_11_and_brings_another_origin():
    for follow, rule in (
        (lambda log: log.add(declare(99)), "successor"),
        (lambda log: log.listed(Kind.KEYS, keys(OTHER_KEY)), "keys"),
    ):
        log = base()
        succeed(log)
        follow(log)
        found = fault(log)
        assert (found.rule, found.index) == (rule, 13)


def test_a_successor_goes_on_with_other_keys_and_the_same_codes():
    log = base()
    succeed(log)
    log.listed(Kind.KEYS, keys(NEW_KEY))
    log.add(declare(99))
    replay = replayed(log)
    assert replay.log_keys == {NEW_KEY.verifier: None}
    assert replay.turns == []
    (claim,) = replay.claims
    assert (claim.size, claim.rule, claim.index) == (12, "successor", 12)
    (succession,) = replay.successions
    assert (succession.index, succession.predecessor, succession.lost, succession.proven) == (12, ORIGIN, 0, True)


def test_another_log_key_of_the_same_origin_is_a_turn():
    log = base()
    log.listed(Kind.KEYS, keys(OTHER_KEY))
    replay = replayed(log)
    (turn,) = replay.turns
    assert (turn.index, turn.old, turn.new) == (12, KEY.verifier, OTHER_KEY.verifier)
    assert replay.log_keys == {KEY.verifier: 12, OTHER_KEY.verifier: None}
    assert replay.standing.keys.origin == ORIGIN


def test_an_origin_that_the_log_once_had_does_not_come_back():
    log = base()
    succeed(log)
    log.listed(Kind.KEYS, keys(NEW_KEY))
    log.key = NEW_KEY
    succeed(log, key=NEW_KEY)
    log.listed(Kind.KEYS, keys(KEY))
    found = fault(log)
    assert (found.rule, found.index) == ("keys", 15)


def test_the_key_before_a_kind_11_is_no_key_of_a_replay_that_goes_on_after_it():
    log = base()
    succeed(log)
    standing = replayed(log).standing
    assert Replay(MemoryHistory([]), lambda *_: None, standing).log_keys == {}


def test_promise_keys_and_epochs_are_added_and_the_one_in_use_is_first():
    log = base()
    promise = [str(promise_key(number=number).verifier) for number in (1, 0)]
    log.listed(Kind.KEYS, keys(promise=promise, epochs=[epoch(), epoch("2027Q1", 1)]))
    in_force = replayed(log).standing.keys
    assert in_force.promise[0] == promise_key(number=1).verifier
    assert list(in_force.epochs) == ["2026Q4", "2027Q1"]


def test_a_list_is_read_once_however_often_it_is_named():
    log = base()
    for _ in range(3):
        log.listed(Kind.TRAIL, note("trail"))
        log.listed(Kind.CODES, codes())
        log.listed(Kind.KEYS, keys())
        log.listed(Kind.OUTCOMES, {"type": NOTE + "outcomes", "outcomes": []})
    log.void_list([3, 5])
    log.lists.append(log.lists[-1])
    log.void_list([4, 6])
    asked = []
    lists = {sha256(data).digest(): data for data in log.lists}

    def read(named: bytes, _: int) -> bytes:
        asked.append(named)
        return lists[named]

    replay = Replay(MemoryHistory(log.encoded()), read)
    replay.feed(b"".join(log.encoded()))
    assert sorted(asked) == sorted(lists)
    assert replay.tally.count == 3


def test_the_result_of_an_audit_refers_to_its_announcement():
    log = base()
    announcement = log.listed(Kind.AUDIT, note("audit"))
    log.listed(Kind.AUDIT, note("audit"), ref=announcement)
    result = log.listed(Kind.AUDIT, note("audit", more=1), ref=announcement)
    replayed(log)
    log.listed(Kind.AUDIT, note("audit"), ref=result)
    assert fault(log).rule == "audit-ref"


def test_labels_may_be_mended_and_codes_added():
    log = base()
    log.add(declare(99, channel=2))
    mended = codes(channels=[{**named(1, "web"), "label": {"en": "Web", "zh-Hans": "网"}}, named(2, "phone"), named(3, "fax")])
    log.listed(Kind.CODES, mended)
    log.add(declare(100, channel=3))
    assert replayed(log).tally.columns["channel"][3] == 1


@both_ways
def test_a_code_is_only_in_force_after_its_list(vectorised):
    log = base()
    log.add(declare(99, channel=3))
    log.listed(Kind.CODES, codes(channels=[named(1, "web"), named(2, "phone"), named(3, "fax")]))
    assert (fault(log, vectorised=vectorised).rule, fault(log, vectorised=vectorised).index) == ("code", 12)


@pytest.mark.parametrize("length", [1, 95, 97])
def test_part_of_an_entry_cannot_be_fed(length):
    with pytest.raises(ValueError):
        Replay(MemoryHistory([]), lambda *_: None).feed(bytes(length))


def test_lists_are_compared_by_content_not_by_place():
    log = base()
    log.listed(Kind.TRAIL, note("trail"))
    assert canonical(note("trail")) in log.lists
    assert replayed(log).missing_lists == 0
