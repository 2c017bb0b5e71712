"""Keys of those whom anyone may write to: what is sent to them is sealed here and opened on a machine of their own.

A *role key* is made offline; this machine has its public half. An *answer key* comes from the sender's code: its public half is kept beside the
message, so what is answered can be sealed here and opened only by whoever types the code. Both are the hybrid HPKE of `vault.records`.
Nothing that is sealed here shows how long it is: it is filled up to whole kilobytes before.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey, Suite

from tuidang.kernel.errors import DamagedError, RefusedError
from tuidang.vault.codes import Code
from tuidang.vault.records import MLKEM_PUBLIC, EpochKey

PUBLIC = MLKEM_PUBLIC + 32
SECRET = 96
BLOCK = 1024
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_SECRET_HEAD, _PUBLIC_HEAD, _FILE_HEAD = "tuidang-contact-secret/v1", "tuidang-contact-public/v1", b"tuidang-contact-sealed/v1"


def new_secret() -> bytes:
    """The private half of a fresh role key, 96 bytes."""
    return EpochKey.generate().secret


def public_of(secret: bytes) -> bytes:
    """The public half of a role or answer key."""
    return EpochKey(secret).public


def answer_secret(code: Code) -> bytes:
    """The private half of the key that the answer is sealed to: of the code alone, and stored nowhere."""
    return code.derive(b"tuidang/v1/contact-answer", SECRET)


def mark(public: bytes) -> str:
    """What a key is told apart by, 16 hex digits: printed where it is made and where it is registered, to be compared."""
    return sha256(b"tuidang/v1/contact-key" + public).hexdigest()[:16]


def seal(public: bytes, plain: bytes, bound_to: bytes) -> bytes:
    """`plain`, filled up with zeros behind its length, under a public key."""
    body = len(plain).to_bytes(4, "big") + plain
    padded = body + bytes(-len(body) % BLOCK)
    mlkem, x25519 = MLKEM768PublicKey.from_public_bytes(public[:MLKEM_PUBLIC]), X25519PublicKey.from_public_bytes(public[MLKEM_PUBLIC:])
    return _SUITE.encrypt(padded, MLKEM768X25519PublicKey(mlkem, x25519), b"tuidang/v1/contact" + bound_to)


def unseal(secret: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    """What was sealed under the key with this private half. Raises DamagedError."""
    try:
        pair = EpochKey(secret)._pair()  # noqa: SLF001 -- the same format, one module of this folder further
        padded = _SUITE.decrypt(sealed, MLKEM768X25519PrivateKey(*pair), b"tuidang/v1/contact" + bound_to)
    except (InvalidTag, ValueError):
        raise DamagedError("this key does not open this message") from None
    return padded[4 : 4 + int.from_bytes(padded[:4], "big")]


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A role's key as a file of two lines: what it is and for whom, and the key in base64."""

    role: str
    key: bytes = field(repr=False)

    def secret_text(self) -> str:
        """The file that stays with whoever reads the messages."""
        return f"{_SECRET_HEAD} {self.role}\n{b64encode(self.key).decode()}\n"

    def public_text(self) -> str:
        """The file that goes to the register."""
        return f"{_PUBLIC_HEAD} {self.role}\n{b64encode(self.key).decode()}\n"


def read_secret(text: str) -> KeyFile:
    """Raises RefusedError if this is no file with a private key."""
    return _read(text, _SECRET_HEAD, SECRET, "no file with a private key of `tuidang contact new-key`")


def read_public(text: str) -> KeyFile:
    """Raises RefusedError if this is no file with a public key; a private one is refused, and must not come here."""
    if text.startswith(_SECRET_HEAD):
        raise RefusedError("this is the private key: it must not come to this machine; give the file that ends in .pub")
    return _read(text, _PUBLIC_HEAD, PUBLIC, "no file with a public key of `tuidang contact new-key`")


def _read(text: str, head: str, length: int, why: str) -> KeyFile:
    first, _, second = text.strip().partition("\n")
    name, _, role = first.partition(" ")
    try:
        key = b64decode(second.strip(), validate=True)
    except (Base64Error, ValueError):
        key = b""
    if name != head or len(key) != length:
        raise RefusedError(f"this is {why}")
    return KeyFile(role.strip(), key)


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A sealed message as it is downloaded: for whom, under which key, which message, and the ciphertext."""

    role: str
    key: str
    message: UUID
    sealed: bytes = field(repr=False)

    @property
    def bound_to(self) -> bytes:
        """What the ciphertext is bound to."""
        return bound_to(self.role, self.message)

    def content(self) -> bytes:
        """The bytes of the file."""
        return b"\n".join((_FILE_HEAD, self.role.encode(), self.key.encode(), self.message.hex.encode(), self.sealed))


def bound_to(role: str, message: UUID) -> bytes:
    """So that a message opens as no other, and for nobody else."""
    return role.encode() + b"\0" + message.bytes


def read_sealed(content: bytes) -> SealedFile:
    """Raises RefusedError if this is no sealed message."""
    parts = content.split(b"\n", 4)
    try:
        head, role, key, message, sealed = parts
        found = SealedFile(role.decode("ascii"), key.decode("ascii"), UUID(hex=message.decode("ascii")), sealed)
    except ValueError:
        head = b""
    if head != _FILE_HEAD:
        raise RefusedError("this is no sealed message of this register")
    return found
