"""A receipt is valid as the register made it, and nothing in it can be changed without being named."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
import rfc8785
from tests.tlog.vectors import history, spec

from tlog.errors import CannotCheckError, InvalidError, TlogError
from tlog.note import VerifierKey
from tlog.receipt import verify_receipt

KEY = VerifierKey.parse(history.LOG.verifier)
SIZE = 17


def receipt(**changes: Any) -> dict[str, Any]:
    return {**history.receipt(history.build()), **changes}


def issued(number: int = 0, *, fields: dict[str, Any] | None = None, codes_at: int = 1, **changes: Any) -> dict[str, Any]:
    """The receipt that a register would issue whose entry for declarant `number` has other `fields`, in a log that holds it."""
    log = history.build()
    index = 2 + number
    log.fields[index] = {**log.fields[index], **(fields or {})}
    if codes_at != 1:
        log.fields[codes_at] = log.fields[1]
    leaves = log.leaves[:SIZE]
    checkpoint = history.LOG.checkpoint(leaves)
    made = history.receipt(log, index=index)
    proofs = {"proof": spec.proof(index, leaves, checkpoint), "codes_proof": spec.proof(codes_at, leaves, checkpoint)}
    return {**made, "entry": log.entries[index].hex(), **proofs, **changes}


def verify(value: object):
    return verify_receipt(rfc8785.dumps(value), KEY)


def rule(value: object) -> str:
    with pytest.raises(InvalidError) as caught:
        verify(value)
    return caught.value.rule


def test_what_a_person_reads():
    report = verify(receipt())
    assert (report.registry_number, report.name, report.organisations) == (2, "远山 \U00020bb7", ("party", "league", "pioneers"))
    assert report.regions == ("hebei", "north", "china")
    assert (report.channel, report.source, report.voice, report.assurance) == ("web", "not_stated", "first_hand", "screened")
    assert (report.accepted, report.sealed) == (date(2026, 11, 22), date(2026, 11, 22))
    assert (report.origin, report.checkpoint_size) == (history.LOG.name, SIZE)
    assert json.loads(json.dumps(report.members()))["accepted"] == "2026-11-22"


@pytest.mark.parametrize(
    "fields",
    [{"region": 0}, {"region": 1}, {"region": 100}, {"region": 130}, {"channel": 0}, {"voice": 0}, {"day": history.DAY + 5}],
    ids=str,
)
def test_an_entry_may_say_less_than_the_record_and_come_later(fields):
    verify(issued(fields=fields))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"region": 500}, "receipt"),
        ({"region": 999}, "code"),
        ({"channel": 2}, "receipt"),
        ({"channel": 9}, "code"),
        ({"source": 7}, "receipt"),
        ({"voice": 2}, "receipt"),
        ({"voice": 3}, "voice"),
        ({"organisations": 3}, "receipt"),
        ({"organisations": 8}, "organisations"),
        ({"day": history.DAY - 1}, "receipt"),
        ({"assurance": 4}, "assurance"),
        ({"assurance": 0}, "assurance"),
        ({"delta": 2}, "delta"),
        ({"ref": 1}, "not-zero"),
        ({"second": "01" * 32}, "not-zero"),
        ({"commitment": "00" * 32}, "commitment-zero"),
        ({"commitment": "01" * 32}, "receipt"),
        ({"kind": 2}, "receipt"),
    ],
    ids=str,
)
def test_an_entry_that_is_no_declaration_or_another_one_s(fields, expected):
    assert rule(issued(fields=fields)) == expected


@pytest.mark.parametrize(("fields", "expected"), [({"kind": 13}, "kind"), ({"kind": 0}, "kind")])
def test_an_entry_of_a_later_format_cannot_be_checked(fields, expected):
    with pytest.raises(CannotCheckError) as caught:
        verify(issued(fields=fields))
    assert (caught.value.rule, caught.value.index) == (expected, 2)


@pytest.mark.parametrize("name", ["entry", "codes_entry"])
def test_an_entry_of_a_later_version_cannot_be_checked(name):
    index = {"entry": 2, "codes_entry": 1}[name]
    log = history.build()
    entries = log.entries
    entries[index] = b"\x02" + entries[index][1:]
    leaves = [spec.leaf(data) for data in entries[:SIZE]]
    checkpoint = history.LOG.checkpoint(leaves)
    proofs = {"proof": spec.proof(2, leaves, checkpoint), "codes_proof": spec.proof(1, leaves, checkpoint)}
    with pytest.raises(CannotCheckError) as caught:
        verify({**receipt(), **proofs, name: entries[index].hex()})
    assert (caught.value.rule, caught.value.index) == ("version", index)


def test_a_receipt_of_a_later_format_cannot_be_checked():
    with pytest.raises(CannotCheckError) as caught:
        verify(receipt(type="tuidang/v2/receipt"))
    assert caught.value.rule == "version"


@pytest.mark.parametrize(
    "changes", [{"title": "声明"}, {"text": "{{1}} 声明。"}, {"salt_p": "00" * 32}, {"salt_q": "00" * 32}, {"void_hash": "00" * 32}]
)
def test_another_statement_salt_or_void_key(changes):
    assert rule(receipt(**changes)) == "receipt"


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("public", {"name": "别人"}),
        ("public", {"language": "en"}),
        ("public", {"organisations": 3}),
        ("public", {"organisations": 0}),
        ("public", {"organisations": True}),
        ("public", {"statement": "00" * 32}),
        ("public", {"statement": "AA" * 32}),
        ("public", {"more": 1}),
        ("rest", {"day": history.DAY - 1}),
        ("rest", {"region": 100}),
        ("rest", {"voice": 3}),
        ("rest", {"channel": "web"}),
        ("rest", {"channel": 256}),
        ("rest", {"source": -1}),
        ("rest", {"more": 1}),
    ],
    ids=str,
)
def test_another_record(part, changes):
    whole = receipt()
    assert rule({**whole, part: {**whole[part], **changes}}) == "receipt"


@pytest.mark.parametrize("name", sorted(receipt()))
def test_a_member_that_is_missing_or_of_another_type(name):
    whole = receipt()
    assert rule({key: value for key, value in whole.items() if key != name}) == "receipt"
    assert rule({**whole, name: 7}) in {"receipt", "list-hash"}
    assert rule({**whole, name: None}) in {"receipt", "list-hash"}


def test_a_member_too_many():
    assert rule(receipt(note="")) == "receipt"


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"7", b"\xff", b"[" * 100_000, rfc8785.dumps(receipt()) + b"\n", json.dumps(receipt()).encode()],
    ids=lambda data: f"{data[:8]!r} and {len(data)} bytes",
)
def test_bytes_that_are_not_a_canonical_receipt(data):
    with pytest.raises(InvalidError) as caught:
        verify_receipt(data, KEY)
    assert caught.value.rule == "receipt"


def test_the_key_of_another_log_and_another_key_of_this_log():
    for stranger in (history.SUCCESSOR, history.PROMISE):
        with pytest.raises(InvalidError) as caught:
            verify_receipt(rfc8785.dumps(receipt()), VerifierKey.parse(stranger.verifier))
        assert caught.value.rule == "signature"
    forged = VerifierKey(history.LOG.name, VerifierKey.parse(history.SUCCESSOR.verifier).public)
    with pytest.raises(InvalidError) as caught:
        verify_receipt(rfc8785.dumps(receipt()), forged)
    assert caught.value.rule == "signature"


def test_a_code_list_in_a_receipt_may_be_nested_as_deep_as_any():
    def nested(depth: int) -> dict[str, Any]:
        deep: list[Any] = []
        for _ in range(depth - 2):
            deep = [deep]
        return {**history.CODES, "more": deep}

    for depth, expected in ((32, "list-hash"), (33, "receipt")):
        assert rule(receipt(codes=nested(depth))) == expected


def test_two_checkpoints_even_of_the_same_log():
    assert rule(receipt(codes_proof=history.receipt(history.build(), size=12)["codes_proof"])) == "receipt"


def test_a_code_list_that_came_after_the_entry():
    assert rule(issued(codes_at=3, codes_entry=history.build().entries[1].hex())) == "receipt"


def test_another_code_list():
    sources = [*history.CODES["sources"], history.named(8, "8", "8", "8")]
    assert rule(receipt(codes={**history.CODES, "sources": sources})) == "list-hash"


def test_an_entry_of_another_kind_that_names_the_code_list():
    log = history.build()
    log.fields[1] = {**log.fields[1], "kind": 10}
    assert rule(history.receipt(log)) == "receipt"


def test_a_code_list_that_is_none():
    log = history.build()
    codes = {"type": "tuidang/v1/codes", "regions": []}
    log.fields[1] = {**log.fields[1], "commitment": log.keep(codes)}
    assert rule({**history.receipt(log), "codes": codes}) == "list-form"


@pytest.mark.parametrize("name", ["entry", "codes_entry"])
def test_one_flipped_bit_in_an_entry(name):
    whole = receipt()
    for at in range(96):
        data = bytearray.fromhex(whole[name])
        data[at] ^= 1
        assert rule({**whole, name: data.hex()}) == "proof"


def test_one_changed_character_anywhere():
    """Whatever is changed is noticed; what is noticed first depends on the place."""
    data = rfc8785.dumps(receipt())
    for at in range(0, len(data), 7):
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        with pytest.raises(TlogError):
            verify_receipt(changed, KEY)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda lines: lines.__setitem__(1, "index 3"), "proof"),
        (lambda lines: lines.pop(2), "proof"),
        (lambda lines: lines.insert(2, lines[2]), "proof"),
        (lambda lines: lines.pop(), "checkpoint"),
    ],
)
def test_a_proof_of_something_else(change, expected):
    whole = receipt()
    lines = whole["proof"].split("\n")
    change(lines)
    assert rule({**whole, "proof": "\n".join(lines)}) == expected


def test_a_checkpoint_that_was_signed_for_another_tree():
    whole = receipt()
    lines = whole["proof"].split("\n")
    at = lines.index(str(SIZE))
    for name in ("proof", "codes_proof"):
        whole[name] = whole[name].replace(f"\n{SIZE}\n{lines[at + 1]}", f"\n{SIZE}\n{spec.base64(bytes(32))}")
    assert rule(whole) == "signature"
