"""A database from an older copy than the log: what holders of their codes took back since does not come back with it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import connection, router, transaction
from tests.ledger.erasing import traces
from tests.ledger.points import seal_with
from tests.ledger.register import decide, declare, forget_memory, index_of, is_pending

from tuidang.intake import queries as handed_in
from tuidang.intake.content import Correction, NewPerson
from tuidang.intake.models import Outcome
from tuidang.kernel.places import places
from tuidang.ledger import actions, moving, queries, restoring, sealing
from tuidang.ledger.models import Instruction, SealedRecord, SealedText, TextHolder
from tuidang.review.models import Case, Publication


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
    ours = [model for model in apps.get_models(include_auto_created=True) if router.db_for_read(model) == connection.alias]
    tables = [f'"{model._meta.db_table}"' for model in ours]
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


def wished(code, wish: str) -> None:
    """What a holder of the code wishes before it is sealed, listed by a batch that another declaration makes."""
    if wish == "corrected":
        assert actions.correct(code=code, correction=Correction((NewPerson("远云", 3),))) == "corrected"
    else:
        assert actions.take_back(code=code, erase=wish == "erased") == "taken_back"
    declare("晨光", text="我也声明退出。")
    decide()
    sealing.seal(force=True)


@pytest.mark.parametrize("decided", [True, False])
@pytest.mark.parametrize("wish", ["taken back", "erased", "corrected"])
def test_what_a_published_list_says_was_taken_back_or_superseded_is_not_counted_again(register, backup, wish, decided):
    code = declare("平安", publish=True)
    if decided:
        decide()
    restore = backup()
    wished(code, wish)
    counted = 2 if wish == "corrected" else 1
    register.check(counted)
    restore()
    assert is_pending(code)
    sealing.recover()
    assert not is_pending(code)
    for _ in range(9):
        decide()
        sealing.seal(force=True)
        register.later(1)
    register.check(counted)
    assert not Case.objects.exists()
    assert not Publication.objects.exists()
    assert handed_in.accepted_in_all() == 0, "the copy knows of one, and that is gone"


def test_of_a_family_who_was_not_taken_back_stays_and_is_counted(register, backup):
    family = declare("平安", "晨光", "远山")
    decide()
    restore = backup()
    wished(family.member(2), "erased")
    register.check(3)
    restore()
    sealing.recover()
    for _ in range(2):
        decide()
        sealing.seal(force=True)
    register.check(3)
    assert [one.number for one in queries.opened_by(family)] == [1, 3]


def test_who_was_listed_before_the_batch_that_was_under_way_is_voided_by_the_register(register, backup, monkeypatch):
    """Taken back between signing and moving: in the log, and listed by the next batch; the wish to void it was lost with the database."""
    code = declare("平安", publish=True)
    decide()
    restore = backup()
    seal_with(monkeypatch, "sign", lambda: actions.take_back(code=code))
    sealing.seal(force=True)
    register.check(1)
    restore()
    sealing.recover()
    assert not is_pending(code)
    assert queries.opened(code) is None
    sealing.seal(force=True)
    register.check(0)
    assert sealing.seal(force=True).dropped == 0
    assert not Publication.objects.exists()


def test_a_batch_found_in_its_stage_by_an_older_database_is_searched_as_well(register, backup, monkeypatch):
    code = declare("平安")
    decide()
    restore = backup()
    actions.take_back(code=code)
    with monkeypatch.context() as patch:
        patch.setattr(moving, "move", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            sealing.seal(force=True)
    kept = {path.name: path.read_bytes() for path in places().stage.glob("*.stage")}
    assert kept
    restore()
    sealing.recover()
    sealing.seal(force=True)
    register.check(0)


def test_a_batch_of_a_database_that_knows_all_its_outcomes_decrypts_nothing_for_them(register, monkeypatch):
    code, waits = declare("平安"), declare("晨光")
    actions.take_back(code=code)
    monkeypatch.setattr(handed_in, "standing_though_listed", lambda _: 1 / 0)
    sealing.seal(force=True)
    assert not Outcome.objects.exists()
    assert index_of(waits) is not None


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


def test_of_a_family_whose_others_are_gone_since_an_older_copy_the_last_who_erases_takes_along_what_they_shared(register):
    code = declare("远山", "平安", "清泉")
    decide()
    sealing.seal(force=True)
    gone = {index for index in (index_of(code.member(number)) for number in (1, 2)) if index is not None}
    restoring.erase(gone)
    assert (SealedText.objects.count(), TextHolder.objects.count()) == (1, 3)
    actions.take_back(code=code.member(3), erase=True)
    assert (SealedText.objects.count(), TextHolder.objects.count()) == (0, 0)
    assert not traces(code)
