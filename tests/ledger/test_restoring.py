"""A database from an older copy than the log: what holders of their codes took back since does not come back with it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import connection, transaction
from tests.ledger.register import decide, declare, forget_memory, index_of, is_pending

from tuidang.kernel.places import places
from tuidang.ledger import actions, moving, queries, sealing
from tuidang.ledger.models import Instruction, SealedRecord, SealedText
from tuidang.review.models import Publication


@pytest.fixture
def backup(register, tmp_path) -> Callable[[], Callable[[], None]]:
    """Takes a copy of tables and day keys; what it returns puts them back as they were."""

    def take() -> Callable[[], None]:
        restore_tables = _backup_of_sqlite() if connection.vendor == "sqlite" else _backup_of_postgresql()
        shutil.copytree(places().keys, tmp_path / "keys")

        def restore() -> None:
            restore_tables()
            shutil.rmtree(places().keys)
            shutil.copytree(tmp_path / "keys", places().keys)
            forget_memory()

        return restore

    return take


def _backup_of_sqlite() -> Callable[[], None]:
    copy = sqlite3.connect(":memory:", check_same_thread=False)
    connection.ensure_connection()
    connection.connection.backup(copy)
    return lambda: copy.backup(connection.connection)


def _backup_of_postgresql() -> Callable[[], None]:
    tables = [f'"{model._meta.db_table}"' for model in apps.get_models(include_auto_created=True)]
    rows = {}
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables:
            with cursor.copy(f"COPY {table} TO STDOUT") as copy:
                rows[table] = b"".join(map(bytes, copy))

    def restore() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(tables)}")
            for table, content in rows.items():
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    copy.write(content)

    return restore


def until_void(register) -> None:
    """Days go by until what was wished is in the log."""
    for _ in range(8):
        register.later(1)
        sealing.seal(force=True)
    assert not Instruction.objects.exists()


@pytest.mark.parametrize("erase", [True, False])
@pytest.mark.parametrize("wished", ["before the copy", "after the copy"])
def test_what_was_taken_back_is_not_readable_again(register, backup, erase, wished):
    code, other = declare("平安", publish=True), declare("晨光", publish=True)
    decide()
    sealing.seal(force=True)
    index = index_of(code)
    if wished == "before the copy":
        actions.take_back(code=code)
    restore = backup()
    actions.take_back(code=code, erase=erase)
    until_void(register)
    assert (queries.opened(code) is None) == erase
    restore()
    assert queries.opened(code) is not None
    assert sealing.recover() == 1
    assert queries.opened(code) is None, "whether it was to be erased, this copy cannot say"
    assert not Publication.objects.filter(index=index).exists()
    assert index_of(other) is not None
    sealing.seal(force=True)
    register.check(1)


def test_who_waited_in_the_copy_and_is_void_in_the_log_is_not_readable_again(register, backup):
    code, family = declare("平安", publish=True), declare("晨光", "远山")
    decide()
    restore = backup()
    sealing.seal(force=True)
    actions.take_back(code=code, erase=True)
    actions.take_back(code=family.member(1), erase=True)
    until_void(register)
    restore()
    sealing.recover()
    assert queries.opened(code) is None
    assert queries.opened(family.member(1)) is None
    assert index_of(family.member(2)) is not None
    assert not Publication.objects.exists()
    assert not any(map(is_pending, (code, family)))
    sealing.seal(force=True)
    register.check(1)


def test_without_a_restored_copy_a_void_entry_stays_readable_for_who_took_it_back(register):
    code, family = declare("平安"), declare("晨光", "远山")
    decide()
    sealing.seal(force=True)
    actions.take_back(code=code)
    actions.take_back(code=family.member(1))
    until_void(register)
    assert queries.opened(code).void
    assert queries.opened(family.member(1)).void
    assert SealedRecord.objects.count() == 3
    assert SealedText.objects.count() == 1
    register.check(1)


@pytest.mark.parametrize("erase", [True, False])
def test_killed_after_signing_a_void_the_record_is_where_the_wish_says(register, monkeypatch, erase):
    """Finished from its stage, by a database that knows the wish."""
    code = declare("平安")
    decide()
    sealing.seal(force=True)
    actions.take_back(code=code, erase=erase)
    register.later(7)
    with monkeypatch.context() as patch:
        patch.setattr(moving, "move", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            sealing.seal(force=True)
    assert sealing.recover() == 1
    assert (queries.opened(code) is None) == erase
    register.check(0)
