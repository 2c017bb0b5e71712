"""What commitments of kinds 4 to 12 name: canonical JSON, its types, and bitmaps (docs/log-format.md, section 5).

Every function here takes the bytes of a list whose hash was already compared with its name, and raises InvalidError("list-form") if they
have not the form that section 5 demands.
"""

from __future__ import annotations

import json
import re
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, TypeAlias

import rfc8785

from tlog.errors import CannotCheckError, InvalidError, MissingError
from tlog.note import VerifierKey
from tlog.store import Reader

ListSource: TypeAlias = Callable[[bytes, int], bytes | None]
"""(hash, limit): returns the bytes at `list/<hex of the 32-byte hash>`, None if nothing is there. Raises CannotCheckError if it cannot be read.

It need not read more than limit + 1 bytes.
"""

LARGEST = 16 * 1024 * 1024
"""Bytes of a JSON list."""
LARGEST_KEY_SET = 1_000_000
DEEPEST = 32
LARGEST_NUMBER = 2**53 - 1
MOST_BITS = 1 << 31
"""Entries that one bitmap can reach."""
NOT_STATED = "not_stated"
KEM = "MLKEM768-X25519"
KEM_PUBLIC_BYTES = 1184 + 32
_EPOCH = re.compile(r"[0-9]{4}Q[1-4]")
_HASH = re.compile(r"[0-9a-f]{64}")
_HIGHEST_CODE = {"regions": 65_535, "channels": 255, "reasons": 255, "sources": 65_535}


def wrong(why: str) -> InvalidError:
    """The error of this module."""
    return InvalidError("list-form", why)


def list_path(named: bytes) -> str:
    """Where the list with the hash `named` lies."""
    return f"list/{named.hex()}"


def lists_of(store: Reader) -> ListSource:
    """The lists of the log at `store`."""

    def read(named: bytes, limit: int) -> bytes | None:
        try:
            return store.read(list_path(named), limit)
        except MissingError:
            return None

    return read


def _whole_numbers_alone(value: object) -> bool:
    if isinstance(value, dict):
        return all(map(_whole_numbers_alone, value.values()))
    if isinstance(value, list):
        return all(map(_whole_numbers_alone, value))
    return not isinstance(value, float) and (not isinstance(value, int) or 0 <= value <= LARGEST_NUMBER)


# A string with its escapes, to the end if nothing closes it, or a bracket.
_BRACKETS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[][{}]', re.DOTALL)


def _depth(data: bytes) -> int:
    """How deep objects and arrays lie in each other; found without going down, since whoever goes down runs out of stack."""
    deepest = now = 0
    for token in _BRACKETS.finditer(data):
        if token[0] in b"[{":
            now += 1
            deepest = max(deepest, now)
        elif token[0] in b"]}":
            now -= 1
    return deepest


def parse_object(data: bytes, of_type: str, *, deepest: int = DEEPEST) -> dict[str, Any]:
    """The JSON object of type `tuidang/v1/<of_type>`. It must be canonical: what RFC 8785 makes of it is what was read."""
    if len(data) > LARGEST:
        raise wrong(f"more than {LARGEST} bytes")
    if _depth(data) > deepest:
        raise wrong(f"objects and arrays lie in each other more than {deepest} deep")
    try:
        value = json.loads(data)
        canonical = _whole_numbers_alone(value) and rfc8785.dumps(value) == data
    except (ValueError, RecursionError):
        canonical = False
    if not canonical:
        raise wrong("not canonical JSON with whole numbers")
    if not isinstance(value, dict) or value.get("type") != f"tuidang/v1/{of_type}":
        raise wrong(f"not an object of type tuidang/v1/{of_type}")
    return value


def _member(value: Mapping[str, Any], name: str, kind: type) -> Any:
    found = value.get(name)
    # bool is an int to Python, and not a number to JSON.
    if not isinstance(found, kind) or isinstance(found, bool):
        raise wrong(f"{name} is not there, or is not a {kind.__name__}")
    return found


def check_note(data: bytes, of_type: str) -> bytes:
    """Types `audit`, `trail` and `register`. Returns `data`, as `check_outcomes` and `check_bitmap` do."""
    _member(parse_object(data, of_type), "note", str)
    return data


