"""The insert that every declaration goes through, in plain SQL: three statements, or one, whatever the number of persons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from django.db import connection

from tuidang.intake.models import DeclarantState, Declaration, DeclarationState, Spent
from tuidang.kernel.writer import write


class KeyDiedError(Exception):
    """The day key is no longer the current one, or dead, since it was read: nothing was stored, and the new key is to be taken."""


@dataclass(frozen=True, slots=True)
class NewRows:
    """Rows ready to be written. `declarants` are (seq, lookup, commitment, blob).

    `earlier`: the id that the same request would have got a moment before. Both are taken together, so that of two such requests at once
    the unique key refuses one, whichever comes first.
    """

    id: UUID
    earlier: UUID | None
    mark: bytes
    expires: int
    key: int
    day: int
    blob: bytes
    declarants: list[tuple[int, UUID, bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Found:
    """What is there instead of new rows: under their id, with this mark; under the earlier one; under one that a later request got; nothing.

    Nothing: the day key is to die, or dead.
    """

    under: Literal["this", "earlier", "later", "nothing"]
    mark: bytes = b""


RESERVED = b""
"""The mark of an id that nothing was accepted under, and nothing will be: a later request came first."""
_SPEND = "INSERT INTO intake_spent (id, mark, expires) SELECT %s, %s, %s"
_IF_NEW = "ON CONFLICT DO NOTHING"
_IF_NOT_ACCEPTED = "ON CONFLICT (id) DO UPDATE SET mark = excluded.mark WHERE intake_spent.mark = excluded.mark"


def native(value: UUID) -> UUID | str:
    """An id as the database wants it in plain SQL."""
    return value if connection.features.has_native_uuid_field else value.hex


def insert(rows: NewRows) -> Found | None:
    """Writes `rows` inside the caller's transaction. Returns None, or what is there already: then no declaration was written."""
    held = " FOR KEY SHARE" if connection.vendor == "postgresql" else ""
    spend = f"{_SPEND} WHERE EXISTS (SELECT 1 FROM vault_daykey WHERE id = %s AND current{held})"  # noqa: S608 -- a constant
    with connection.cursor() as cursor:
        for number, mark, condition in _spent(rows):
            cursor.execute(f"{spend} {condition}", [native(number), mark, rows.expires, rows.key])
            if cursor.rowcount == 0:
                return _found(rows)
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


def _spent(rows: NewRows) -> list[tuple[UUID, bytes, str]]:
    """Ids, their marks and conditions, the earlier first: always in this order, so that no two requests wait for each other."""
    reserved = [] if rows.earlier is None else [(rows.earlier, RESERVED, _IF_NOT_ACCEPTED)]
    return [*reserved, (rows.id, rows.mark, _IF_NEW)]


def _found(rows: NewRows) -> Found:
    ids = [native(number) for number, _, _ in _spent(rows)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, mark FROM intake_spent WHERE id IN (%s, %s)", [ids[0], ids[-1]])
        marks = {UUID(str(number)): bytes(mark) for number, mark in cursor.fetchall()}
    if mark := marks.get(rows.id):
        return Found("this", mark)
    if rows.earlier is not None and marks.get(rows.earlier):
        return Found("earlier")
    return Found("later" if rows.id in marks else "nothing")


def store(rows: NewRows) -> Found | None:
    """Makes `rows` durable; returns as `insert`. On SQLite in a group of commits; PostgreSQL groups by itself, and is asked in one statement.

    The key is looked up where the rows are written and not left to the foreign key: each process but the one that sealed meets a key that is
    no longer current after each sealing, and PostgreSQL would log each of these statements with its exact time. And nothing new comes under
    such a key, so that sealing can empty it however fast others accept. Raises KeyDiedError, BusyError.
    """
    at_once = connection.vendor == "postgresql" and not connection.in_atomic_block
    found = _insert_at_once(rows) if at_once else write(lambda: insert(rows))
    if found is not None and found.under == "nothing":
        raise KeyDiedError
    return found


def _insert_at_once(rows: NewRows) -> Found | None:
    one = "(SELECT id FROM spent), %s::smallint, %s::uuid, %s::bytea, %s::bigint, %s::smallint, %s::bytea"
    # Constants and placeholders alone: no value becomes part of a statement.
    people = " UNION ALL ".join([f"SELECT {one} WHERE EXISTS (SELECT FROM spent)"] * len(rows.declarants))  # noqa: S608 -- as said
    statement = (
        "WITH held AS (SELECT id FROM vault_daykey WHERE id = %s AND current FOR KEY SHARE), "  # noqa: S608 -- as said
        f"{_taken(rows)}, "
        "declaration AS (INSERT INTO intake_declaration (id, key_id, day, persons, state, answered_twice, blob) "
        "SELECT id, %s, %s, %s, %s, %s, %s FROM spent) "
        f"INSERT INTO intake_declarant (declaration_id, seq, lookup, commitment, key_id, state, blob) {people}"
    )
    values: list[Any] = [rows.key]
    for number, mark, _ in _spent(rows):
        values += [number, mark, rows.expires]
    values += [rows.key, rows.day, len(rows.declarants), DeclarationState.NEW.value, False, rows.blob]
    for seq, lookup, commitment, blob in rows.declarants:
        values += [seq, lookup, commitment, rows.key, DeclarantState.STANDS.value, blob]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        if cursor.rowcount:
            return None
    return _found(rows)


def _taken(rows: NewRows) -> str:
    """The part `spent` of the statement, and before it `reserved` if there is an earlier id: each only where the one before had a row."""
    names = ["held", *(["reserved"] if rows.earlier is not None else []), "spent"]
    taken = zip(names, names[1:], _spent(rows), strict=False)
    return ", ".join(f"{name} AS ({_SPEND} FROM {before} {condition} RETURNING id)" for before, name, (_, _, condition) in taken)


def mark_answered_twice(declaration_id: UUID) -> None:
    """Notes that two requests got the same code, so two people may hold it: for sealing, and for as long as it is known after sealing."""
    Declaration.objects.filter(id=declaration_id).update(answered_twice=True)
    Spent.objects.filter(id=declaration_id).update(answered_twice=True)
