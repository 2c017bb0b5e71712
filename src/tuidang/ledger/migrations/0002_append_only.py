"""What the ledger's tables say of the log is only ever added to: the database refuses changes and deletions, whoever asks.

A void or a raise is noted once and never taken back, so a change of an entry may only go one way.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLES = ("ledger_batch", "ledger_cell", "ledger_notice")
SAYS = "the ledger is only added to"

SQLITE = (
    *(
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
        for table in TABLES
        for verb in ("UPDATE", "DELETE")
    ),
    f"CREATE TRIGGER ledger_change_no_delete BEFORE DELETE ON ledger_change BEGIN SELECT RAISE(ABORT, '{SAYS}'); END",
    'CREATE TRIGGER ledger_change_one_way BEFORE UPDATE ON ledger_change WHEN NEW."index" <> OLD."index" OR NEW.void < OLD.void '
    f"OR NEW.raised < OLD.raised BEGIN SELECT RAISE(ABORT, '{SAYS}'); END",
)
DROP_SQLITE = (
    *(f"DROP TRIGGER {table}_no_{verb}" for table in TABLES for verb in ("update", "delete")),
    "DROP TRIGGER ledger_change_no_delete",
    "DROP TRIGGER ledger_change_one_way",
)
POSTGRESQL = (
    "CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{SAYS}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    *(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION ledger_append_only()"
        for table in TABLES
    ),
    "CREATE TRIGGER ledger_change_no_delete BEFORE DELETE ON ledger_change FOR EACH ROW EXECUTE FUNCTION ledger_append_only()",
    'CREATE TRIGGER ledger_change_one_way BEFORE UPDATE ON ledger_change FOR EACH ROW WHEN (NEW."index" <> OLD."index" OR NEW.void < OLD.void '
    "OR NEW.raised < OLD.raised) EXECUTE FUNCTION ledger_append_only()",
)
DROP_POSTGRESQL = (
    *(f"DROP TRIGGER {table}_append_only ON {table}" for table in TABLES),
    "DROP TRIGGER ledger_change_no_delete ON ledger_change",
    "DROP TRIGGER ledger_change_one_way ON ledger_change",
    "DROP FUNCTION ledger_append_only()",
)


def protect(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def unprotect(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in DROP_SQLITE if schema_editor.connection.vendor == "sqlite" else DROP_POSTGRESQL:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(protect, unprotect)]
