"""The log format a second time, as plainly as docs/log-format.md says it and without a line of `src/tlog`.

The golden vectors come from here, so a mistake in `src/tlog` cannot repeat itself in what it is compared with. Slow and short on purpose.
"""

from __future__ import annotations

import json
import struct
from base64 import b64encode
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NUMBERS = ("version", "kind", "assurance", "channel", "day", "region", "organisations", "reason", "source", "voice")


def sha(*parts: bytes) -> bytes:
    return sha256(b"".join(parts)).digest()


def seed(label: str) -> bytes:
    """32 bytes that look random and are the same everywhere."""
    return sha(b"tuidang/v1/vector/", label.encode())


def base64(data: bytes) -> str:
    return b64encode(data).decode()


def canonical(value: object) -> bytes:
    """RFC 8785 for what the format uses: whole numbers, and keys in ASCII."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


# Section 2


def entry(fields: dict[str, int | str]) -> bytes:
    numbers = [fields.get(name, 0) for name in NUMBERS]
    numbers[0] = 1
    hashes = [bytes.fromhex(str(fields.get(name, "00" * 32))) for name in ("commitment", "second")]
    return struct.pack(">BBBBHHBBHB3xqQ", *numbers, fields.get("delta", 0), fields.get("ref", 0)) + b"".join(hashes)


# Section 1 and RFC 6962, section 2.1


def leaf(data: bytes) -> bytes:
    return sha(b"\x00", data)


def split(count: int) -> int:
    """The largest power of two that is smaller than `count`."""
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def root(leaves: list[bytes]) -> bytes:
    if not leaves:
        return sha(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return sha(b"\x01", root(leaves[:k]), root(leaves[k:]))


def inclusion(index: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return [*inclusion(index, leaves[:k]), root(leaves[k:])]
    return [*inclusion(index - k, leaves[k:]), root(leaves[:k])]


def consistency(old: int, leaves: list[bytes], *, whole: bool = True) -> list[bytes]:
    if old == len(leaves):
        return [] if whole else [root(leaves)]
    k = split(len(leaves))
    if old <= k:
        return [*consistency(old, leaves[:k], whole=whole), root(leaves[k:])]
    return [*consistency(old - k, leaves[k:], whole=False), root(leaves[:k])]


def tile_path(level: str, index: int, width: int) -> str:
    text = f"{index:d}"
    text = text.zfill(-(-len(text) // 3) * 3)
    groups = [text[at : at + 3] for at in range(0, len(text), 3)]
    path = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return f"tile/{level}/{path}" + ("" if width == 256 else f".p/{width}")


# Section 8


class Key:
    def __init__(self, name: str) -> None:
        self.name = name
        self.seed = seed(f"key {name}")
        self.private = Ed25519PrivateKey.from_private_bytes(self.seed)
        public = b"\x01" + self.private.public_key().public_bytes_raw()
        self.id = sha(name.encode(), b"\n", public)[:4]
        self.verifier = f"{name}+{self.id.hex()}+{base64(public)}"
        self.signer = f"PRIVATE+KEY+{name}+{self.id.hex()}+{base64(bytes([1]) + self.seed)}"

    def note(self, text: str) -> str:
        return f"{text}\n— {self.name} {base64(self.id + self.private.sign(text.encode()))}\n"

    def checkpoint(self, leaves: list[bytes]) -> str:
        return self.note(f"{self.name}\n{len(leaves)}\n{base64(root(leaves))}\n")


def proof(index: int, leaves: list[bytes], checkpoint: str) -> str:
    """C2SP tlog-proof."""
    lines = ["c2sp.org/tlog-proof@v1", f"index {index}", *map(base64, inclusion(index, leaves)), "", checkpoint]
    return "\n".join(lines)


# Section 7


def hkdf(code: bytes, length: int, info: bytes) -> bytes:
    return HKDF(SHA256(), length, None, info).derive(code)


def base32(number: int, digits: int) -> str:
    return "".join(SYMBOLS[number >> 5 * place & 31] for place in reversed(range(digits)))


def written(code: bytes) -> str:
    """26 symbols and two check symbols."""
    number = int.from_bytes(code, "big")
    return base32(number, 26) + base32(number % 1021, 2)


# Section 6


class Record:
    def __init__(self, label: str, *, public: dict[str, object], rest: dict[str, object], title: str, text: str) -> None:
        self.code = seed(f"code {label}")[:16]
        self.salt_p, self.salt_q = seed(f"salt_p {label}"), seed(f"salt_q {label}")
        self.title, self.text = title, text
        self.statement = sha(canonical({"text": text, "title": title}))
        self.public = {**public, "statement": self.statement.hex()}
        self.rest = rest
        self.void_key = hkdf(self.code, 32, b"tuidang/v1/void" + self.salt_p)
        self.p = sha(b"tuidang/v1/public", self.salt_p, canonical(self.public))
        self.q = sha(b"tuidang/v1/rest", self.salt_q, canonical(rest))
        self.inner = sha(b"tuidang/v1/inner", self.p, self.q)
        self.commitment = sha(b"tuidang/v1/declarant", sha(self.void_key), self.inner)
