"""Day keys: what is not sealed yet is encrypted under one, and unreadable once it is destroyed.

How a key dies without losing anything: rows refer to its row by a foreign key, so the row can only be deleted when no row is left under it;
an accept that still holds the key in memory fails at its commit and takes the new one. Only after that commit is the file destroyed.
"""

from __future__ import annotations

import hmac
import threading
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import IntegrityError, transaction

from tuidang.kernel import clock
from tuidang.kernel.errors import DamagedError
from tuidang.kernel.places import places
from tuidang.kernel.randomness import random_between, random_bytes
from tuidang.vault.adapters import KeyFiles
from tuidang.vault.models import DayKey, DyingKey

NONCE = 12


@dataclass(frozen=True, slots=True)
class LiveKey:
    """A day key in memory."""

    id: int
    day: int
    cipher: AESGCM = field(repr=False)
    trail: bytes = field(repr=False)

    def encrypt(self, plain: bytes, bound_to: bytes) -> bytes:
        """AES-256-GCM with a random nonce in front; `bound_to` is authenticated with it."""
        nonce = random_bytes(NONCE)
        return nonce + self.cipher.encrypt(nonce, plain, bound_to)

    def decrypt(self, blob: bytes, bound_to: bytes) -> bytes:
        """The content of `blob`. Raises DamagedError."""
        try:
            return self.cipher.decrypt(blob[:NONCE], blob[NONCE:], bound_to)
        except InvalidTag:
            raise DamagedError("an encrypted row does not fit its key") from None

    def trail_name(self, declaration: bytes) -> str:
        """How staff trails name a declaration: tells the same from another while the key lives, and nothing after. 16 hex digits."""
        return hmac.digest(self.trail, declaration, sha256)[:8].hex()


_cache: dict[int, LiveKey] = {}
_current: list[LiveKey] = []
_lock = threading.Lock()


def _files() -> KeyFiles:
    return KeyFiles(places().keys)


def _name(key_id: int) -> str:
    return f"day-{key_id:016x}"


def _load(key_id: int, day: int) -> LiveKey:
    secret = _files().read(_name(key_id))
    key = LiveKey(key_id, day, AESGCM(secret), hmac.digest(secret, b"tuidang/v1/trail", sha256))
    _cache[key_id] = key
    return key


def forget() -> None:
    """Drops keys held in memory: they are read again when needed. Called when a key turned out to be dead, and by tests."""
    _cache.clear()
    _current.clear()


def key(key_id: int) -> LiveKey:
    """The living key with this id. Raises DamagedError if it is destroyed or lost."""
    return _cache.get(key_id) or _load(key_id, 0)


def current_key() -> LiveKey:
    """The key under which new rows are written: one a day, and a new one after each sealing. Kept in memory between calls."""
    if _current and _current[0].day == clock.today():
        return _current[0]
    with _lock:
        row = DayKey.objects.filter(current=True).first()
        if row is None or row.day < clock.today():
            return rotate()
        found = _load(row.id, row.day)
        _current[:] = [found]
        return found


def rotate() -> LiveKey:
    """Makes a new key the current one. If another process does so at the same time, its key is taken."""
    fresh = random_between(1, 2**62)
    _files().make(_name(fresh), random_bytes(32))
    try:
        with transaction.atomic():
            DayKey.objects.filter(current=True).update(current=False)
            DayKey.objects.create(id=fresh, day=clock.today(), current=True)
    except IntegrityError:
        _files().destroy(_name(fresh))
    row = DayKey.objects.get(current=True)
    found = _load(row.id, row.day)
    _current[:] = [found]
    return found


def old_keys() -> list[int]:
    """Ids of living keys that are not the current one."""
    return list(DayKey.objects.filter(current=False).values_list("id", flat=True))


def let_die(key_ids: list[int]) -> None:
    """Marks keys for destruction. Inside a transaction in which no row refers to them any more; its commit fails if one does."""
    DyingKey.objects.bulk_create([DyingKey(id=key_id) for key_id in key_ids], ignore_conflicts=True)
    # Not through the collector: it would read every row that refers to the key. The database's own foreign key decides.
    DayKey.objects.filter(id__in=key_ids)._raw_delete(DayKey.objects.db)  # noqa: SLF001 -- Django has no public way past the collector


def bury() -> int:
    """Destroys the files of keys that were let die; returns how many. After the transaction of `let_die`; again after a crash."""
    dying = list(DyingKey.objects.values_list("id", flat=True))
    for key_id in dying:
        _cache.pop(key_id, None)
        _files().destroy(_name(key_id))
    DyingKey.objects.filter(id__in=dying).delete()
    return len(dying)
