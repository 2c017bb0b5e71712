"""Keys of a log that change, and logs that are taken over: docs/log-format.md, sections 5.3 and 8."""

from itertools import pairwise
from time import process_time

import pytest
from tests.tlog.build import KEY, ORIGIN, OTHER_KEY, Log, declare, keys, opening, signed, tree
from tests.tlog.histories import consistency
from tests.tlog.recounting import NEW_KEY, fault, small, succeeded

from tlog.entry import Kind
from tlog.note import SignerKey
from tlog.report import as_json
from tlog.verify import recount


def turned(*, size: int | None = None) -> Log:
    """A log of 340 entries whose key changed at index 302; its turn is of `size`, by default all."""
    log = small()
    log.listed(Kind.KEYS, keys(OTHER_KEY))
    log.add(*map(declare, range(1000, 1037)))
    log.key = OTHER_KEY
    encoded = log.encoded()
    log.turns[302] = signed(size or len(encoded), tree(encoded), KEY, OTHER_KEY)
    return log


@pytest.mark.parametrize("size", [303, 320, 340])
@pytest.mark.parametrize("key", [KEY, OTHER_KEY])
def test_a_key_may_change_if_both_keys_signed_a_checkpoint_with_the_change(size, key):
    assert recount(turned(size=size).store(), key.verifier, processes=1).tally.count == 337


def test_who_gives_a_key_that_was_replaced_is_told():
    assert recount(turned().store(), KEY.verifier, processes=1).replaced_at == 302
    found = recount(turned().store(), OTHER_KEY.verifier, processes=1)
    assert found.replaced_at is None
    assert "key_replaced_at" not in as_json(found)


def test_many_changes_of_the_log_key_are_no_square_of_work():
    """Each change is a key to know and a root to compare: both were once looked through for every entry and every bundle."""
    log = opening()
    signers = [KEY, *(SignerKey(ORIGIN, seed.to_bytes(32, "big")) for seed in range(1, 1500))]
    turns = [(log.listed(Kind.KEYS, keys(new)), old, new) for old, new in pairwise(signers)]
    log.add(*map(declare, range(600)))
    encoded = log.encoded()
    last = signed(len(encoded), tree(encoded), KEY).partition(b"\n\n")[0].decode() + "\n"
    log.turns = {index: "".join((last, "\n", old.sign(last), new.sign(last))).encode() for index, old, new in turns}
    log.key = signers[-1]
    begin = process_time()
    assert recount(log.store(), KEY.verifier, processes=1).replaced_at == 2
    assert process_time() - begin < 15


def test_a_change_without_its_checkpoint_cannot_be_checked():
    log = turned()
    log.turns.clear()
    found = fault(log.store(), processes=1)
    assert (found.rule, found.path, found.exit_code) == ("missing", "turn/302", 2)


def other_tree(size: int) -> list[list[bytes]]:
    return tree([entry.encode() for entry in map(declare, range(5000, 5000 + size))])


@pytest.mark.parametrize(
    "turn",
    [
        lambda log: signed(340, tree(log.encoded()), KEY),
        lambda log: signed(340, tree(log.encoded()), OTHER_KEY),
        lambda log: signed(302, tree(log.encoded()), KEY, OTHER_KEY),
        lambda _: signed(310, other_tree(310), KEY, OTHER_KEY),
        lambda _: signed(340, other_tree(340), KEY, OTHER_KEY),
        lambda _: signed(500, other_tree(500), KEY, OTHER_KEY),
        lambda _: b"nonsense",
    ],
)
def test_a_wrong_checkpoint_for_a_change_is_named(turn):
    log = turned()
    log.turns[302] = turn(log)
    found = fault(log.store(), processes=1)
    assert (found.rule, found.index, found.path) == ("turn", 302, "turn/302")


def test_the_former_key_cannot_go_on_signing():
    log = turned()
    log.key = KEY
    assert fault(log.store(), processes=1).rule == "signature"


@pytest.mark.parametrize("key", [SignerKey(ORIGIN, bytes(range(9, 41))), SignerKey("another.example", KEY.seed), OTHER_KEY])
def test_a_key_that_is_not_the_logs_is_refused(key):
    found = fault(small().store(), key, processes=1)
    assert (found.rule, found.exit_code) == ("signature", 1)
    assert fault(Log().store(), key, processes=1).rule == "signature"


def test_a_log_signed_by_a_key_it_does_not_name_is_refused():
    log = small()
    log.key = OTHER_KEY
    for key in (KEY, OTHER_KEY):
        assert fault(log.store(), key, processes=1).rule == "signature"


def test_a_successor_takes_over_the_leaves_of_its_predecessor():
    found = recount(succeeded().store(), NEW_KEY.verifier, processes=1)
    assert (found.tally.count, found.missing_lists) == (301, 0)
    assert as_json(found)["successors"] == [{"index": 302, "predecessor": ORIGIN, "predecessor_size": 302, "lost": 0, "proven": True}]


def test_what_the_predecessor_added_later_is_lost():
    lost = small(400)
    proof = consistency(lost.encoded(), 302)
    for shown, proven in (({"proof": proof}, True), ({"unproven": True}, False)):
        found = recount(succeeded(lost.checkpoint(), **shown).store(), NEW_KEY.verifier, processes=1)
        assert found.tally.count == 301
        (one,) = found.successions
        assert (one.predecessor_size, one.lost, one.proven) == (402, 100, proven)


def test_leaves_that_are_not_the_predecessors_are_named():
    other = opening()
    other.add(*map(declare, range(5000, 5300)))
    found = fault(succeeded(other.checkpoint()).store(), NEW_KEY, processes=1)
    assert (found.rule, found.index) == ("successor", 302)


@pytest.mark.parametrize("change", [lambda proof: proof, lambda proof: proof[:-1], lambda proof: [*proof, "00" * 32], lambda _: []])
def test_no_proof_shows_that_invented_leaves_are_the_predecessors(change):
    other = opening()
    other.add(*map(declare, range(5000, 5400)))
    found = fault(succeeded(other.checkpoint(), proof=change(consistency(other.encoded(), 302))).store(), NEW_KEY, processes=1)
    assert (found.rule, found.index) == ("successor", 302)


def test_the_predecessors_key_is_not_accepted_for_the_successor():
    assert fault(succeeded().store(), KEY, processes=1).rule == "signature"


def test_a_log_that_ends_with_kind_11_has_no_key_that_could_sign_it():
    log = small()
    log.succeed(log.checkpoint(), KEY)
    assert fault(log.store(), processes=1).rule == "signature"
