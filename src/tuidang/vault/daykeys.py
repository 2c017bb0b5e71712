"""Day keys: what is not sealed yet is encrypted under one, and unreadable once it is destroyed.

How a key dies without losing anything: rows refer to its row by a foreign key, so the row can only be deleted when no row is left under it;
an accept that still holds the key in memory finds its row gone, stores nothing and takes the new one. Only after that commit is the
file destroyed.

How a key is born without leaving anything behind: it is noted as dying before its file is made, and becomes the current one in the
transaction that takes that note away. Whoever is killed in between leaves a file that the next burial destroys.

What can never be read again holds up no key: it goes under `UNREADABLE`, where it is counted for the operator.
"""

from __future__ import annotations

import hmac
import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import IntegrityError, connection, transaction

from tuidang.kernel import clock
from tuidang.kernel.errors import DamagedError
from tuidang.kernel.places import places
from tuidang.kernel.randomness import Draw, random_between, random_bytes
from tuidang.vault.adapters import KeyFiles
from tuidang.vault.models import DayKey, DyingKey

log = logging.getLogger("tuidang.vault")
NONCE = 12
SECRET = 32
UNREADABLE = 0
"""The id of a key that never was. Rows that do not open under their own key refer to it, so that this one can die; it has no file, so they
count as those whose key is lost."""
CURRENT = "SELECT id, day FROM vault_daykey WHERE current"
CURRENT_HELD = f"{CURRENT} FOR KEY SHARE"


@dataclass(frozen=True, slots=True)
class LiveKey:
    """A day key in memory."""

    id: int
    day: int
    cipher: AESGCM = field(repr=False)
    trail: bytes = field(repr=False)

    def encrypt(self, plain: bytes, bound_to: bytes, draw: Draw | None = None) -> bytes:
        """AES-256-GCM with a random nonce in front, taken from `draw` if there is one; `bound_to` is authenticated with it."""
        nonce = draw.take(NONCE) if draw else random_bytes(NONCE)
        return nonce + self.cipher.encrypt(nonce, plain, bound_to)

    def decrypt(self, blob: bytes, bound_to: bytes) -> bytes:
        """The content of `blob`. Raises DamagedError."""
        try:
            return self.cipher.decrypt(blob[:NONCE], blob[NONCE:], bound_to)
        except (InvalidTag, ValueError):  # the latter: too short to hold a nonce
            raise DamagedError("an encrypted row does not fit its key") from None

    def trail_name(self, declaration: bytes) -> str:
        """How staff trails name a declaration: tells the same from another while the key lives, and nothing after. 16 hex digits."""
        return hmac.digest(self.trail, declaration, sha256)[:8].hex()


_cache: dict[int, LiveKey] = {}
_remembered: list[LiveKey] = []
_lock = threading.Lock()


def _files() -> KeyFiles:
    return KeyFiles(places().keys)


def _name(key_id: int) -> str:
    return f"day-{key_id:016x}"


def _load(key_id: int, day: int) -> LiveKey:
    secret = _files().read(_name(key_id))
    if len(secret) != SECRET:
        # Not for its rows to pay for: brought back, it opens them. Taken away, it is lost.
        raise DamagedError(f"the key {_name(key_id)} is damaged: bring it back from a copy of {places().keys.name}, or take it away")
    key = LiveKey(key_id, day, AESGCM(secret), hmac.digest(secret, b"tuidang/v1/trail", sha256))
    _cache[key_id] = key
    return key


def forget() -> None:
    """Drops keys held in memory: they are read again when needed. Called when a key turned out to be dead, and by tests."""
    _cache.clear()
    _remembered.clear()


def key(key_id: int) -> LiveKey:
    """The living key with this id. Raises DamagedError if it is destroyed or lost."""
    return _cache.get(key_id) or _load(key_id, 0)


def alive(key_id: int) -> bool:
    """Whether this key's row is still there: then it has not begun to die."""
    return DayKey.objects.filter(id=key_id).exists()


def lost(key_id: int) -> bool:
    """Whether nothing will ever be read again under this key: rows may refer to it, and its file is gone.

    So it is where `DATA` comes from an older copy than `DATA.keys`. A key that dies loses its row before its file, so it is not taken for
    lost; nor is any, while there is no file at all in the folder: then it is the folder that is missing.
    """
    files = _files()
    return not files.has(_name(key_id)) and bool(files.names("")) and alive(key_id)


def readable(key_id: int) -> bool:
    """Whether the key's file is here and whole."""
    files = _files()
    return files.has(_name(key_id)) and len(files.read(_name(key_id))) == SECRET


def opened(key_id: int, blob: bytes, bound_to: bytes) -> bytes | None:
    """The content of a row under this key. None: it will never be read again, for its key is lost or it is damaged.

    Raises DamagedError if the key died a moment ago (then the row is there under the next one), or all key files are away.
    """
    try:
        return key(key_id).decrypt(blob, bound_to)
    except DamagedError:
        if alive(key_id) and (readable(key_id) or lost(key_id)):
            return None
        raise


