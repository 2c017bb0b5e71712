"""Promises and outcomes (docs/log-format.md, section 9).

A promise says: by this day an entry bears this commitment, or a list of outcomes names what became of it. It is a signed note by the
promise key, whose name is `<origin>/promise`.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from hashlib import sha256

from tlog.errors import InvalidError
from tlog.note import Note, SignerKey, VerifierKey

HEADER = "tuidang/v1/promise"
_NEXT = re.compile(rb"(?<=\n)\n(?=%b\n)" % HEADER.encode())


class Outcome(Enum):
    """What can become of a declaration that is not sealed under its commitment."""

    REFUSED = "refused"
    SUPERSEDED = "superseded"
    HELD = "held"
    TAKEN_BACK = "taken_back"

    def hash(self, nonce: bytes) -> bytes:
        """What a list of outcomes holds for the promise with this `n` of 16 bytes: SHA-256("tuidang/v1/list" ‖ status ‖ n)."""
        return sha256(b"tuidang/v1/list" + self.value.encode() + _sized("n", nonce, 16)).digest()


def key_name(origin: str) -> str:
    """The name of the promise key of the log `origin`."""
    return f"{origin}/promise"


@dataclass(frozen=True, slots=True)
class Promise:
    """The lines of a promise: `commitment` of 32 bytes, `nonce` (the format's `n`) of 16, the day of acceptance and the day it is due."""

    origin: str
    commitment: bytes
    nonce: bytes
    accepted: date
    due: date

    def __post_init__(self) -> None:
        """Raises ValueError for what no promise can say."""
        _sized("commitment", self.commitment, 32)
        _sized("n", self.nonce, 16)
        if not self.origin or "\n" in self.origin:
            raise ValueError("an origin is one line")
        if self.due < self.accepted:
            raise ValueError("a promise is not due before it is given")

    @property
    def text(self) -> str:
        """What is signed."""
        values = (b64encode(self.commitment).decode(), b64encode(self.nonce).decode(), self.accepted.isoformat(), self.due.isoformat())
        return "\n".join((HEADER, self.origin, *values, ""))

    def sign(self, key: SignerKey) -> bytes:
        """The signed note. Raises ValueError if `key` is not named as the promise key of this log."""
        if key.name != key_name(self.origin):
            raise ValueError(f"promises of {self.origin} are signed by {key_name(self.origin)}")
        return f"{self.text}\n{key.sign(self.text)}".encode()

    @classmethod
    def parse(cls, text: str) -> Promise:
        """Reads the lines. Raises InvalidError("promise") unless they are what `text` gives, byte for byte."""
        lines = text.split("\n")
        if len(lines) != 7:
            raise InvalidError("promise", "this is not a promise: not its six lines")
        _, origin, commitment, nonce, accepted, due, _ = lines
        try:
            days = date.fromisoformat(accepted), date.fromisoformat(due)
            promise = cls(origin, b64decode(commitment, validate=True), b64decode(nonce, validate=True), *days)
        except (ValueError, binascii.Error) as error:
            raise InvalidError("promise", f"this is not a promise: {error}") from None
        if promise.text != text:
            raise InvalidError("promise", "not a promise as this format writes it")
        return promise


def split_promises(data: bytes) -> list[bytes]:
    """The signed notes in a file that holds one or several, with an empty line between them."""
    return _NEXT.split(data)


def read_promise(data: bytes) -> tuple[Promise, Note]:
    """The promise in the signed note `data`, whoever signed it. Raises InvalidError("promise")."""
    try:
        note = Note.parse(data)
    except InvalidError as error:
        raise InvalidError("promise", f"this is not a promise: {error.message}") from None
    return Promise.parse(note.text), note


def verify_promise(data: bytes, keys: Sequence[VerifierKey]) -> Promise:
    """The promise in the signed note `data`, signed by one of `keys`: the promise keys of the log's key sets.

    Raises InvalidError: "promise" if it is none, "signature" if none of the keys signed it or it speaks for another log than its key.
    """
    promise, note = read_promise(data)
    if not any(key.name == key_name(promise.origin) and note.signed_by(key) for key in keys):
        raise InvalidError("signature", "not signed by a promise key of this log")
    return promise


def _sized(what: str, data: bytes, size: int) -> bytes:
    if len(data) != size:
        raise ValueError(f"{what} has {size} bytes")
    return data
