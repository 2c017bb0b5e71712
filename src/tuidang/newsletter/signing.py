"""DKIM (RFC 6376): every letter is signed, `List-Unsubscribe` and `List-Unsubscribe-Post` with it, without which no provider shows its button.

RSA with 2,048 bits and SHA-256, relaxed in head and body: what every receiver can check. The key is `DATA.keys/newsletter-dkim`.
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat, load_pem_private_key

from tuidang.kernel.errors import DamagedError
from tuidang.kernel.places import places
from tuidang.vault.adapters import KeyFiles

NAME = "newsletter-dkim"
BITS = 2048
_SIGNED = (
    *("from", "to", "subject", "date", "message-id", "reply-to", "cc", "mime-version", "content-type", "content-transfer-encoding"),
    *("list-id", "list-unsubscribe", "list-unsubscribe-post", "auto-submitted"),
)
"""Those that a letter has not are signed too: nobody adds one on the way."""


@dataclass(frozen=True, slots=True)
class Signer:
    """The key, and under which name receivers find its other half: `SELECTOR._domainkey.DOMAIN`."""

    key: RSAPrivateKey
    selector: str

    def record(self) -> str:
        """What the DNS says under that name."""
        return f"v=DKIM1; k=rsa; p={b64encode(_public(self.key)).decode()}"

    def signed(self, raw: bytes, domain: str) -> bytes:
        """A whole mail, its lines ending with CR LF, with its signature before it, on one line."""
        head, _gap, body = raw.partition(b"\r\n\r\n")
        digest = b64encode(sha256(_relaxed_body(body)).digest()).decode()
        value = f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s={self.selector}; h={':'.join(_SIGNED)}; bh={digest}; b="
        text = _relaxed_head(head) + f"dkim-signature:{value}".encode()
        made = b64encode(self.key.sign(text, PKCS1v15(), SHA256()))
        return b"DKIM-Signature: " + value.encode() + made + b"\r\n" + raw


def signer() -> Signer | None:
    """The one of this register; None where no key was made. Raises DamagedError."""
    files = KeyFiles(places().keys)
    return _signer(places().keys) if files.has(NAME) else None


def make() -> Signer:
    """Makes the key where there is none."""
    key = generate_private_key(public_exponent=65537, key_size=BITS)
    KeyFiles(places().keys).make(NAME, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return _signer(places().keys)


@cache
def _signer(folder: Path) -> Signer:
    key = load_pem_private_key(KeyFiles(folder).read(NAME), None)
    if not isinstance(key, RSAPrivateKey):
        raise DamagedError(f"the key {NAME} is none of RSA")
    # By the key: a new one gets a new name, and letters under the old one can still be checked.
    return Signer(key, "n" + sha256(_public(key)).hexdigest()[:10])


def _public(key: RSAPrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _relaxed_head(head: bytes) -> bytes:
    """3.4.2: the headers that are signed, in their order; ours stand once and on one line each."""
    found = {name.strip().lower(): value for name, _colon, value in (line.partition(b":") for line in head.split(b"\r\n"))}
    lines = [(name.encode(), found[name.encode()]) for name in _SIGNED if name.encode() in found]
    return b"".join(name + b":" + re.sub(rb"[ \t]+", b" ", value).strip(b" ") + b"\r\n" for name, value in lines)


def _relaxed_body(body: bytes) -> bytes:
    """3.4.4."""
    lines = re.sub(rb"[ \t]+", b" ", body).replace(b" \r\n", b"\r\n").rstrip(b" ")
    stripped = lines.rstrip(b"\r\n")
    return stripped + b"\r\n" if stripped else b""
