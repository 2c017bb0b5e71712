"""Day keys: born whole or not at all, alive as long as a row needs them, and gone for good after."""

import os
import threading

import pytest
from django.db import IntegrityError, connection, transaction

from tuidang.kernel.errors import DamagedError
from tuidang.kernel.places import places
from tuidang.vault import daykeys
from tuidang.vault.models import DayKey, DyingKey


@pytest.fixture
def keys(transactional_db, tmp_path, monkeypatch):
    """The folder of keys of a register that has none yet."""
    monkeypatch.setenv("TUIDANG_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("TUIDANG_CLOCK_FILE", str(tmp_path / "clock"))
    daykeys.forget()
    yield places().keys
    daykeys.forget()


def names(keys) -> set[str]:
    return {path.name for path in keys.iterdir()}


class KilledError(BaseException):
    """Stands for kill -9."""


def test_what_is_encrypted_opens_only_as_what_it_was(keys):
    key = daykeys.current_key()
    blob = key.encrypt(b"plain", b"row 1")
    assert key.decrypt(blob, b"row 1") == b"plain"
    assert key.encrypt(b"plain", b"row 1") != blob
    for other in (blob[:-1], blob[1:], b"", blob[:5], bytes(len(blob))):
        with pytest.raises(DamagedError):
            key.decrypt(other, b"row 1")
    with pytest.raises(DamagedError):
        key.decrypt(blob, b"row 2")


def test_one_key_a_day_and_a_new_one_the_next(keys, tmp_path):
    first = daykeys.current_key()
    assert daykeys.remembered_key().id == daykeys.current_key().id == first.id
    (tmp_path / "clock").write_text("86400")
    second = daykeys.remembered_key()
    assert second.id != first.id
    assert daykeys.old_keys() == [first.id]


def test_after_another_process_rotated_only_what_is_remembered_is_old(keys):
    old = daykeys.remembered_key()
    memory = dict(daykeys._cache), list(daykeys._remembered)
    new = daykeys.rotate()
    daykeys._cache, daykeys._remembered[:] = memory[0], memory[1]
    assert daykeys.remembered_key().id == old.id
    assert daykeys.current_key().id == new.id
    daykeys.forget()
    assert daykeys.remembered_key().id == new.id


def test_a_key_that_another_process_buried_does_not_live_on_in_our_memory(keys):
    old = daykeys.current_key()
    memory = dict(daykeys._cache)
    daykeys.rotate()
    daykeys.let_die([old.id])
    daykeys.bury()
    daykeys._cache = memory
    daykeys.current_key()
    assert old.id not in daykeys._cache
    with pytest.raises(DamagedError, match="is not in data"):
        daykeys.key(old.id)


def test_an_idle_process_drops_what_another_one_buried(keys):
    from tuidang.intake.loops import LOOPS
    from tuidang.kernel.loops import run_step

    old = daykeys.remembered_key()
    memory = dict(daykeys._cache), list(daykeys._remembered)
    daykeys.rotate()
    daykeys.let_die([old.id])
    daykeys.bury()
    daykeys._cache, daykeys._remembered[:] = memory
    for loop in LOOPS:
        if not loop.lease_seconds:
            run_step(loop)
    assert daykeys._cache == {}
    assert daykeys._remembered == []


def test_a_key_dies_with_its_file_and_its_bytes(keys):
    old = daykeys.current_key()
    path = keys / f"day-{old.id:016x}"
    os.link(path, keys / "hard link")
    secret = path.read_bytes()
    daykeys.rotate()
    daykeys.let_die([old.id])
    assert path.exists(), "until the transaction is durable"
    assert daykeys.bury() == 1
    assert not path.exists()
    assert (keys / "hard link").read_bytes() == bytes(len(secret))
    assert daykeys.bury() == 0


def test_a_key_does_not_die_while_a_row_needs_it(keys):
    old = daykeys.current_key()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_instruction (id, kind, not_before, ref, commitment, key_id, blob) VALUES (%s, 5, 0, NULL, NULL, %s, %s)",
            ["00000000000000000000000000000001", old.id, b""],
        )
    daykeys.rotate()
    with pytest.raises(IntegrityError), transaction.atomic():
        daykeys.let_die([old.id])
    assert daykeys.alive(old.id)
    assert daykeys.dying() == []


@pytest.mark.parametrize("after", ["note", "file", "row"])
def test_killed_while_a_key_is_born_nothing_is_left_after_the_next_burial(keys, monkeypatch, after):
    first = daykeys.current_key()

    def die(*_, **__):
        raise KilledError

    with monkeypatch.context() as patch:
        if after == "note":
            patch.setattr(daykeys, "_files", die)
        elif after == "file":
            patch.setattr(daykeys.transaction, "atomic", die)
        else:
            patch.setattr(daykeys, "_load", die)
        with pytest.raises(KilledError):
            daykeys.rotate()
    daykeys.forget()
    assert (daykeys.current_key().id == first.id) == (after != "row")
    daykeys.bury()
    assert names(keys) == {f"day-{key:016x}" for key in DayKey.objects.values_list("id", flat=True)}
    assert not DyingKey.objects.exists()


def test_a_key_buried_while_it_is_born_is_born_again_under_another_name(keys, monkeypatch):
    daykeys.current_key()
    buried = []
    make = daykeys.KeyFiles.make

    def make_and_be_buried(files, name, secret):
        made = make(files, name, secret)
        if not buried:
            buried.append(name)
            daykeys.bury()
        return made

    monkeypatch.setattr(daykeys.KeyFiles, "make", make_and_be_buried)
    key = daykeys.rotate()
    assert f"day-{key.id:016x}" not in buried
    assert names(keys).isdisjoint(buried)
    assert daykeys.current_key().id == key.id


def test_what_a_kill_left_of_a_file_being_made_goes_with_its_key(keys):
    key = daykeys.current_key()
    (keys / f".day-{key.id:016x}.abc").write_bytes(b"half")
    daykeys.rotate()
    daykeys.let_die([key.id])
    daykeys.bury()
    assert names(keys) == {f"day-{daykeys.current_key().id:016x}"}


def test_many_threads_that_rotate_agree_on_one_current_key(keys):
    failures = []

    def rotate():
        try:
            for _ in range(5):
                daykeys.rotate()
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is shown
            failures.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=rotate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert DayKey.objects.filter(current=True).count() == 1
    daykeys.bury()
    assert names(keys) == {f"day-{key:016x}" for key in DayKey.objects.values_list("id", flat=True)}


def test_keys_are_for_this_user_alone(keys):
    daykeys.current_key()
    assert keys.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in keys.iterdir())


def test_a_trail_name_tells_apart_while_the_key_lives_and_nothing_after(keys):
    key = daykeys.current_key()
    assert key.trail_name(b"one") == key.trail_name(b"one") != key.trail_name(b"other")
    assert daykeys.rotate().trail_name(b"one") != key.trail_name(b"one")


def test_on_postgresql_a_key_cannot_die_under_an_open_transaction(keys):
    """On SQLite nobody else writes meanwhile; the same steps come one after the other there."""
    old = daykeys.current_key()
    together, order = threading.Event(), []

    def die():
        together.wait()
        try:
            with transaction.atomic():
                daykeys.let_die([old.id])
            order.append("dead")
        finally:
            connection.close()

    other = threading.Thread(target=die)
    other.start()
    with transaction.atomic():
        daykeys.current_key()
        DayKey.objects.filter(id=old.id).update(current=False)
        together.set()
        other.join(0.5)
        order.append("committed")
    other.join()
    assert order == ["committed", "dead"]
