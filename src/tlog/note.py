"""C2SP signed-note: text, and signatures by named keys. Ed25519 (type 0x01) alone; other types are carried and ignored.

A verifier key is `<name>+<8 hex digits>+<base64 of 0x01 ‖ public key>`; a signer key `PRIVATE+KEY+<name>+<8 hex digits>+<base64 of
0x01 ‖ 32-byte seed>`, as Go's `sumdb/note` writes them.
"""

from __future__ import annotations

import re
import unicodedata
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tlog.errors import CannotCheckError, InvalidError

ED25519 = b"\x01"
LARGEST = 1_000_000
MOST_SIGNATURES = 100
_PRIME = 2**255 - 19
# The y of the points whose order divides 8, whose keys accept signatures that nobody made: of order 4, 1, 2, and of order 8 twice.
_ORDER_8 = (
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
)
_SMALL_ORDER = {0, 1, _PRIME - 1, *(int.from_bytes(bytes.fromhex(y), "little") for y in _ORDER_8)}
_SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/=]+)")


def _key_id(name: str, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def _is_name(text: str) -> bool:
    """Whether a key can be named so: no blanks, no plus, and nothing that is not to be seen."""
    return bool(text) and not any(char == "+" or char.isspace() or unicodedata.category(char)[0] == "C" for char in text)


def _is_sound(public: bytes) -> bool:
    """Whether 32 bytes are a public key in the one way of writing it, and none of the few that are worth nothing."""
    y = int.from_bytes(public, "little") & (1 << 255) - 1
    return y < _PRIME and y not in _SMALL_ORDER


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with its name."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """The key id: 4 bytes."""
        return _key_id(self.name, self.public)

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Reads the note format. Raises CannotCheckError("bad-argument")."""
        bad = CannotCheckError("bad-argument", "this is not an Ed25519 verifier key (NAME+ID+KEY)")
        parts = text.strip().split("+", 2)
        if len(parts) != 3 or not _is_name(parts[0]):
            raise bad
        try:
            raw = b64decode(parts[2], validate=True)
        except ValueError:
            raise bad from None
        if len(raw) != 33 or raw[:1] != ED25519 or not _is_sound(raw[1:]):
            raise bad
        key = cls(parts[0], raw[1:])
        if key.id.hex() != parts[1]:
            raise bad
        return key

    def accepts(self, text: bytes, signature: bytes) -> bool:
        """Whether `signature` (64 bytes) is this key's over `text`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class SignerKey:
    """A private key with its name. Never shown: repr hides it."""

    name: str
    seed: bytes = field(repr=False)

    @classmethod
    def generate(cls, name: str) -> SignerKey:
        """A new key. Raises ValueError for a name with blanks, a plus, or characters that are not to be seen."""
        if not _is_name(name):
            raise ValueError("a key name has no blanks, no plus and no control characters")
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> SignerKey:
        """Reads what `export` wrote. Raises CannotCheckError("bad-argument")."""
        bad = CannotCheckError("bad-argument", "this is not a signer key")
        parts = text.strip().split("+", 4)
        if len(parts) != 5 or parts[:2] != ["PRIVATE", "KEY"] or not _is_name(parts[2]):
            raise bad
        try:
            raw = b64decode(parts[4], validate=True)
        except ValueError:
            raise bad from None
        if len(raw) != 33 or raw[:1] != ED25519:
            raise bad
        key = cls(parts[2], raw[1:])
        if key.verifier.id.hex() != parts[3]:
            raise bad
        return key

    def export(self) -> str:
        """The signer key as text: a secret."""
        return f"PRIVATE+KEY+{self.name}+{self.verifier.id.hex()}+{b64encode(ED25519 + self.seed).decode()}"

    @property
    def verifier(self) -> VerifierKey:
        """The public key, under the same name."""
        return VerifierKey(self.name, Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """The signature line, with its newline, over `text`, which must end in a newline."""
        if not text.endswith("\n"):
            raise ValueError("the text of a note ends in a newline")
        signature = Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())
        return f"— {self.name} {b64encode(self.verifier.id + signature).decode()}\n"


def _signature(line: str) -> tuple[str, bytes, bytes] | None:
    """(name, key id, signature) of a signature line; None if it is not `— <name> <base64>`."""
    match = _SIGNATURE.fullmatch(line)
    try:
        raw = b64decode(match[2], validate=True) if match else b""
    except ValueError:
        return None
    # Base64 has spare bits at its end: only one way of writing a signature is taken, so that no byte of a note can be changed unseen.
    return (match[1], raw[:4], raw[4:]) if match and len(raw) > 4 and b64encode(raw).decode() == match[2] else None


@dataclass(frozen=True, slots=True)
class Note:
    """A parsed note whose signatures are not verified yet. `signatures` are (name, key id, signature)."""

    text: str
    signatures: tuple[tuple[str, bytes, bytes], ...]

    @classmethod
    def parse(cls, data: bytes, *, path: str | None = None) -> Note:
        """Raises InvalidError("checkpoint") if `data` is not a signed note."""

        def bad(why: str) -> InvalidError:
            return InvalidError("checkpoint", f"not a signed note: {why}", path=path)

        if not data:
            raise bad("there is nothing in it")
        if len(data) > LARGEST:
            raise bad("too large")
        try:
            whole = data.decode("utf-8")
        except UnicodeDecodeError:
            raise bad("not UTF-8") from None
        if any(ord(char) < 0x20 and char != "\n" for char in whole):
            raise bad("a control character")
        text, gap, tail = whole.rpartition("\n\n")
        if not gap or not tail.endswith("\n"):
            raise bad("no signatures")
        lines = tail[:-1].split("\n")
        if len(lines) > MOST_SIGNATURES:
            raise bad("too many signatures")
        signatures = tuple(map(_signature, lines))
        if None in signatures:
            raise bad("a malformed signature line")
        return cls(text + "\n", tuple(filter(None, signatures)))

    def names(self, key: VerifierKey) -> bool:
        """Whether a signature claims to be the key's."""
        return any((name, key_id) == (key.name, key.id) for name, key_id, _ in self.signatures)

    def signed_by(self, key: VerifierKey) -> bool:
        """Whether `key` signed. Raises InvalidError("signature") if a signature claims to be the key's and does not verify."""
        found = False
        for name, key_id, signature in self.signatures:
            if (name, key_id) != (key.name, key.id):
                continue
            if not key.accepts(self.text.encode(), signature):
                raise InvalidError("signature", f"the signature by {name} does not fit the text")
            found = True
        return found
