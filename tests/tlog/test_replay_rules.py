"""Every rule of docs/log-format.md, section 3, is named when it is broken, at the entry that breaks it, with and without NumPy."""

from collections.abc import Callable
from hashlib import sha256

import pytest
from tests.tlog.build import (
    DAY,
    KEY,
    ORIGIN,
    OTHER_KEY,
    Log,
    MemoryHistory,
    canonical,
    codes,
    commitment_of,
    declare,
    inner,
    keys,
    named,
    opening,
    self_void_of,
    void_key,
    void_of,
)

from tlog.entry import ZERO, Entry, Kind, u64_field
from tlog.errors import CannotCheckError, InvalidError, TlogError
from tlog.note import SignerKey
from tlog.replay import Replay

FIRST = 2  # the index of declare(0)
NEW_KEY = SignerKey("successor.example/ledger", bytes(range(3, 35)))
NOTE = "tuidang/v1/"


def base() -> Log:
    """Declarations 0 to 7 at indexes 2 to 9; index 8 is void, index 9 was raised."""
    log = opening()
    log.add(*map(declare, range(8)))
    log.void(8)
    log.raised(9)
    return log


def replayed(log: Log, *, vectorised: bool | None = None, **replaced: bytes) -> Replay:
    """Replays the whole log in memory. `replaced` lists, by hex, are others than they should be."""
    encoded = log.encoded()
    lists = {sha256(data).digest(): data for data in log.lists}
    lists |= {bytes.fromhex(name): data for name, data in replaced.items()}
    replay = Replay(MemoryHistory(encoded), lists.get, vectorised=vectorised)
    replay.feed(b"".join(encoded))
    return replay


def note(kind: str, **more: object) -> dict[str, object]:
    return {"type": NOTE + kind, "note": "", **more}


def at(index: int) -> Entry:
    """The declaration at `index` of `base`."""
    return declare(index - FIRST)


def succeed(log: Log, *, size: int | None = None, key: SignerKey = KEY, **changes: object) -> None:
    """Appends a kind 11 whose predecessor's checkpoint is of `size`; its second list is not there."""
    log.listed(Kind.SUCCESSOR, log.checkpoint(size, key), **{"ref": len(log.entries), "second": sha256(b"").digest(), **changes})


def bitmap(log: Log, data: bytes, bits: int, **changes: object) -> None:
    log.listed(Kind.VOID_LIST, data, **{"reason": 3, "delta": -1, "ref": 2, "second": u64_field(bits), **changes})


