"""Commitments bind every member of a record; the golden vectors hold their values."""

from __future__ import annotations

from dataclasses import replace

import pytest
import rfc8785

from tlog.commitment import PublicPart, Record, Rest, commitment, inner_hash, statement_hash

RECORD = Record(
    PublicPart("en", "Ping An", 7, statement_hash("Title", "Text").hex()),
    Rest(channel=1, day=20_000, region=130, source=0, voice=1),
    bytes(32),
    bytes(32),
    bytes(32),
)


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("public", {"language": "de"}),
        ("public", {"name": "Ping\u00a0An"}),
        ("public", {"organisations": 3}),
        ("public", {"statement": statement_hash("Text", "Title").hex()}),
        ("rest", {"channel": 0}),
        ("rest", {"day": 20_001}),
        ("rest", {"region": 0}),
        ("rest", {"source": 1}),
        ("rest", {"voice": 2}),
        ("salt_p", bytes(31) + b"\x01"),
        ("salt_q", bytes(31) + b"\x01"),
        ("void_hash", bytes(31) + b"\x01"),
    ],
    ids=str,
)
def test_every_member_is_bound(part, changes):
    value = replace(getattr(RECORD, part), **changes) if isinstance(changes, dict) else changes
    assert replace(RECORD, **{part: value}).commitment != RECORD.commitment


def test_parts_cannot_trade_places():
    p, q = RECORD.public.hash(RECORD.salt_p), RECORD.rest.hash(RECORD.salt_q)
    assert inner_hash(p, q) != inner_hash(q, p)
    assert commitment(p, q) != commitment(q, p)


@pytest.mark.parametrize("part", ["salt_p", "salt_q", "void_hash"])
def test_a_part_of_another_length_is_refused(part):
    with pytest.raises(ValueError, match="32 bytes"):
        _ = replace(RECORD, **{part: bytes(31)}).commitment


def test_text_that_is_not_unicode_is_refused():
    with pytest.raises(rfc8785.CanonicalizationError):
        statement_hash("\ud800", "")
