"""Random histories of all kinds: valid ones count what they should however they are read, and one change is found and named."""

from hashlib import sha256
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tlog.build import KEY, Log, MemoryHistory, MemoryStore, declare, opening, void_of
from tests.tlog.histories import STEPS, History, full_history, histories

from tlog.entry import Entry, Kind
from tlog.errors import TlogError
from tlog.replay import Replay
from tlog.report import as_json
from tlog.seen import Seen
from tlog.verify import Recount, recount

few = settings(max_examples=60, deadline=None)
QUIET = [name for name in STEPS if name not in ("turn", "successor")]


def recounted(history: History, store: MemoryStore | None = None, **options) -> Recount:
    return recount(store or history.log.store(), history.log.key.verifier, processes=1, **options)


def fault(log: Log, store: MemoryStore | None = None, **options) -> TlogError:
    with pytest.raises(TlogError) as caught:
        recount(store or log.store(), log.key.verifier, processes=1, **options)
    return caught.value


@few
@given(histories())
def test_the_count_is_what_is_live(history):
    found = recounted(history).tally
    entries = [history.entry(index) for index in history.live]
    assert found.count == len(entries)
    assert +found.by_day == +history.by_day
    for column in ("channel", "region", "organisations", "source", "voice", "assurance"):
        for code in range(8):
            assert found.columns[column][code] == sum(getattr(entry, column) == code for entry in entries)


@few
@given(histories())
def test_numpy_changes_no_result(history):
    fast, slow = (as_json(recounted(history, vectorised=vectorised)) for vectorised in (True, False))
    assert fast == slow
    assert fast["baseline"] == history.baseline
    assert fast["missing_lists"] == 0


@few
@given(histories(steps=QUIET), st.data())
def test_a_replay_goes_on_from_where_another_stood(history, data):
    encoded = history.log.encoded()
    lists = {sha256(content).digest(): content for content in history.log.lists}
    memory = MemoryHistory(encoded)
    whole = Replay(MemoryHistory(encoded), lambda named, _: lists.get(named))
    whole.feed(b"".join(encoded))
    begin, count, standing = 0, 0, None
    while begin < len(encoded):
        end = data.draw(st.integers(begin + 1, len(encoded)))
        part = Replay(memory, lambda named, _: lists.get(named), *([standing] if standing else []), vectorised=data.draw(st.booleans()))
        part.feed(b"".join(encoded[begin:end]))
        begin, count, standing = end, count + part.tally.count, part.standing
    assert standing == whole.standing
    assert count == whole.tally.count


@few
@given(histories(least=5), st.data())
def test_one_flipped_byte_in_any_file_is_found(history, data):
    store = history.log.store()
    path = data.draw(st.sampled_from(sorted(set(store.files) - {"log.vkey"})))
    content = bytearray(store.files[path])
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    store.files[path] = bytes(content)
    found = fault(history.log, store)
    expected = {
        "tile/entries": {"bundle"},
        "tile": {"tile"},
        "list": {"list-hash"},
        "turn": {"turn"},
        "checkpoint": {"checkpoint", "signature", "root", "tile", "missing"},
    }
    part = next(name for name in expected if path.startswith(name))
    assert found.rule in expected[part]
    assert found.path == path or part == "checkpoint"
    assert found.exit_code == (2 if found.rule == "missing" else 1)
    if part == "tile/entries" and place % 98 >= 2:
        assert found.index == place // 98


@few
@given(histories(least=5), st.data())
def test_one_missing_file_is_named(history, data):
    store = history.log.store()
    path = data.draw(st.sampled_from(sorted(set(store.files) - {"log.vkey"})))
    del store.files[path]
    needed = Kind.VOID_LIST, Kind.CODES, Kind.KEYS, Kind.SUCCESSOR
    names = {entry.commitment.hex() for entry in history.log.entries if entry.kind in needed}
    names |= {entry.second.hex() for entry in history.log.entries if entry.kind == Kind.SUCCESSOR}
    if path.startswith("list/") and path.removeprefix("list/") not in names:
        assert recounted(history, store).missing_lists >= 1
    else:
        found = fault(history.log, store)
        assert (found.rule, found.path, found.exit_code) == ("missing", path, 2)


# What follows is signed again by the log key, as whoever runs the log could: only the rules, or what was seen before, can tell.


def insert_last(history: History, entry: Entry) -> int:
    return history.log.add(entry._replace(day=history.day))


def commitment_twice(history, random):
    former = history.log.entries[random.choice([index for index, e in enumerate(history.log.entries) if e.kind == Kind.DECLARE])]
    return insert_last(history, declare(10**6, commitment=former.commitment))


def voided_again(history, random):
    void = random.choice([entry for entry in history.log.entries if entry.kind == Kind.VOID])
    return insert_last(history, void)