Spoil = Callable[[Log], object]
CASES: list[tuple[str, Spoil]] = [
    ("version", lambda log: log.add(declare(99, version=0))),
    ("version", lambda log: log.add(declare(99, version=2))),
    ("kind", lambda log: log.add(declare(99, kind=0))),
    ("kind", lambda log: log.add(declare(99, kind=13))),
    ("day", lambda log: log.add(declare(99, day=DAY - 1))),
    ("delta", lambda log: log.add(declare(99, delta=1_000_000))),
    ("delta", lambda log: log.add(declare(99, delta=-1))),
    ("delta", lambda log: log.void(2, delta=-2)),
    ("delta", lambda log: log.void_list([2, 4], delta=-3)),
    ("delta", lambda log: log.raised(2, delta=1)),
    ("delta", lambda log: log.listed(Kind.CODES, codes(), delta=1)),
    ("assurance", lambda log: log.add(declare(99, assurance=0))),
    ("assurance", lambda log: log.add(declare(99, assurance=4))),
    ("assurance", lambda log: log.raised(2, assurance=3)),
    ("organisations", lambda log: log.add(declare(99, organisations=0))),
    ("organisations", lambda log: log.add(declare(99, organisations=8))),
    ("voice", lambda log: log.add(declare(99, voice=3))),
    ("code", lambda log: log.add(declare(99, channel=3))),
    ("code", lambda log: log.add(declare(99, region=4))),
    ("code", lambda log: log.add(declare(99, source=65_535))),
    ("commitment-zero", lambda log: log.add(declare(99, commitment=ZERO))),
    ("commitment-zero", lambda log: log.raised(2, commitment=ZERO)),
    ("commitment-repeated", lambda log: log.add(declare(99, commitment=commitment_of(0)))),
    ("commitment-repeated", lambda log: log.add(declare(99, commitment=commitment_of(6)))),  # that of a void one
    ("not-live", lambda log: log.void(8)),
    ("not-live", lambda log: log.add(void_of(at(2), 0))),
    ("not-live", lambda log: log.add(void_of(at(2), 12))),  # itself
    ("not-live", lambda log: log.add(void_of(at(2), 2**64 - 1))),
    ("not-live", lambda log: log.raised(8)),
    ("not-live", lambda log: log.raised(1)),
    ("not-live", lambda log: log.void_list([2, 8])),
    ("not-live", lambda log: log.void_list([1, 2])),
    ("void-differs", lambda log: log.void(2, channel=1)),
    ("void-differs", lambda log: log.void(2, region=2)),
    ("void-differs", lambda log: log.void(2, organisations=7)),
    ("void-differs", lambda log: log.void(2, source=2)),
    ("void-differs", lambda log: log.void(2, voice=1)),
    ("void-differs", lambda log: log.void(2, assurance=2)),
    ("void-differs", lambda log: log.void(9)),  # it bears the assurance from before the raise
    ("reason", lambda log: log.void(2, reason=0)),
    ("reason", lambda log: log.void(2, reason=4)),
    ("reason", lambda log: log.void_list([2], reason=1)),
    ("reason", lambda log: log.void_list([2], reason=4)),
    ("self-void", lambda log: log.add(self_void_of(at(2), 2, 1))),
    ("self-void", lambda log: log.add(self_void_of(at(2), 2, 0, second=inner(1)))),
    ("self-void", lambda log: log.add(self_void_of(at(2), 2, 0, commitment=sha256(void_key(0)).digest()))),
    ("self-void", lambda log: log.void(2, reason=1)),
    ("raise", lambda log: log.raised(9)),
    ("bitmap", lambda log: bitmap(log, b"", 0)),
    ("bitmap", lambda log: bitmap(log, b"\x80", 11)),  # it would reach its own index
    ("bitmap", lambda log: bitmap(log, b"\x80", 2**64 - 1)),
    ("bitmap", lambda log: bitmap(log, b"\x80\x00", 1)),
    ("bitmap", lambda log: bitmap(log, b"\x40", 2)),
    ("bitmap", lambda log: bitmap(log, b"\x80", 2)),
    ("bitmap", lambda log: bitmap(log, b"\x81", 1)),
    ("not-zero", lambda log: bitmap(log, b"\x80", 1, second=u64_field(1)[:31] + b"\x01")),
    ("not-zero", lambda log: log.listed(Kind.BASELINE, b"", second=bytes(8) + b"\x01" + bytes(23))),
    ("not-zero", lambda log: log.void(2, commitment=void_key(0))),  # only reason 1 shows anything
    ("list-form", lambda log: log.listed(Kind.BASELINE, {"type": NOTE + "baseline", "total": 6, "source": ""}, second=u64_field(5))),
    ("list-form", lambda log: log.listed(Kind.AUDIT, note("trail"))),
    ("list-form", lambda log: log.listed(Kind.TRAIL, note("audit"))),
    ("list-form", lambda log: log.listed(Kind.REGISTER, b"{}")),
    ("list-form", lambda log: log.listed(Kind.OUTCOMES, {"type": NOTE + "outcomes", "outcomes": ["00"]})),
    ("list-form", lambda log: log.listed(Kind.CODES, b"\xff")),
    ("list-form", lambda log: log.listed(Kind.KEYS, keys(epochs=0))),
    ("codes-changed", lambda log: log.listed(Kind.CODES, codes(channels=[named(1, "web")]))),
    ("codes-changed", lambda log: log.listed(Kind.CODES, codes(channels=[named(1, "web"), named(2, "fax")]))),
    (
        "codes-changed",
        lambda log: log.listed(
            Kind.CODES,
            codes(regions=[named(1, "china", parent=0), named(2, "hebei", parent=1), named(3, "hunan", parent=2)]),
        ),
    ),
    ("keys", lambda log: log.listed(Kind.KEYS, keys(NEW_KEY))),
    ("keys", lambda log: log.listed(Kind.KEYS, keys(origin="another.example"))),
    ("audit-ref", lambda log: log.listed(Kind.AUDIT, note("audit"), ref=2)),
    ("audit-ref", lambda log: log.listed(Kind.AUDIT, note("audit"), ref=12)),
    ("audit-ref", lambda log: log.listed(Kind.AUDIT, note("audit"), ref=2**63)),
    ("successor", lambda log: succeed(log, ref=3)),
    ("successor", lambda log: succeed(log, size=11)),
    ("successor", lambda log: succeed(log, key=OTHER_KEY)),
    ("checkpoint", lambda log: log.listed(Kind.SUCCESSOR, b"", ref=12)),
]
both_ways = pytest.mark.parametrize("vectorised", [True, False], ids=["numpy", "python"])


