"""What the tables say of the log cannot be changed or taken away, whoever asks: the database refuses."""

import pytest
from django.db import DatabaseError, connection, transaction
from tests.ledger.register import declare, index_of

from tuidang.ledger import actions, sealing
from tuidang.ledger.models import Batch, Cell, Change, Notice

pytestmark = pytest.mark.django_db


def refused(statement: str) -> None:
    with pytest.raises(DatabaseError, match="only added to"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("table", [Batch, Cell, Notice])
def test_no_row_is_changed_or_deleted(register, table):
    declare()
    sealing.seal(force=True)
    name, column = table._meta.db_table, table._meta.pk.column
    before = list(table.objects.order_by("pk").values())
    assert before
    refused(f'UPDATE {name} SET "{column}" = "{column}" + 1000')
    refused(f"DELETE FROM {name}")
    with pytest.raises(DatabaseError, match="only added to"):
        table.objects.all()._raw_delete("default")
    assert list(table.objects.order_by("pk").values()) == before


def test_a_void_stays_a_void(register):
    code = declare()
    sealing.seal(force=True)
    actions.instruct_void(ref=index_of(code), reason=3)
    sealing.seal(force=True)
    refused("UPDATE ledger_change SET void = false")
    refused('UPDATE ledger_change SET "index" = "index" + 1')
    refused("DELETE FROM ledger_change")
    Change.objects.update(raised=True)
    refused("UPDATE ledger_change SET raised = false")
    assert Change.objects.get().void


def test_tables_go_back_and_forth_with_their_protection(register):
    from django.core.management import call_command

    call_command("migrate", "ledger", "0001", verbosity=0)
    try:
        Notice.objects.all().update(kind=6)
    finally:
        call_command("migrate", "ledger", verbosity=0)
    refused("DELETE FROM ledger_notice")
