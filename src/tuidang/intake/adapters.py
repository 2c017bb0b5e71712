"""The insert that every declaration goes through, in plain SQL: three statements, or one, whatever the number of persons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from tuidang.intake.models import DeclarantState, Declaration, DeclarationState
from tuidang.kernel.writer import write


@dataclass(frozen=True, slots=True)
class NewRows:
    """Rows ready to be written. `declarants` are (seq, lookup, commitment, blob)."""

    id: UUID
    mark: bytes
    expires: int
    key: int
    day: int
    blob: bytes
    declarants: list[tuple[int, UUID, bytes, bytes]]


def native(value: UUID) -> UUID | str:
    """An id as the database wants it in plain SQL."""
    return value if connection.features.has_native_uuid_field else value.hex


def insert(rows: NewRows) -> bytes | None:
    """Writes `rows` inside the caller's transaction. Returns None, or the mark that is there already: then nothing was written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO intake_spent (id, mark, expires) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [native(rows.id), rows.mark, rows.expires],
        )
        if cursor.rowcount == 0:
            cursor.execute("SELECT mark FROM intake_spent WHERE id = %s", [native(rows.id)])
            return bytes(cursor.fetchone()[0])
        cursor.execute(
            "INSERT INTO intake_declaration (id, key_id, day, persons, state, answered_twice, blob) VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [native(rows.id), rows.key, rows.day, len(rows.declarants), DeclarationState.NEW.value, False, rows.blob],
        )
        cursor.executemany(
            "INSERT INTO intake_declarant (declaration_id, seq, lookup, commitment, key_id, state, blob) VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [
                (native(rows.id), seq, native(lookup), commitment, rows.key, DeclarantState.STANDS.value, blob)
                for seq, lookup, commitment, blob in rows.declarants
            ],
        )
    return None


def store(rows: NewRows) -> bytes | None:
    """Makes `rows` durable; returns as `insert`. In a group of commits on SQLite, in one statement on PostgreSQL, which groups by itself.

    Raises IntegrityError if the day key died meanwhile, BusyError.
    """
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        return _insert_at_once(rows)
    return write(lambda: insert(rows))


def _insert_at_once(rows: NewRows) -> bytes | None:
    one = "(SELECT id FROM spent), %s::smallint, %s::uuid, %s::bytea, %s::bigint, %s::smallint, %s::bytea"
    # Constants and placeholders alone: no value becomes part of a statement.
    people = " UNION ALL ".join([f"SELECT {one} WHERE EXISTS (SELECT FROM spent)"] * len(rows.declarants))  # noqa: S608 -- as said
    statement = (
        "WITH spent AS (INSERT INTO intake_spent (id, mark, expires) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING RETURNING id), "  # noqa: S608 -- as said
        "declaration AS (INSERT INTO intake_declaration (id, key_id, day, persons, state, answered_twice, blob) "
        "SELECT id, %s, %s, %s, %s, %s, %s FROM spent) "
        f"INSERT INTO intake_declarant (declaration_id, seq, lookup, commitment, key_id, state, blob) {people}"
    )
    values: list[Any] = [rows.id, rows.mark, rows.expires]
    values += [rows.key, rows.day, len(rows.declarants), DeclarationState.NEW.value, False, rows.blob]
    for seq, lookup, commitment, blob in rows.declarants:
        values += [seq, lookup, commitment, rows.key, DeclarantState.STANDS.value, blob]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        if cursor.rowcount:
            return None
        cursor.execute("SELECT mark FROM intake_spent WHERE id = %s", [rows.id])
        return bytes(cursor.fetchone()[0])


def mark_answered_twice(declaration_id: UUID) -> None:
    """Notes that two requests got the same code, so two people may hold it."""
    Declaration.objects.filter(id=declaration_id).update(answered_twice=True)