def fault(log: Log, **options: object) -> TlogError:
    with pytest.raises(TlogError) as caught:
        replayed(log, **options)
    return caught.value


@both_ways
@pytest.mark.parametrize(("rule", "spoil"), CASES, ids=[f"{rule}-{number}" for number, (rule, _) in enumerate(CASES)])
def test_a_broken_rule_is_named_at_its_entry(rule, spoil, vectorised):
    log = base()
    spoil(log)
    found = fault(log, vectorised=vectorised)
    assert (found.rule, found.index) == (rule, 12)
    assert isinstance(found, CannotCheckError if rule in ("version", "kind") else InvalidError)


@both_ways
@pytest.mark.parametrize(("rule", "spoil"), CASES[:26], ids=[f"{rule}-{number}" for number, (rule, _) in enumerate(CASES[:26])])
def test_it_is_named_in_the_middle_of_many(rule, spoil, vectorised):
    log = base()
    spoil(log)
    log.add(*(declare(number, day=DAY) for number in range(100, 400)))
    assert (fault(log, vectorised=vectorised).rule, fault(log, vectorised=vectorised).index) == (rule, 12)


def valid_of_each_kind() -> dict[Kind, Entry]:
    """One more valid entry of every kind for the end of `base`."""
    every = {}
    for kind, extend in {
        Kind.DECLARE: lambda log: log.add(declare(99)),
        Kind.VOID: lambda log: log.void(2),
        Kind.RAISE: lambda log: log.raised(2),
        Kind.VOID_LIST: lambda log: log.void_list([2, 4]),
        Kind.BASELINE: lambda log: log.listed(Kind.BASELINE, {"type": NOTE + "baseline", "total": 5, "source": ""}, second=u64_field(5)),
        Kind.CODES: lambda log: log.listed(Kind.CODES, codes()),
        Kind.KEYS: lambda log: log.listed(Kind.KEYS, keys()),
        Kind.AUDIT: lambda log: log.listed(Kind.AUDIT, note("audit")),
        Kind.OUTCOMES: lambda log: log.listed(Kind.OUTCOMES, {"type": NOTE + "outcomes", "outcomes": []}),
        Kind.TRAIL: lambda log: log.listed(Kind.TRAIL, note("trail")),
        Kind.SUCCESSOR: succeed,
        Kind.REGISTER: lambda log: log.listed(Kind.REGISTER, note("register")),
    }.items():
        log = base()
        extend(log)
        replayed(log)
        every[kind] = log.entries[-1]
    return every


