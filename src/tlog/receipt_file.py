"""The file of a receipt: its members and their form (docs/log-format.md, sections 6 and 10). What makes one valid is in `receipt`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

import rfc8785

from tlog import entry
from tlog.commitment import PublicPart, Record, Rest
from tlog.entry import Voice
from tlog.errors import CannotCheckError, InvalidError
from tlog.lists import DEEPEST, parse_object
from tlog.proof import Proof

TYPE = "tuidang/v1/receipt"
MEMBERS = frozenset(
    {"type", "public", "rest", "title", "text", "salt_p", "salt_q", "void_hash", "entry", "proof", "codes", "codes_entry", "codes_proof"}
)
LARGEST = 16 * 1024 * 1024
_OTHER_VERSION = re.compile(r"tuidang/v(?!1/)[0-9]+/receipt")
_LARGEST_CODES = {"channel": 255, "day": 65_535, "region": 65_535, "source": 65_535, "voice": max(Voice)}
_Part = TypeVar("_Part", PublicPart, Rest)


def wrong(why: str) -> InvalidError:
    """The error of this module."""
    return InvalidError("receipt", why)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt that was read; nothing is verified yet. `codes` are the bytes of the list; entries have 96 bytes."""

    record: Record
    title: str
    text: str
    entry: bytes
    proof: Proof
    codes: bytes
    codes_entry: bytes
    codes_proof: Proof

    def encode(self) -> bytes:
        """The file, canonical JSON. Raises rfc8785.CanonicalizationError for text that is not Unicode."""
        record = self.record
        return rfc8785.dumps(
            {
                "type": TYPE,
                "public": asdict(record.public),
                "rest": asdict(record.rest),
                "title": self.title,
                "text": self.text,
                "salt_p": record.salt_p.hex(),
                "salt_q": record.salt_q.hex(),
                "void_hash": record.void_hash.hex(),
                "entry": self.entry.hex(),
                "proof": self.proof.encode().decode(),
                "codes": json.loads(self.codes),
                "codes_entry": self.codes_entry.hex(),
                "codes_proof": self.codes_proof.encode().decode(),
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> Receipt:
        """Reads the file. Raises InvalidError("receipt", "proof", "checkpoint"), CannotCheckError("version")."""
        value = _object(data)
        if value.keys() != MEMBERS:
            raise wrong(f"this is not a receipt: members that are missing or do not belong: {', '.join(sorted(value.keys() ^ MEMBERS))}")
        salts = (_hex(value, name, 32) for name in ("salt_p", "salt_q", "void_hash"))
        return cls(
            record=Record(_public(value["public"]), _rest(value["rest"]), *salts),
            title=_string(value, "title"),
            text=_string(value, "text"),
            entry=_hex(value, "entry", entry.SIZE),
            proof=Proof.parse(_string(value, "proof").encode()),
            codes=rfc8785.dumps(value["codes"]),
            codes_entry=_hex(value, "codes_entry", entry.SIZE),
            codes_proof=Proof.parse(_string(value, "codes_proof").encode()),
        )


def _object(data: bytes) -> dict[str, Any]:
    if len(data) > LARGEST:
        raise wrong("this is not a receipt: too large for one")
    try:
        return parse_object(data, "receipt", deepest=DEEPEST + 1)  # a code list is one of its members
    except InvalidError as error:
        if _OTHER_VERSION.fullmatch(_type_of(data)):
            raise CannotCheckError("version", "a receipt of a version that this program does not know") from None
        raise wrong(f"this is not a receipt: {error.message}") from None


def _type_of(data: bytes) -> str:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return ""
    return str(value.get("type")) if isinstance(value, dict) else ""


def _string(value: Mapping[str, Any], name: str) -> str:
    found = value[name]
    if not isinstance(found, str):
        raise wrong(f"{name} is not a string")
    return found


def _hex(value: Mapping[str, Any], name: str, size: int) -> bytes:
    text = _string(value, name)
    if not re.fullmatch(rf"[0-9a-f]{{{2 * size}}}", text):
        raise wrong(f"{name} is not {size} bytes in hex")
    return bytes.fromhex(text)


def _part(value: object, part: type[_Part]) -> Mapping[str, Any]:
    if not isinstance(value, dict) or value.keys() != set(part.__slots__):
        raise wrong("a part of the record has not the members of section 6")
    return value


def _number(value: Mapping[str, Any], name: str, low: int, high: int) -> int:
    found = value[name]
    if not isinstance(found, int) or isinstance(found, bool) or not low <= found <= high:
        raise wrong(f"{name} is not a number of {low} to {high}")
    return found


def _public(value: object) -> PublicPart:
    part = _part(value, PublicPart)
    strings = {name: _string(part, name) for name in ("language", "name")}
    return PublicPart(**strings, organisations=_number(part, "organisations", 1, 7), statement=_hex(part, "statement", 32).hex())


def _rest(value: object) -> Rest:
    part = _part(value, Rest)
    return Rest(**{name: _number(part, name, 0, high) for name, high in _LARGEST_CODES.items()})
