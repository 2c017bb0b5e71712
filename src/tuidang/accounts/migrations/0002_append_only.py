"""The audit trail is only ever added to: the database refuses changes and deletions, whoever asks."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SQLITE = (
    "CREATE TRIGGER accounts_event_no_update BEFORE UPDATE ON accounts_event "
    "BEGIN SELECT RAISE(ABORT, 'the audit trail is only added to'); END",
    "CREATE TRIGGER accounts_event_no_delete BEFORE DELETE ON accounts_event "
    "BEGIN SELECT RAISE(ABORT, 'the audit trail is only added to'); END",
)
POSTGRESQL = (
    "CREATE FUNCTION accounts_event_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the audit trail is only added to' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    "CREATE TRIGGER accounts_event_append_only BEFORE UPDATE OR DELETE ON accounts_event "
    "FOR EACH ROW EXECUTE FUNCTION accounts_event_append_only()",
)
DROP_SQLITE = ("DROP TRIGGER accounts_event_no_update", "DROP TRIGGER accounts_event_no_delete")
DROP_POSTGRESQL = ("DROP TRIGGER accounts_event_append_only ON accounts_event", "DROP FUNCTION accounts_event_append_only()")


def protect(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def unprotect(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in DROP_SQLITE if schema_editor.connection.vendor == "sqlite" else DROP_POSTGRESQL:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(protect, unprotect)]