def check_outcomes(data: bytes) -> bytes:
    """Type `outcomes`: hashes, strictly ascending."""
    outcomes = _member(parse_object(data, "outcomes"), "outcomes", list)
    if not all(isinstance(outcome, str) and _HASH.fullmatch(outcome) for outcome in outcomes):
        raise wrong("an outcome is not 64 hex digits")
    if any(low >= high for low, high in pairwise(outcomes)):
        raise wrong("the outcomes are not strictly ascending")
    return data


def parse_baseline(data: bytes) -> int:
    """Type `baseline`: the total."""
    value = parse_object(data, "baseline")
    _member(value, "source", str)
    total: int = _member(value, "total", int)
    return total


@dataclass(frozen=True, slots=True)
class Loss:
    """What a list of type `successor` shows: a consistency proof from the leaves taken over to the predecessor's last checkpoint, or None."""

    proof: tuple[bytes, ...] | None

    @classmethod
    def parse(cls, data: bytes) -> Loss:
        """Type `successor`: `note`, and one of `proof` and `unproven`."""
        value = parse_object(data, "successor")
        _member(value, "note", str)
        if ("proof" in value) is ("unproven" in value):
            raise wrong("either proof or unproven is there, and not both")
        if "unproven" in value:
            if value["unproven"] is not True:
                raise wrong("unproven is not true")
            return cls(None)
        proof = _member(value, "proof", list)
        if not all(isinstance(part, str) and _HASH.fullmatch(part) for part in proof):
            raise wrong("a hash of the proof is not 64 hex digits")
        return cls(tuple(map(bytes.fromhex, proof)))


@dataclass(frozen=True, slots=True)
class CodeList:
    """Names by code; regions' parents by code."""

    regions: Mapping[int, str]
    channels: Mapping[int, str]
    reasons: Mapping[int, str]
    sources: Mapping[int, str]
    parents: Mapping[int, int]

    @classmethod
    @lru_cache(maxsize=4)  # every batch and every receipt of a day names the same list, and to see that it is canonical takes milliseconds
    def parse(cls, data: bytes) -> CodeList:
        """Type `codes`, section 5.1."""
        value = parse_object(data, "codes")
        names = {what: _names(what, _member(value, what, list)) for what in _HIGHEST_CODE}
        parents = {region["code"]: _member(region, "parent", int) for region in value["regions"]}
        _check_parents(parents)
        if 1 not in names["reasons"]:
            raise wrong("reason 1 is not in the list")
        return cls(**names, parents=parents)

    def check_follows(self, former: CodeList) -> None:
        """Raises InvalidError("codes-changed") unless every code of `former` is here, with the same name and the same parent."""
        for what in (*_HIGHEST_CODE, "parents"):
            mine, theirs = getattr(self, what), getattr(former, what)
            for code, meaning in theirs.items():
                if mine.get(code) != meaning:
                    raise InvalidError("codes-changed", f"code {code} of {what} is no longer what it was")


def _names(what: str, codes: list[Any]) -> dict[int, str]:
    names: dict[int, str] = {}
    last = 0
    for item in codes:
        if not isinstance(item, dict):
            raise wrong(f"{what} holds something that is not an object")
        code, name = _member(item, "code", int), _member(item, "name", str)
        if not last < code <= _HIGHEST_CODE[what]:
            raise wrong(f"code {code} of {what} is out of order or range")
        _check_name(name, code, what)
        if not all(isinstance(text, str) for text in _member(item, "label", dict).values()):
            raise wrong(f"a label of code {code} of {what} is not a string")
        names[code] = name
        last = code
    if len(set(names.values())) != len(names):
        raise wrong(f"a name stands twice in {what}")
    return names


def _check_name(name: str, code: int, what: str) -> None:
    """That the name can be told from any other by eye, and does not pass for another code."""
    if name in ("", NOT_STATED):
        raise wrong(f"code {code} of {what} has no name")
    hidden = any(char != " " and unicodedata.category(char)[0] in "CZ" for char in name)
    if hidden or not unicodedata.is_normalized("NFC", name):
        raise wrong(f"the name of code {code} of {what} is not NFC, or has characters that are not to be seen")
    if name != name.strip(" ") or "  " in name:
        raise wrong(f"the name of code {code} of {what} has blanks at an end, or two together")
    if name.isdecimal() and name != str(code):
        raise wrong(f"the name of code {code} of {what} is another number")


