"""A small log to add entries to, and what a replay finds wrong with it."""

from __future__ import annotations

from hashlib import sha256

import pytest
from tests.tlog.build import (
    KEY,
    Log,
    MemoryHistory,
    declare,
    opening,
)

from tlog.entry import Entry, Kind, u64_field
from tlog.errors import TlogError
from tlog.note import SignerKey
from tlog.replay import Replay

FIRST = 2  # the index of declare(0)
NEW_KEY = SignerKey("successor.example/ledger", bytes(range(3, 35)))
NOTE = "tuidang/v1/"


def base() -> Log:
    """Declarations 0 to 7 at indexes 2 to 9; index 8 is void, index 9 was raised."""
    log = opening()
    log.add(*map(declare, range(8)))
    log.void(8)
    log.raised(9)
    return log


def replayed(log: Log, *, vectorised: bool | None = None, **replaced: bytes) -> Replay:
    """Replays the whole log in memory. `replaced` lists, by hex, are others than they should be."""
    encoded = log.encoded()
    lists = {sha256(data).digest(): data for data in log.lists}
    lists |= {bytes.fromhex(name): data for name, data in replaced.items()}
    replay = Replay(MemoryHistory(encoded), lambda named, _: lists.get(named), vectorised=vectorised)
    replay.feed(b"".join(encoded))
    return replay


def note(kind: str, **more: object) -> dict[str, object]:
    return {"type": NOTE + kind, "note": "", **more}


def at(index: int) -> Entry:
    """The declaration at `index` of `base`."""
    return declare(index - FIRST)


def succeed(log: Log, *, size: int | None = None, key: SignerKey = KEY, shown: dict[str, object] | None = None, **changes: object) -> None:
    """Appends a kind 11 whose predecessor's checkpoint is of `size`; `shown` replaces how it is proven, `changes` fields of the entry."""
    log.succeed(log.checkpoint(size, key), log.key, **(shown or {}))
    entry = log.entries[-1]
    assert isinstance(entry, Entry)
    log.entries[-1] = entry._replace(**changes)


def bitmap(log: Log, data: bytes, bits: int, **changes: object) -> None:
    log.listed(Kind.VOID_LIST, data, **{"reason": 3, "delta": -1, "ref": 2, "second": u64_field(bits), **changes})


both_ways = pytest.mark.parametrize("vectorised", [True, False], ids=["numpy", "python"])


def fault(log: Log, **options: object) -> TlogError:
    with pytest.raises(TlogError) as caught:
        replayed(log, **options)
    return caught.value
