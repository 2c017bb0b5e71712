"""C2SP tlog-proof: one text that holds an entry's index, its inclusion proof and the checkpoint.

c2sp.org/tlog-proof@v1
[extra <base64>]
index <decimal>
<base64 of 32 bytes>          one line for each hash, from the leaf's sibling to the root's child
                              an empty line
<the checkpoint, byte for byte>
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass

from tlog.checkpoint import MOST_LEAVES, SignedCheckpoint
from tlog.errors import InvalidError
from tlog.merkle import leaf_hash, verify_inclusion
from tlog.note import VerifierKey

HEADER = "c2sp.org/tlog-proof@v1"
LARGEST = 2_000_000
MOST_HASHES = 64
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class Proof:
    """That some entry is at `index` of the tree of `checkpoint`. `extra` is opaque and not authenticated; we write none."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: SignedCheckpoint
    extra: bytes | None = None

    def encode(self) -> bytes:
        """The text, in UTF-8."""
        extra = [] if self.extra is None else [f"extra {_base64(self.extra)}"]
        lines = [HEADER, *extra, f"index {self.index}", *map(_base64, self.hashes), "", ""]
        return "\n".join(lines).encode() + self.checkpoint.raw

    @classmethod
    def parse(cls, data: bytes) -> Proof:
        """Reads what `encode` wrote. Raises InvalidError("proof"), or "checkpoint" for the checkpoint in it."""
        if len(data) > LARGEST:
            raise InvalidError("proof", "too large for a proof")
        head, gap, checkpoint = data.partition(b"\n\n")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError:
            raise InvalidError("proof", "not a tlog-proof: its head is not ASCII") from None
        if not gap or lines.pop(0) != HEADER:
            raise InvalidError("proof", f"not a tlog-proof: it does not begin with {HEADER}")
        extra = _decode(lines.pop(0)[6:]) if lines and lines[0].startswith("extra ") else None
        index = _INDEX.fullmatch(lines.pop(0)) if lines else None
        if index is None or int(index[1]) >= MOST_LEAVES:
            raise InvalidError("proof", "not a tlog-proof: no index")
        if len(lines) > MOST_HASHES:
            raise InvalidError("proof", f"more than {MOST_HASHES} hashes")
        return cls(int(index[1]), tuple(map(_decode_hash, lines)), SignedCheckpoint.parse(checkpoint, path=None), extra)

    def require(self, entry: bytes, key: VerifierKey) -> None:
        """Raises InvalidError unless `key` signed the checkpoint ("signature") and `entry` is at `index` of its tree ("proof")."""
        self.checkpoint.require(key, path=None)
        tree = self.checkpoint.checkpoint
        verify_inclusion(leaf_hash(entry), self.index, tree.size, self.hashes, tree.root)


def _base64(data: bytes) -> str:
    return b64encode(data).decode()


def _decode(text: str) -> bytes:
    try:
        data = b64decode(text, validate=True)
    except binascii.Error:
        data = b""
    # Comparing with what we would write refuses a second spelling of the same bytes (stray bits in the last character).
    if _base64(data) != text:
        raise InvalidError("proof", "not a tlog-proof: a line that is not base64")
    return data


def _decode_hash(line: str) -> bytes:
    data = _decode(line)
    if len(data) != 32:
        raise InvalidError("proof", f"a hash in the proof has {len(data)} bytes and not 32")
    return data