def _check_parents(parents: Mapping[int, int]) -> None:
    rooted = {0}
    for code in parents:
        way = [code]
        while way[-1] not in rooted:
            if way[-1] not in parents or len(way) > len(parents):
                raise wrong(f"the parents of region {code} do not end at 0")
            way.append(parents[way[-1]])
        rooted.update(way)


@dataclass(frozen=True, slots=True)
class KeySet:
    """The log's origin, its key, the keys of promises, the one in use first, and the public keys of epochs by name."""

    origin: str
    log: VerifierKey
    promise: tuple[VerifierKey, ...]
    epochs: Mapping[str, bytes]

    @classmethod
    def parse(cls, data: bytes) -> KeySet:
        """Type `keys`, section 5.2. Raises InvalidError("keys") too, if the keys are not what they should be to each other."""
        if len(data) > LARGEST_KEY_SET:
            raise wrong(f"more than {LARGEST_KEY_SET} bytes")
        value = parse_object(data, "keys")
        origin = _member(value, "origin", str)
        log = _verifier_key(_member(value, "log", str))
        promise = tuple(_verifier_key(key) for key in _member(value, "promise", list))
        epochs = list(map(_epoch, _member(value, "epochs", list)))
        if log.name != origin:
            raise InvalidError("keys", f"the log key is named {log.name}, the origin is {origin}")
        if not promise or any(key.name != f"{origin}/promise" or key.public == log.public for key in promise):
            raise InvalidError("keys", f"there is no promise key, or one is the log key, or has another name than {origin}/promise")
        if len(set(promise)) < len(promise) or len(dict(epochs)) < len(epochs):
            raise InvalidError("keys", "a promise key or an epoch stands twice")
        return cls(origin, log, promise, dict(epochs))

    def check_follows(self, former: KeySet) -> None:
        """Raises InvalidError("keys") unless origin, promise keys and epochs of `former` are here, and its epochs as they were."""
        if self.origin != former.origin:
            raise InvalidError("keys", f"the origin is {self.origin}, and was {former.origin}")
        if not set(former.promise) <= set(self.promise):
            raise InvalidError("keys", "a promise key is no longer listed")
        for name, public in former.epochs.items():
            if self.epochs.get(name) != public:
                raise InvalidError("keys", f"the epoch {name} is no longer what it was")


def _verifier_key(text: object) -> VerifierKey:
    try:
        key = VerifierKey.parse(text) if isinstance(text, str) else None
    except CannotCheckError:
        key = None
    if key is None or str(key) != text:
        raise wrong("not a verifier key")
    return key


def _epoch(epoch: object) -> tuple[str, bytes]:
    """Name and public key."""
    if not isinstance(epoch, dict):
        raise wrong("an epoch is not an object")
    name: str = _member(epoch, "name", str)
    if not _EPOCH.fullmatch(name) or epoch.get("kem") != KEM:
        raise wrong(f"an epoch has no name like 2026Q4, or another kem than {KEM}")
    public = _member(epoch, "public", str)
    try:
        raw = b64decode(public, validate=True)
    except ValueError:
        raw = b""
    if len(raw) != KEM_PUBLIC_BYTES or b64encode(raw).decode() != public:
        raise wrong(f"an epoch's public key is not {KEM_PUBLIC_BYTES} bytes in base64")
    return name, raw


def check_bitmap(bitmap: bytes, bits: int) -> bytes:
    """Raises InvalidError("bitmap") unless `bitmap` holds `bits` ≥ 1 bits, the first and the last set, and no others after them."""
    size = (bits + 7) // 8
    padding = 8 * size - bits
    if len(bitmap) != size:
        raise InvalidError("bitmap", f"{size} bytes were expected, {len(bitmap)} are there")
    if not bitmap[0] & 0x80 or not bitmap[-1] >> padding & 1:
        raise InvalidError("bitmap", "its first and its last bit are not both set")
    if bitmap[-1] & (1 << padding) - 1:
        raise InvalidError("bitmap", "a bit after the last one is set")
    return bitmap


def set_bits(bitmap: bytes) -> Iterator[int]:
    """The positions of the bits that are set, ascending; position 0 is the most significant bit of the first byte."""
    for byte in re.finditer(rb"[^\x00]", bitmap, re.DOTALL):
        value, first = byte[0][0], 8 * byte.start()
        for bit in range(8):
            if value & 0x80 >> bit:
                yield first + bit
