"""Emptying tables that the database protects, after a test that commits.

Django empties tables with DELETE on SQLite, which the triggers of the audit trail refuse, as they should. PostgreSQL's TRUNCATE passes.
"""

from django.db import connection, transaction


def empty_protected() -> None:
    """Empties every table that a trigger protects, and protects it again."""
    if connection.vendor != "sqlite":
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        for table in {table for _, table, _ in triggers}:
            cursor.execute(f'DELETE FROM "{table}"')
        for _, _, sql in triggers:
            cursor.execute(sql)
