"""The insert of sealed records, in plain SQL: a batch has tens of thousands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A row of `SealedRecord`."""

    lookup: UUID
    index: int
    envelope: UUID
    own: bytes = field(repr=False)
    epoch: bytes = field(repr=False)


def insert_records(records: Sequence[NewRecord]) -> None:
    """Writes `records` inside the caller's transaction, in their order."""

    def native(value: UUID) -> UUID | str:
        return value if connection.features.has_native_uuid_field else value.hex

    with connection.cursor() as cursor:
        cursor.executemany(
            'INSERT INTO ledger_sealedrecord (lookup, "index", envelope_id, own, epoch) VALUES (%s, %s, %s, %s, %s)',
            [(native(one.lookup), one.index, native(one.envelope), one.own, one.epoch) for one in records],
        )
