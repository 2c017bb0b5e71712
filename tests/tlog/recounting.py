"""Small logs for tests of the recount, and what a recount finds wrong with them."""

from __future__ import annotations

import pytest
from tests.tlog.build import KEY, Log, declare, keys, opening

from tlog.entry import Kind
from tlog.errors import TlogError
from tlog.note import SignerKey
from tlog.verify import recount

NEW_KEY = SignerKey("successor.example/ledger", bytes(range(3, 35)))


def first(log: Log, size: int) -> Log:
    return Log(log.entries[:size], log.lists)


def fault(store, key=KEY, **options) -> TlogError:
    with pytest.raises(TlogError) as caught:
        recount(store, key.verifier, **options)
    return caught.value


def small(number: int = 300) -> Log:
    log = opening()
    log.add(*map(declare, range(number)))
    return log


def succeeded(last: bytes | None = None, **shown: object) -> Log:
    """A log that took over 302 leaves from a predecessor, whose last checkpoint is `last`, by default that of these 302."""
    log = small()
    log.succeed(last or log.checkpoint(), NEW_KEY, **shown)
    log.listed(Kind.KEYS, keys(NEW_KEY))
    log.add(declare(1000))
    return log
