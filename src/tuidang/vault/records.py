"""Sealed records: what stays of a declarant after sealing, in two copies, each opened by someone else.

The own copy is opened by the code alone. The epoch copy is opened by the key of its audit epoch, which is not on this machine: an
*envelope* holds a random key under hybrid HPKE, and each record is encrypted under a key derived from it and the lookup id. So a
server that forgot the envelope's key after the batch cannot open what it sealed, and one record can be shown without the others.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from tuidang.kernel.errors import DamagedError
from tuidang.kernel.randomness import random_bytes

VERSION = b"\x01"
NONCE = 12
MLKEM_PUBLIC = 1184
MLKEM_SEED = 64
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


@dataclass(frozen=True, slots=True)
class EpochKey:
    """The private half of an audit epoch, 96 bytes: ML-KEM-768 seed, X25519 key. Offline after it is made."""

    secret: bytes = field(repr=False)

    @classmethod
    def generate(cls) -> EpochKey:
        """A fresh key."""
        return cls(random_bytes(96))

    def _pair(self) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
        return MLKEM768PrivateKey.from_seed_bytes(self.secret[:MLKEM_SEED]), X25519PrivateKey.from_private_bytes(self.secret[MLKEM_SEED:])

    @property
    def public(self) -> bytes:
        """1,184 bytes of ML-KEM-768, then 32 of X25519."""
        mlkem, x25519 = self._pair()
        return mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()

    def open_envelope(self, name: str, sealed: bytes) -> Envelope:
        """The envelope that was sealed for the epoch `name`. Raises DamagedError."""
        try:
            return Envelope(_SUITE.decrypt(sealed, MLKEM768X25519PrivateKey(*self._pair()), _info(name)))
        except InvalidTag:
            raise DamagedError(f"the key does not open this envelope of epoch {name}") from None


def _info(name: str) -> bytes:
    return b"tuidang/v1/envelope" + VERSION + name.encode()


def _encrypt(secret: bytes, plain: bytes, bound_to: bytes) -> bytes:
    nonce = random_bytes(NONCE)
    return VERSION + nonce + AESGCM(secret).encrypt(nonce, plain, VERSION + bound_to)


def _decrypt(secret: bytes, blob: bytes, bound_to: bytes) -> bytes:
    if blob[:1] != VERSION:
        raise DamagedError("a sealed copy of an unknown version")
    try:
        return AESGCM(secret).decrypt(blob[1 : 1 + NONCE], blob[1 + NONCE :], VERSION + bound_to)
    except (InvalidTag, ValueError):  # the latter: too short to hold a nonce
        raise DamagedError("the key does not open this sealed copy") from None


@dataclass(frozen=True, slots=True)
class Envelope:
    """The random key that one batch of epoch copies hangs on. In memory while the batch is sealed, then only under HPKE."""

    secret: bytes = field(repr=False)

    @classmethod
    def generate(cls) -> Envelope:
        """A fresh envelope."""
        return cls(random_bytes(32))

    def sealed_for(self, name: str, public: bytes) -> bytes:
        """This envelope under the public key of epoch `name`: hybrid HPKE, the epoch bound through `info`."""
        mlkem = MLKEM768PublicKey.from_public_bytes(public[:MLKEM_PUBLIC])
        x25519 = X25519PublicKey.from_public_bytes(public[MLKEM_PUBLIC:])
        return _SUITE.encrypt(self.secret, MLKEM768X25519PublicKey(mlkem, x25519), _info(name))

    def _record_key(self, lookup: bytes) -> bytes:
        return HKDFExpand(hashes.SHA256(), 32, b"tuidang/v1/epoch-copy" + lookup).derive(self.secret)

    def seal(self, lookup: bytes, plain: bytes) -> bytes:
        """The epoch copy of the record of `lookup`."""
        return _encrypt(self._record_key(lookup), plain, lookup)

    def open(self, lookup: bytes, blob: bytes) -> bytes:
        """The record. Raises DamagedError."""
        return _decrypt(self._record_key(lookup), blob, lookup)


def seal_own(record_key: bytes, lookup: bytes, plain: bytes) -> bytes:
    """The copy that the code opens."""
    return _encrypt(record_key, plain, lookup)


def open_own(record_key: bytes, lookup: bytes, blob: bytes) -> bytes:
    """The record, opened with a code. Raises DamagedError."""
    return _decrypt(record_key, blob, lookup)


def seal_text(secret: bytes, text_id: bytes, plain: bytes) -> bytes:
    """A statement's text under the random key that its declarants' records hold."""
    return _encrypt(secret, plain, b"text" + text_id)


def open_text(secret: bytes, text_id: bytes, blob: bytes) -> bytes:
    """The text. Raises DamagedError."""
    return _decrypt(secret, blob, b"text" + text_id)


def holder(secret: bytes, number: int) -> UUID:
    """The id that says, to whoever has the text's key, that person `number` of the statement still holds it; to anyone else nothing."""
    return UUID(bytes=hmac.digest(secret, b"tuidang/v1/holder" + number.to_bytes(4, "big"), sha256)[:16])


def public_text(public: bytes) -> str:
    """A public epoch key as the key set lists it."""
    return b64encode(public).decode()
