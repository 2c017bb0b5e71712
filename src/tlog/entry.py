"""The entry of 96 bytes (docs/log-format.md, section 2): its fields, to and from bytes. Rules are in `replay`."""

from __future__ import annotations

import struct
from enum import IntEnum, IntFlag
from typing import NamedTuple

SIZE = 96
VERSION = 1
ZERO = bytes(32)
_LAYOUT = struct.Struct(">BBBBHHBBHB3sqQ32s32s")
OFFSETS = {
    "version": (0, 1),
    "kind": (1, 2),
    "assurance": (2, 3),
    "channel": (3, 4),
    "day": (4, 6),
    "region": (6, 8),
    "organisations": (8, 9),
    "reason": (9, 10),
    "source": (10, 12),
    "voice": (12, 13),
    "padding": (13, 16),
    "delta": (16, 24),
    "ref": (24, 32),
    "commitment": (32, 64),
    "second": (64, 96),
}
"""Where each field begins and ends."""


class Kind(IntEnum):
    """What an entry does."""

    DECLARE = 1
    VOID = 2
    RAISE = 3
    VOID_LIST = 4
    BASELINE = 5
    CODES = 6
    KEYS = 7
    AUDIT = 8
    OUTCOMES = 9
    TRAIL = 10
    SUCCESSOR = 11
    REGISTER = 12


class Assurance(IntEnum):
    """How well a declaration is attested."""

    SCREENED = 1
    REVIEWED = 2
    WITNESSED = 3
    IDENTIFIED = 4


class Voice(IntEnum):
    """Whether the person declared or was listed by someone else."""

    NOT_STATED = 0
    FIRST_HAND = 1
    LISTED = 2


class Organisations(IntFlag):
    """What a person leaves."""

    PARTY = 1
    LEAGUE = 2
    PIONEERS = 4


SELF_VOID = 1
"""The reason of a void at the wish of a holder of the code."""


class Entry(NamedTuple):
    """The fields in their order; whole numbers, 32-byte hashes. Nothing is checked beyond what the layout can hold."""

    version: int = VERSION
    kind: int = 0
    assurance: int = 0
    channel: int = 0
    day: int = 0
    region: int = 0
    organisations: int = 0
    reason: int = 0
    source: int = 0
    voice: int = 0
    padding: bytes = bytes(3)
    delta: int = 0
    ref: int = 0
    commitment: bytes = ZERO
    second: bytes = ZERO

    def encode(self) -> bytes:
        """The 96 bytes. Raises struct.error if a field does not fit, ValueError if a hash has not 32 bytes."""
        if len(self.commitment) != 32 or len(self.second) != 32 or len(self.padding) != 3:
            raise ValueError("commitment and second field have 32 bytes")
        return _LAYOUT.pack(*self)

    @classmethod
    def decode(cls, data: bytes) -> Entry:
        """Reads 96 bytes. Raises struct.error for another length."""
        return cls._make(_LAYOUT.unpack(data))


def u64_field(number: int) -> bytes:
    """A u64 and 24 zero bytes, as kinds 4 and 5 use the second field."""
    return number.to_bytes(8, "big") + bytes(24)