def voided_raised(history, random):
    void = random.choice([entry for entry in history.log.entries if entry.kind == Kind.VOID])
    return history.log.raised(void.ref, day=history.day)


def voided_by_list(history, random):
    void = random.choice([entry for entry in history.log.entries if entry.kind == Kind.VOID])
    return history.log.void_list([void.ref], day=history.day)


def forged_self_void(history, random):
    index = random.choice(sorted(history.live))
    return insert_last(
        history, void_of(history.entry(index), index, reason=1, commitment=random.randbytes(32), second=random.randbytes(32))
    )


def delta_of_a_million(history, random):
    index = random.randrange(len(history.log.entries))
    history.log.entries[index] = history.log.entries[index]._replace(delta=1_000_000)
    return index


def padding_not_zero(history, random):
    index = random.randrange(len(history.log.entries))
    history.log.entries[index] = history.log.entries[index]._replace(padding=b"\0\1\0")
    return index


def unknown_kind(history, random):
    index = random.randrange(2, len(history.log.entries))
    history.log.entries[index] = history.log.entries[index]._replace(kind=random.randint(13, 255))
    return index


def unknown_version(history, random):
    index = random.randrange(len(history.log.entries))
    history.log.entries[index] = history.log.entries[index]._replace(version=random.randint(2, 255))
    return index


def yesterday(history, random):
    index = random.randrange(1, len(history.log.entries))
    history.log.entries[index] = history.log.entries[index]._replace(day=history.log.entries[index - 1].day - 1)
    return index


def void_before_what_it_voids(history, random):
    index = random.choice([index for index, entry in enumerate(history.log.entries) if entry.kind == Kind.VOID])
    entries = history.log.entries
    void = entries.pop(index)
    entries.insert(void.ref, void._replace(day=entries[void.ref].day))
    return void.ref


FORGERIES = {
    commitment_twice: "commitment-repeated",
    voided_again: "not-live",
    voided_raised: "not-live",
    voided_by_list: "not-live",
    forged_self_void: "self-void",
    delta_of_a_million: "delta",
    padding_not_zero: "not-zero",
    unknown_kind: "kind",
    unknown_version: "version",
    yesterday: "day",
    void_before_what_it_voids: "not-live",
}
IN_PLACE = [delta_of_a_million, padding_not_zero, unknown_kind, unknown_version, yesterday, void_before_what_it_voids]


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32), vectorised=st.booleans())
def test_a_forgery_that_is_properly_signed_breaks_a_rule(forge, seed, vectorised):
    history = full_history(seed)
    index = forge(history, Random(seed))
    found = fault(history.log, vectorised=vectorised)
    assert (found.rule, found.index) == (FORGERIES[forge], index)
    assert found.exit_code == (2 if found.rule in ("kind", "version") else 1)


@pytest.mark.parametrize("whole", [True, False], ids=["with its tree", "alone"])
@pytest.mark.parametrize("forge", IN_PLACE, ids=lambda forge: forge.__name__)
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_forgery_that_is_not_signed_is_no_part_of_the_tree(forge, whole, seed):
    history = full_history(seed)
    store = history.log.store()
    index = forge(history, Random(seed))
    store.files |= {path: data for path, data in history.log.files().items() if path.startswith("tile/" if whole else "tile/entries")}
    found = fault(history.log, store)
    assert (found.rule, found.index) == (("root", None) if whole else ("bundle", index))


def sealed(number):
    return declare(number, day=20_000 + number // 20)


def one_removed(entries, random):
    del entries[random.randrange(2, 40)]
    entries.append(sealed(1000))


def two_exchanged(entries, random):
    index = random.randrange(2, 20)
    entries[index], entries[index + 1] = entries[index + 1], entries[index]


def one_altered(entries, random):
    index = random.randrange(2, 40)
    entries[index] = entries[index]._replace(commitment=random.randbytes(32))


@pytest.mark.parametrize("later", [0, 1, 300])
@pytest.mark.parametrize("change", [one_removed, two_exchanged, one_altered], ids=lambda change: change.__name__)
def test_what_no_rule_can_tell_is_a_fork_to_whoever_saw_the_log_before(change, later, tmp_path):
    log = opening()
    log.add(*map(sealed, range(60)))
    recount(log.store(), KEY.verifier, Seen(tmp_path / "seen"))
    before = (tmp_path / "seen").read_bytes()
    change(log.entries, Random(later))
    log.add(*(declare(number, day=30_000) for number in range(2000, 2000 + later)))
    recount(log.store(), KEY.verifier)
    assert fault(log, seen=Seen(tmp_path / "seen")).rule == "fork"
    assert (tmp_path / "seen").read_bytes() == before
