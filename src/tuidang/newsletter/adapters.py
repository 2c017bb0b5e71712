"""The newsletter's key, `DATA.keys/newsletter`, and what is made with it: encrypted addresses, marks of addresses, tokens of links.

One file, 32 bytes, made once, in no plain backup. Without it the database says how many read, in which languages, and nothing about who.
Links in letters hold a token that is stored nowhere: the reader's random id, enciphered as one block under a key of the link's purpose. Whoever
has the database cannot make one, and whoever has one learns no id. It is 128 bits, of which those in use are as good as none.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Literal
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from tuidang.kernel.errors import DamagedError
from tuidang.kernel.places import places
from tuidang.kernel.randomness import random_bytes
from tuidang.newsletter.models import ImportProof, Subscriber, Suppression, Wish
from tuidang.newsletter.policies import Address
from tuidang.vault.adapters import KeyFiles

NAME = "newsletter"
Purpose = Literal["confirm", "settings", "leave", "return"]
LETTERS: Mapping[str, Purpose] = {"c": "confirm", "p": "settings", "u": "leave"}
"""What stands before a token in the address of its page."""
_NONCE = 12
_STEP = 64
"""Plain texts are filled up to multiples of this, so that the length of a blob does not tell one address from another."""
_keys: dict[Path, bytes] = {}


def has_key() -> bool:
    """Whether the file is there."""
    return KeyFiles(places().keys).has(NAME)


def _secret() -> bytes:
    """Reads the key, making it where nothing was ever encrypted with it. Raises DamagedError where it is gone."""
    folder = places().keys
    if folder not in _keys:
        files = KeyFiles(folder)
        if not files.has(NAME) and not any(table.objects.exists() for table in (Subscriber, Suppression, Wish, ImportProof)):
            files.make(NAME, random_bytes(32))
        _keys[folder] = files.read(NAME)
    return _keys[folder]


def _key(purpose: str) -> bytes:
    return hmac.digest(_secret(), f"tuidang/v1/newsletter/{purpose}".encode(), sha256)


def seal(plain: bytes, *, kind: str, row: UUID) -> bytes:
    """Encrypts for one field of one row: it opens as nothing else. Nonce, ciphertext and tag."""
    nonce = random_bytes(_NONCE)
    filled = len(plain).to_bytes(4, "big") + plain
    filled += bytes(-len(filled) % _STEP)
    return nonce + AESGCM(_key("seal")).encrypt(nonce, filled, kind.encode() + row.bytes)


def unseal(blob: bytes | memoryview, *, kind: str, row: UUID) -> bytes:
    """The inverse. Raises DamagedError."""
    raw = bytes(blob)
    try:
        filled = AESGCM(_key("seal")).decrypt(raw[:_NONCE], raw[_NONCE:], kind.encode() + row.bytes)
    except InvalidTag:
        raise DamagedError("something of the newsletter was not encrypted with the key that is in DATA.keys") from None
    return filled[4 : 4 + int.from_bytes(filled[:4], "big")]


def mark(address: Address) -> UUID:
    """Under which an address is found again."""
    return _mac("mark", address)


def wish_id(address: Address) -> UUID:
    """Under which a wish waits: by another key, so that it does not say whose row it will be."""
    return _mac("wish", address)


def _mac(purpose: str, address: Address) -> UUID:
    return UUID(bytes=hmac.digest(_key(purpose), address.key, sha256)[:16])


def letter_id(wish: UUID, day: int) -> str:
    """The same for a letter that goes out twice after a crash: servers that know it already drop it."""
    return hmac.digest(_key("letter"), wish.bytes + day.to_bytes(4, "big"), sha256)[:16].hex()


def mailing_letter_id(mailing: UUID, subscriber: UUID) -> str:
    """The number of the letter of a mailing to one reader: the same if it is ever sent again."""
    return hmac.digest(_key("mailing letter"), mailing.bytes + subscriber.bytes, sha256)[:16].hex()


def return_mark(delivery: int) -> str:
    """32 characters, in small letters, by which a letter that comes back is known. Nobody makes one that is of none."""
    cipher = _block("return").encryptor()
    return (cipher.update(bytes(8) + delivery.to_bytes(8, "big")) + cipher.finalize()).hex()


def read_return_mark(text: str) -> int | None:
    """The delivery; None where no letter ever had this mark."""
    cipher = _block("return").decryptor()
    plain = cipher.update(bytes.fromhex(text)) + cipher.finalize()
    return None if any(plain[:8]) else int.from_bytes(plain[8:], "big")


def token(purpose: Purpose, subscriber: UUID) -> str:
    """22 characters that lead back to `subscriber`, for this purpose alone."""
    cipher = _block(purpose).encryptor()
    return urlsafe_b64encode(cipher.update(subscriber.bytes) + cipher.finalize()).rstrip(b"=").decode()


def read_token(purpose: Purpose, text: str) -> UUID | None:
    """The id in a token; None for what has not the form of one. Of a made-up token it is an id that nobody has."""
    try:
        raw = urlsafe_b64decode(text.encode("ascii") + b"==") if len(text) == 22 else b""
    except (UnicodeEncodeError, binascii.Error, ValueError):
        raw = b""
    if len(raw) != 16 or urlsafe_b64encode(raw).rstrip(b"=").decode() != text:
        return None
    cipher = _block(purpose).decryptor()
    return UUID(bytes=cipher.update(raw) + cipher.finalize())


def _block(purpose: Purpose) -> Cipher[ECB]:
    # One block of random bytes, never a message: a permutation is what is wanted, and nothing repeats that could be seen.
    return Cipher(AES(_key(f"link/{purpose}")), ECB())  # noqa: S305 -- for the reason above
