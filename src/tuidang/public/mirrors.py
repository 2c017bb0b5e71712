"""The list of this register's addresses, signed: whoever has it from anywhere can see that it is ours and how old it is.

A signed note (C2SP) by the promise key, which the log's key set names. Its text: `<origin>/mirrors`, the day, then an address a line.
"""

from __future__ import annotations

from collections.abc import Sequence

from tlog.note import SignerKey


def signed_list(key: SignerKey, day: str, addresses: Sequence[str]) -> bytes:
    """The note of `day` (2026-11-03) by the promise key. Without addresses it says that there are none.

    No promise can be taken for one: a promise begins with its own header.
    """
    origin = key.name.removesuffix("/promise")
    text = "".join(f"{line}\n" for line in (f"{origin}/mirrors", day, *addresses))
    return f"{text}\n{key.sign(text)}".encode()
