"""The rules that an entry's own fields decide (docs/log-format.md, sections 3.1 and 3.2). `replay` says when each is asked."""

from __future__ import annotations

from collections.abc import Iterable

from tlog.entry import OFFSETS, SELF_VOID, SIZE, ZERO, Entry, Kind
from tlog.errors import InvalidError
from tlog.lists import CodeList

DECLARED = ("channel", "region", "organisations", "source", "voice")
"""What an entry of kind 2 bears exactly as the entry that it voids."""
_ALWAYS = ("version", "kind", "day", "delta")  # a delta that should be zero is the rule `delta`, which says more than `not-zero`
_NAMED: dict[Kind, tuple[str, ...]] = {
    Kind.DECLARE: ("assurance", *DECLARED, "commitment"),
    Kind.VOID: ("assurance", *DECLARED, "reason", "ref"),
    Kind.RAISE: ("assurance", "ref", "commitment"),
    Kind.VOID_LIST: ("reason", "ref", "commitment", "second"),
    Kind.BASELINE: ("commitment", "second"),
    Kind.CODES: ("commitment",),
    Kind.KEYS: ("commitment",),
    Kind.AUDIT: ("ref", "commitment"),
    Kind.OUTCOMES: ("commitment",),
    Kind.TRAIL: ("commitment",),
    Kind.SUCCESSOR: ("ref", "commitment", "second"),
    Kind.REGISTER: ("commitment",),
}
_NUMBERED = (Kind.VOID_LIST, Kind.BASELINE)
_DELTAS: dict[int, int] = {Kind.DECLARE: 1, Kind.VOID: -1}


def _mask(named: Iterable[str]) -> int:
    """96 bytes as a number: all bits set where a field is that is not named."""
    mask = bytearray(b"\xff" * SIZE)
    for name in (*_ALWAYS, *named):
        begin, end = OFFSETS[name]
        mask[begin:end] = bytes(end - begin)
    return int.from_bytes(mask, "big")


_UNNAMED: dict[int, int] = {kind: _mask(named) for kind, named in _NAMED.items()}
_UNNAMED_IN_SELF_VOID = _mask((*_NAMED[Kind.VOID], "commitment", "second"))


def check_zero(entry: Entry, data: bytes) -> None:
    """Raises InvalidError("not-zero") unless every field is zero that is not named for the kind of `entry`, whose 96 bytes are `data`."""
    shows = entry.kind == Kind.VOID and entry.reason == SELF_VOID
    left = int.from_bytes(data, "big") & (_UNNAMED_IN_SELF_VOID if shows else _UNNAMED[entry.kind])
    if left:
        at = SIZE - (left.bit_length() + 7) // 8
        name = next(name for name, (begin, end) in OFFSETS.items() if begin <= at < end)
        raise InvalidError("not-zero", f"{name} is not zero, and kind {entry.kind} has none")
    if entry.kind in _NUMBERED and any(entry.second[8:]):
        raise InvalidError("not-zero", "the second field is not a number and 24 zero bytes")


def check_delta(entry: Entry) -> None:
    """Raises InvalidError("delta") unless delta is what the kind has; a list's is counted where its bitmap is read."""
    expected = _DELTAS.get(entry.kind, 0)
    if entry.kind != Kind.VOID_LIST and entry.delta != expected:
        raise InvalidError("delta", f"{entry.delta}; kind {entry.kind} has {expected}")


def check_declaration(entry: Entry, codes: CodeList) -> None:
    """Raises InvalidError unless assurance, organisations, voice, codes and commitment are those of a kind 1 under `codes`."""
    if not 1 <= entry.assurance <= 3:
        raise InvalidError("assurance", f"{entry.assurance}; a declaration has 1 to 3")
    if not 1 <= entry.organisations <= 7:
        raise InvalidError("organisations", f"{entry.organisations}; 1 to 7 are known")
    if not 0 <= entry.voice <= 2:
        raise InvalidError("voice", f"{entry.voice}; 0 to 2 are known")
    for name, known in (("channel", codes.channels), ("region", codes.regions), ("source", codes.sources)):
        code = getattr(entry, name)
        if code and code not in known:
            raise InvalidError("code", f"{name} {code} is not in force")
    check_commitment(entry)


def check_commitment(entry: Entry) -> None:
    """Raises InvalidError("commitment-zero")."""
    if entry.commitment == ZERO:
        raise InvalidError("commitment-zero", "the commitment is zero")


def number(entry: Entry) -> int:
    """The u64 in the second field of kinds 4 and 5."""
    return int.from_bytes(entry.second[:8], "big")