EVERY = valid_of_each_kind()
MAY_BE_OTHERS = {
    Kind.DECLARE: "assurance channel region organisations source voice commitment",
    Kind.VOID: "assurance channel region organisations reason source voice ref",
    Kind.RAISE: "assurance ref commitment",
    Kind.VOID_LIST: "reason ref commitment second",
    Kind.BASELINE: "commitment second",
    Kind.AUDIT: "ref commitment",
    Kind.SUCCESSOR: "ref commitment second",
}


def ones(name: str) -> object:
    return {"padding": b"\0\0\1", "commitment": bytes(31) + b"\1", "second": b"\1" + bytes(31)}.get(name, 1)


@both_ways
@pytest.mark.parametrize("kind", Kind)
def test_a_field_that_should_be_zero_is_named(kind, vectorised):
    allowed = {"version", "kind", "day", "delta", *MAY_BE_OTHERS.get(kind, "commitment").split()}
    assert len(allowed) < 13
    for name in set(Entry._fields) - allowed:
        log = base()
        log.add(EVERY[kind]._replace(**{name: ones(name)}))
        found = fault(log, vectorised=vectorised)
        assert (found.rule, found.index) == ("not-zero", 12)
        assert name in found.message


@both_ways
@pytest.mark.parametrize("kind", Kind)
def test_a_delta_of_a_million_is_named(kind, vectorised):
    log = base()
    log.add(EVERY[kind]._replace(delta=1_000_000))
    if kind == Kind.VOID_LIST:
        log.lists.append(b"\xa0")
    assert fault(log, vectorised=vectorised).rule == "delta"


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("kind", Kind)
def test_the_first_two_entries_are_keys_and_codes(number, kind):
    if kind == (Kind.KEYS, Kind.CODES)[number]:
        return
    log = opening()
    log.entries[number:] = [EVERY[kind]]
    found = fault(log)
    assert (found.rule, found.index) == ("first-entries", number)


@pytest.mark.parametrize("kind", [Kind.VOID_LIST, Kind.CODES, Kind.KEYS, Kind.SUCCESSOR])
def test_a_list_that_is_needed_and_missing_is_named(kind):
    log = base()
    log.add(EVERY[kind]._replace(commitment=sha256(b"nowhere").digest()))
    found = fault(log)
    assert (found.rule, found.index, found.exit_code) == ("missing", 12, 2)
    assert found.path.startswith("list/")


@pytest.mark.parametrize("kind", [Kind.BASELINE, Kind.AUDIT, Kind.OUTCOMES, Kind.TRAIL, Kind.REGISTER])
def test_a_list_that_is_not_needed_is_counted_as_missing(kind):
    log = base()
    log.add(EVERY[kind])
    assert replayed(log).missing_lists == 1


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in (Kind.DECLARE, Kind.VOID, Kind.RAISE)])
def test_a_list_with_another_hash_is_named(kind):
    log = base()
    name = sha256(b"this").digest()
    log.add(EVERY[kind]._replace(commitment=name))
    found = fault(log, **{name.hex(): b"another"})
    assert (found.rule, found.index, found.path) == ("list-hash", 12, f"list/{name.hex()}")


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
    assert replay.log_keys == [NEW_KEY.verifier]
    assert replay.turns == []
    (claim,) = replay.claims
    assert (claim.size, claim.rule, claim.index) == (12, "successor", 12)


def test_another_log_key_of_the_same_origin_is_a_turn():
    log = base()
    log.listed(Kind.KEYS, keys(OTHER_KEY))
    replay = replayed(log)
    (turn,) = replay.turns
    assert (turn.index, turn.old, turn.new) == (12, KEY.verifier, OTHER_KEY.verifier)
    assert replay.standing.keys.origin == ORIGIN


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
        Replay(MemoryHistory([]), lambda _: None).feed(bytes(length))


def test_lists_are_compared_by_content_not_by_place():
    log = base()
    log.listed(Kind.TRAIL, note("trail"))
    assert canonical(note("trail")) in log.lists
    assert replayed(log).missing_lists == 0
