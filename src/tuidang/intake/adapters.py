"""The insert that every declaration goes through, in plain SQL: an accept is three statements, whatever the number of persons."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from tuidang.intake.models import DeclarantState, Declaration, DeclarationState


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


def mark_answered_twice(declaration_id: UUID) -> None:
    """Notes that two requests got the same code, so two people may hold it."""
    Declaration.objects.filter(id=declaration_id).update(answered_twice=True)
