"""The entry of 96 bytes: every field at its place in docs/log-format.md, section 2."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tlog.entry import OFFSETS, SIZE, Entry

LAYOUT = [
    ("version", 0, 1),
    ("kind", 1, 1),
    ("assurance", 2, 1),
    ("channel", 3, 1),
    ("day", 4, 2),
    ("region", 6, 2),
    ("organisations", 8, 1),
    ("reason", 9, 1),
    ("source", 10, 2),
    ("voice", 12, 1),
    ("padding", 13, 3),
    ("delta", 16, 8),
    ("ref", 24, 8),
    ("commitment", 32, 32),
    ("second", 64, 32),
]


@pytest.mark.parametrize(("name", "offset", "length"), LAYOUT)
def test_a_field_lies_where_the_format_says(name, offset, length):
    data = bytearray(SIZE)
    data[offset : offset + length] = bytes(range(1, length + 1))
    found = getattr(Entry.decode(bytes(data)), name)
    assert found == bytes(range(1, length + 1)) if isinstance(found, bytes) else found == int.from_bytes(range(1, length + 1), "big")
    assert OFFSETS[name] == (offset, offset + length)


def test_delta_is_in_twos_complement():
    assert Entry.decode(Entry(kind=2, day=0, delta=-1).encode()).delta == -1
    assert Entry(kind=2, day=0, delta=-1).encode()[16:24] == b"\xff" * 8


@given(st.binary(min_size=SIZE, max_size=SIZE))
def test_any_96_bytes_are_the_same_after_decoding_and_encoding(data):
    assert Entry.decode(data).encode() == data


@pytest.mark.parametrize("length", [0, 95, 97])
def test_other_lengths_are_refused(length):
    with pytest.raises(struct.error):
        Entry.decode(bytes(length))


@pytest.mark.parametrize("wrong", [{"commitment": b""}, {"second": bytes(31)}, {"padding": bytes(4)}])
def test_hashes_of_other_lengths_are_refused(wrong):
    with pytest.raises(ValueError):
        Entry(kind=1, day=0, **wrong).encode()
