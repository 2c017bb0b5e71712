"""What an entry commits to (docs/log-format.md, section 6).

    P     = SHA-256("tuidang/v1/public" ‖ salt_p ‖ public part)
    Q     = SHA-256("tuidang/v1/rest" ‖ salt_q ‖ rest)
    inner = SHA-256("tuidang/v1/inner" ‖ P ‖ Q)
    commitment = SHA-256("tuidang/v1/declarant" ‖ SHA-256(v) ‖ inner)

Whoever shows P's part and salt opens the public part alone; whoever shows `v` and `inner` proves to hold the code, and nothing else.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from hashlib import sha256

import rfc8785


def _hash(label: str, *parts: bytes) -> bytes:
    return sha256(f"tuidang/v1/{label}".encode() + b"".join(parts)).digest()


def _sized(what: str, data: bytes) -> bytes:
    # A part of another length would move the border between the parts, and two records could share a hash.
    if len(data) != 32:
        raise ValueError(f"{what} has 32 bytes")
    return data


def statement_hash(title: str, text: str) -> bytes:
    """SHA-256 of the JSON object of title and text, with placeholders for the declarants' names."""
    return sha256(rfc8785.dumps({"text": text, "title": title})).digest()


@dataclass(frozen=True, slots=True)
class PublicPart:
    """What is published if the declarant wishes: `statement` is the hex of `statement_hash`, `organisations` 1 to 7."""

    language: str
    name: str
    organisations: int
    statement: str

    def encode(self) -> bytes:
        """As canonical JSON. Raises rfc8785.CanonicalizationError for text that is not Unicode."""
        return rfc8785.dumps(asdict(self))

    def hash(self, salt_p: bytes) -> bytes:
        """P."""
        return _hash("public", _sized("salt_p", salt_p), self.encode())


@dataclass(frozen=True, slots=True)
class Rest:
    """What is never published: codes as in an entry, and the day of acceptance."""

    channel: int
    day: int
    region: int
    source: int
    voice: int

    def encode(self) -> bytes:
        """As canonical JSON."""
        return rfc8785.dumps(asdict(self))

    def hash(self, salt_q: bytes) -> bytes:
        """Q."""
        return _hash("rest", _sized("salt_q", salt_q), self.encode())


def inner_hash(p: bytes, q: bytes) -> bytes:
    """`inner`, from P and Q."""
    return _hash("inner", _sized("P", p), _sized("Q", q))


def commitment(void_hash: bytes, inner: bytes) -> bytes:
    """The commitment, from SHA-256(v) and `inner`."""
    return _hash("declarant", _sized("void_hash", void_hash), _sized("inner", inner))


@dataclass(frozen=True, slots=True)
class Record:
    """One version of what is kept of one declarant. Salts and `void_hash` have 32 bytes; salts are new for every version."""

    public: PublicPart
    rest: Rest
    salt_p: bytes
    salt_q: bytes
    void_hash: bytes

    @property
    def inner(self) -> bytes:
        """What a void at the declarant's own wish bears in its second field."""
        return inner_hash(self.public.hash(self.salt_p), self.rest.hash(self.salt_q))

    @property
    def commitment(self) -> bytes:
        """What the declarant's entry bears."""
        return commitment(self.void_hash, self.inner)
