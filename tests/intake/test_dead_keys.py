"""After each sealing every other process still holds a dead key: its next accept is an ordinary one, and no server log is told of it."""

import pytest
from django.db import connection
from tests.ledger.conftest import register
from tests.ledger.register import as_another_process, declare, is_pending

from tuidang.config.environment import postgresql
from tuidang.ledger import sealing

__all__ = ["register"]


def failing(failed: list[str]):
    def note(execute, sql, parameters, many, context):
        try:
            return execute(sql, parameters, many, context)
        except Exception:
            failed.append(sql)
            raise

    return note


def test_an_accept_under_a_dead_key_fails_no_statement_and_no_commit(register, monkeypatch):
    declare()
    with as_another_process():
        sealing.seal(force=True)
    failed: list[str] = []
    # In this thread and without the writer's: what it runs is not seen by a wrapper.
    monkeypatch.setattr("tuidang.intake.adapters.write", lambda work: work())
    with connection.execute_wrapper(failing(failed)):
        code = declare("父", "母", "子")
    connection.check_constraints()
    assert failed == []
    assert is_pending(code)


def test_an_accept_under_a_dead_key_goes_through_the_writer_at_the_first_try(register, monkeypatch):
    asked: list[int] = []
    from tuidang.kernel.writer import GroupWriter

    commit = GroupWriter._commit
    monkeypatch.setattr(GroupWriter, "_commit", lambda self, group: (asked.append(len(group)), commit(self, group))[1])
    declare()
    with as_another_process():
        sealing.seal(force=True)
    asked.clear()
    assert is_pending(declare("父", "母"))
    assert asked == ([1, 1] if connection.vendor == "sqlite" else [])


@pytest.mark.parametrize("url", ["postgresql://somebody@host/name", "postgresql://somebody@/name?host=/run"])
def test_postgresql_is_told_values_apart_from_statements(url):
    assert postgresql(url)["OPTIONS"] == {"server_side_binding": True}


def test_a_statement_as_the_server_knows_it_holds_no_value(db):
    """What the server shows of a running statement is what it logs when that fails."""
    seen = "SELECT query FROM pg_stat_activity WHERE pid = pg_backend_pid() AND %s::text <> ''"
    with connection.cursor() as cursor:
        cursor.execute(seen if connection.vendor == "postgresql" else "SELECT 'kept in a file' WHERE %s <> ''", ["远山"])
        (query,) = cursor.fetchone()
    assert "远山" not in query
