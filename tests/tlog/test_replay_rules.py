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
    codes,
    commitment_of,
    declare,
    epoch,
    inner,
    keys,
    named,
    opening,
    promise_key,
    self_void_of,
    void_key,
    void_of,
)
from tests.tlog.replaying import NEW_KEY, NOTE, at, base, bitmap, both_ways, fault, note, replayed, succeed

from tlog.entry import ZERO, Entry, Kind, u64_field
from tlog.errors import CannotCheckError, InvalidError
from tlog.note import SignerKey

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
    ("bitmap", lambda log: bitmap(log, b"\x80", 9)),
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
    ("successor", lambda log: succeed(log, size=11, shown={"proof": []})),
    ("successor", lambda log: succeed(log, shown={"unproven": True})),  # its size is that of this log: there is nothing to take on trust
    ("list-form", lambda log: succeed(log, shown={"unproven": False})),
    ("list-form", lambda log: succeed(log, shown={"unproven": True, "proof": []})),
    ("list-form", lambda log: succeed(log, shown={"proven": True})),
    ("list-form", lambda log: succeed(log, shown={"proof": ["00"]})),
    ("list-form", lambda log: succeed(log, shown={"proof": {}})),
    ("commitment-zero", lambda log: succeed(log, second=ZERO)),
    *[
        ("commitment-zero", lambda log, kind=kind: log.add(EVERY[kind]._replace(commitment=ZERO)))
        for kind in Kind
        if kind >= Kind.VOID_LIST
    ],
    ("list-form", lambda log: log.add(Entry(kind=Kind.BASELINE, day=DAY, commitment=sha256(b"").digest(), second=u64_field(2**53)))),
    ("list-form", lambda log: log.listed(Kind.KEYS, keys(more="." * 1_000_000))),
    ("list-form", lambda log: log.listed(Kind.TRAIL, note("trail", more="." * (16 << 20)))),
    ("list-form", lambda log: bitmap(log, b"\x80\x00", 1)),  # not read to its end, so it has no hash
    ("keys", lambda log: log.listed(Kind.KEYS, keys(promise=[]))),
    ("keys", lambda log: log.listed(Kind.KEYS, keys(promise=[str(KEY.verifier)]))),
    ("keys", lambda log: log.listed(Kind.KEYS, keys(promise=[str(SignerKey(f"{ORIGIN}/promise", KEY.seed).verifier)]))),
    ("keys", lambda log: log.listed(Kind.KEYS, keys(promise=[str(promise_key("another.example").verifier)]))),
    ("keys", lambda log: log.listed(Kind.KEYS, keys(promise=[str(promise_key().verifier)] * 2))),
    ("keys", lambda log: log.listed(Kind.KEYS, keys(promise=[str(promise_key(number=1).verifier)]))),  # the former one is gone
    ("keys", lambda log: log.listed(Kind.KEYS, keys(epochs=[]))),
    ("keys", lambda log: log.listed(Kind.KEYS, keys(epochs=[epoch(fill=1)]))),
    ("keys", lambda log: log.listed(Kind.KEYS, keys(epochs=[epoch(), epoch()]))),
    ("keys", lambda log: log.listed(Kind.KEYS, keys(epochs=[epoch(), epoch(fill=1)]))),
    ("successor", lambda log: succeed(log, key=OTHER_KEY)),
    ("checkpoint", lambda log: log.listed(Kind.SUCCESSOR, b"", ref=12, second=sha256(b"").digest())),
]


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


def test_what_is_lost_with_a_predecessor_must_be_stated():
    log = base()
    succeed(log, second=sha256(b"nowhere").digest())
    found = fault(log)
    assert (found.rule, found.path, found.exit_code) == ("missing", f"list/{sha256(b'nowhere').hexdigest()}", 2)


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
    found = fault(log, **{name.hex(): b"!"})
    assert (found.rule, found.index, found.path) == ("list-hash", 12, f"list/{name.hex()}")
