"""How the site and the signer talk: one JSON line each way over a Unix stream socket, then the connection ends.

    {"do": "status"}
        {"key", "lock": {"size", "root", "day"}, "stopped"}            `stopped` is a reason or null
    {"do": "sign", "old": {"size", "root"}, "new": {"size", "root"}, "consistency": […], "entry", "inclusion": […]}
        {"signature"}                                                  the line, with its newline

`key` is the verifier key. Hashes and the entry are hex; `consistency` and `inclusion` are lists of hashes in the order of RFC 6962; `entry`
is the last of the new tree, `inclusion` its proof at index size − 1; `day` is null for the empty tree. A refusal is
`{"refused": reason, "message": sentence}`, with reason `moved` also `lock`. A line is at most 64 KiB and has ten
seconds, the first byte of a request two.

The socket's address goes through /proc/self/fd, since the kernel takes no path over 107 bytes.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tlog import entry

LARGEST = 64 * 1024
SECONDS = 10.0
_LARGEST_SIZE = 2**63


class WireError(Exception):
    """A line that is not what this protocol says."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Number of leaves and root of 32 bytes."""

    size: int
    root: bytes

    def members(self) -> dict[str, object]:
        """As JSON."""
        return {"size": self.size, "root": self.root.hex()}

    @classmethod
    def read(cls, members: dict[str, Any]) -> Tree:
        """From JSON. Raises WireError."""
        return cls(whole(members["size"]), unhex(members["root"], 32))


@dataclass(frozen=True, slots=True)
class SignRequest:
    """What is to be signed, and the proofs that it may be: see the module."""

    old: Tree
    new: Tree
    consistency: tuple[bytes, ...]
    entry: bytes
    inclusion: tuple[bytes, ...]

    def members(self) -> dict[str, object]:
        """As JSON."""
        return {
            "do": "sign",
            "old": self.old.members(),
            "new": self.new.members(),
            "consistency": [part.hex() for part in self.consistency],
            "entry": self.entry.hex(),
            "inclusion": [part.hex() for part in self.inclusion],
        }

    @classmethod
    def read(cls, members: dict[str, Any]) -> SignRequest:
        """From JSON. Raises WireError."""
        try:
            return cls(
                Tree.read(members["old"]),
                Tree.read(members["new"]),
                tuple(unhex(part, 32) for part in members["consistency"]),
                unhex(members["entry"], entry.SIZE),
                tuple(unhex(part, 32) for part in members["inclusion"]),
            )
        except (KeyError, TypeError):
            raise WireError("a member is missing or has another type") from None


def whole(value: object) -> int:
    """A number that can be a size. Raises WireError."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _LARGEST_SIZE:
        raise WireError("a size is a whole number")
    return value


def unhex(value: object, size: int) -> bytes:
    """`size` bytes from hex. Raises WireError."""
    try:
        data = bytes.fromhex(value) if isinstance(value, str) else b""
    except ValueError:
        data = b""
    if len(data) != size:
        raise WireError(f"{size} bytes in hex were expected")
    return data


def write_line(members: dict[str, object]) -> bytes:
    """One JSON object as a line."""
    return json.dumps(members).encode() + b"\n"


def read_line(connection: socket.socket, seconds: float = SECONDS, *, first: float | None = None) -> dict[str, Any]:
    """One JSON object. The whole line has `seconds`, however it trickles, and `first` of them until it begins.

    Raises WireError, OSError (TimeoutError with it).
    """
    began = time.monotonic()
    end = began + (seconds if first is None else min(first, seconds))
    data = bytearray()
    while not data.endswith(b"\n"):
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the other side is too slow")
        connection.settimeout(left)
        part = connection.recv(LARGEST)
        if not part:
            raise ConnectionError("the other side ended before its line did")
        data += part
        end = began + seconds
        if len(data) > LARGEST:
            raise WireError("the line is too long")
    try:
        members = json.loads(bytes(data))
    except (ValueError, RecursionError):
        raise WireError("not one line of JSON") from None
    if not isinstance(members, dict):
        raise WireError("not a JSON object")
    return members


@contextlib.contextmanager
def address(path: Path) -> Iterator[str]:
    """An address for bind and connect that is short however deep `path` lies. Raises OSError if its folder is not there."""
    handle = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{handle}/{path.name}"
    finally:
        os.close(handle)