def carried_over(rows: Iterable[tuple[bytes, bytes]], *, old_key: int) -> list[tuple[int, bytes]]:
    """Rows of a dying key, each as (blob, what it is bound to), as they go on: as (key id, blob), under the current key.

    Inside a transaction that holds them. One that does not open is given back as it is, under `UNREADABLE`; how many, is logged.
    Raises DamagedError if the old key is not there.
    """
    old, new = key(old_key), current_key()
    carried = [_carried(blob, bound_to, old, new) for blob, bound_to in rows]
    if damaged := sum(key_id == UNREADABLE for key_id, _ in carried):
        DayKey.objects.bulk_create([DayKey(id=UNREADABLE, day=0, current=False)], ignore_conflicts=True)
        log.error("%s encrypted rows are damaged and will never be read again; they were set aside", damaged)
    return carried


def _carried(blob: bytes, bound_to: bytes, old: LiveKey, new: LiveKey) -> tuple[int, bytes]:
    try:
        return new.id, new.encrypt(old.decrypt(blob, bound_to), bound_to)
    except DamagedError:
        return UNREADABLE, blob


def lost_keys() -> list[int]:
    """Ids of all keys that are lost."""
    return [key_id for key_id in DayKey.objects.values_list("id", flat=True) if lost(key_id)]


def current_key() -> LiveKey:
    """The key under which new rows are written: one a day, and a new one after each sealing, or where the current one is lost.

    Inside a transaction the key cannot die before that has ended: SQLite lets nobody else write, PostgreSQL holds the key's row.
    Raises DamagedError if there are no key files at all.
    """
    found = _current_row()
    if found is None or (found[1] < clock.today() and not connection.in_atomic_block):
        return rotate()
    key_id, day = found
    known = _cache.get(key_id)
    if known is not None and known.day == day:
        return known
    try:
        return _load_anew(key_id, day)
    except DamagedError:
        if lost(key_id):
            return rotate()
        raise


def _current_row() -> tuple[int, int] | None:
    with connection.cursor() as cursor:
        cursor.execute(CURRENT_HELD if connection.vendor == "postgresql" else CURRENT)
        row = cursor.fetchone()
    return None if row is None else (row[0], row[1])


def _load_anew(key_id: int, day: int) -> LiveKey:
    """Another process made a new key."""
    forget_dead()
    return _load(key_id, day)


def forget_dead() -> None:
    """Drops from memory what another process has destroyed since. Each process calls it every few seconds, asked for anything or not."""
    held = set(_cache)
    dead = held - set(DayKey.objects.values_list("id", flat=True)) if held else held
    for key_id in dead:
        _cache.pop(key_id, None)
    if any(one.id in dead for one in tuple(_remembered)):
        _remembered.clear()


def remembered_key() -> LiveKey:
    """As `current_key`, from memory and without asking the database: for whoever asks, where it writes, whether the key is still the current one.

    Whoever finds that it is not calls `forget`, and tries again. So nothing new comes under a key that is to die.
    """
    for known in tuple(_remembered):  # another thread may forget it meanwhile
        if known.day == clock.today():
            return known
    with _lock:
        found = current_key()
        if not connection.in_atomic_block:
            _remembered[:] = [found]
        return found


def rotate() -> LiveKey:
    """Makes a new key the current one. If another process does so at the same time, its key is taken."""
    while not _made_current(random_between(1, 2**62)):
        pass
    row = DayKey.objects.get(current=True)
    found = _load(row.id, row.day)
    _remembered.clear()
    return found


def _made_current(fresh: int) -> bool:
    """False: another process took the key for one that a crash left behind, before it was born."""
    DyingKey.objects.create(id=fresh)
    _files().make(_name(fresh), random_bytes(32))
    try:
        with transaction.atomic():
            if not DyingKey.objects.filter(id=fresh).delete()[0]:
                return False
            DayKey.objects.filter(current=True).update(current=False)
            DayKey.objects.create(id=fresh, day=clock.today(), current=True)
    except IntegrityError:
        bury([fresh])
    return True


def old_keys() -> list[int]:
    """Ids of living keys that are not the current one."""
    return list(DayKey.objects.filter(current=False).exclude(id=UNREADABLE).values_list("id", flat=True))


def let_die(key_ids: list[int]) -> None:
    """Marks keys for destruction. Inside a transaction in which no row refers to them any more; its commit fails if one does."""
    DyingKey.objects.bulk_create([DyingKey(id=key_id) for key_id in key_ids], ignore_conflicts=True)
    # Not through the collector: it would read every row that refers to the key. The database's own foreign key decides.
    DayKey.objects.filter(id__in=key_ids)._raw_delete(DayKey.objects.db)  # noqa: SLF001 -- for the reason above


def dying() -> list[int]:
    """Ids of keys whose files are to be destroyed."""
    return list(DyingKey.objects.values_list("id", flat=True))


def bury(key_ids: list[int] | None = None) -> int:
    """Destroys the files of dying keys, of all or of these; returns how many. After the transaction of `let_die`; again after a crash."""
    return sum(map(_bury, dying() if key_ids is None else key_ids))


@transaction.atomic
def _bury(key_id: int) -> bool:
    # The note is held while the file goes, so that a key whose birth is under way is either born whole or not at all.
    noted = DyingKey.objects.select_for_update().filter(id=key_id)
    if not list(noted) or alive(key_id):
        return False
    _cache.pop(key_id, None)
    _files().destroy(_name(key_id))
    DyingKey.objects.filter(id=key_id).delete()
    return True
