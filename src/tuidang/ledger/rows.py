"""Rows of a row move: sealed records, inserted in plain SQL since a batch has tens of thousands, and who holds the text of a group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection

from tuidang.kernel.errors import DamagedError
from tuidang.ledger.models import TextHolder
from tuidang.vault import records

NUMBER_BYTES = 8


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


def holder_of(text_key: bytes, number: int, index: int) -> TextHolder:
    """The row, not stored yet, of person `number` of the statement whose text has this key, under the registry number `index`."""
    holder = records.holder(text_key, number)
    return TextHolder(id=holder, blob=records.seal_text(text_key, holder.bytes, index.to_bytes(NUMBER_BYTES, "big")))


def index_of(text_key: bytes, row: TextHolder) -> int | None:
    """The registry number in such a row; None if it is damaged, or from before there were any in it."""
    try:
        return int.from_bytes(records.open_text(text_key, row.id.bytes, bytes(row.blob)), "big")
    except DamagedError:
        return None
