"""Instructions: what sealing is to write into the log besides declarations, encrypted under the day key until it is public."""

from __future__ import annotations

from uuid import UUID

import msgspec
from django.db import transaction

from tlog.entry import Kind
from tuidang.kernel import clock
from tuidang.kernel.errors import BusyError, DamagedError
from tuidang.kernel.randomness import random_id
from tuidang.ledger.models import Instruction
from tuidang.vault import daykeys

CHUNK = 500
REASON_ERROR = 6


class Payload(msgspec.Struct, frozen=True, kw_only=True):
    """What an instruction carries. `void_key` and `inner` for a wish of a holder of the code; `content` is the list of kinds 5 to 12."""

    reason: int = 0
    void_key: bytes = b""
    inner: bytes = b""
    erase: bool = False
    total: int = 0
    content: bytes = b""


def leave(*, kind: Kind, payload: Payload, not_before: int, ref: int | None = None, commitment: bytes | None = None) -> bool:
    """Leaves an instruction. Returns False if the entry `ref` has one of this kind already: asking twice is the same as once."""
    key = daykeys.current_key()
    row_id = random_id()
    row = Instruction(
        id=row_id,
        kind=kind,
        not_before=not_before,
        ref=ref,
        commitment=commitment,
        key_id=key.id,
        blob=key.encrypt(msgspec.json.encode(payload), row_id.bytes),
    )
    return _there_is_none(kind, ref, commitment) and bool(Instruction.objects.bulk_create([row], ignore_conflicts=True))


@transaction.atomic
def leave_instead(*, kind: Kind, payload: Payload, not_before: int) -> None:
    """Leaves an instruction for a list of which the latest stands, in place of one of this kind that still waits: the last word counts."""
    Instruction.objects.filter(kind=kind, ref__isnull=True, commitment__isnull=True).delete()
    leave(kind=kind, payload=payload, not_before=not_before)


def _there_is_none(kind: Kind, ref: int | None, commitment: bytes | None) -> bool:
    if commitment is None and ref is None:
        return True
    one = {"commitment": commitment} if commitment is not None else {"ref": ref}
    there = list(Instruction.objects.filter(kind=kind, **one))
    lost = [row.id for row in there if not readable(row)]
    drop(lost)  # it will never be carried out: the one that is left now takes its place
    return len(lost) == len(there)


def payload_of(row: Instruction) -> Payload:
    """The content of an instruction. Raises DamagedError if it cannot be read, BusyError if it was carried out a moment ago."""
    try:
        plain = daykeys.key(row.key_id).decrypt(bytes(row.blob), row.id.bytes)
        return msgspec.json.decode(plain, type=Payload)
    except msgspec.MsgspecError:
        raise DamagedError("an instruction cannot be read") from None
    except DamagedError:
        # Read a moment before its key died, it is there under the next one now.
        again = Instruction.objects.filter(id=row.id).first()
        if again is None:
            raise BusyError("an instruction was carried out meanwhile") from None
        if again.key_id == row.key_id:
            raise
    return payload_of(again)


def readable(row: Instruction) -> bool:
    """Whether the content can be read. It cannot, ever, where its day key is lost or it is damaged. Raises as `payload_of`."""
    return payload_or_none(row) is not None


def payload_or_none(row: Instruction) -> Payload | None:
    """As `payload_of`; None where it can never be read again. Raises DamagedError only if all key files are away."""
    try:
        return payload_of(row)
    except DamagedError:
        if daykeys.readable(row.key_id) or daykeys.lost(row.key_id):
            return None
        raise


@transaction.atomic
def carry_over(*, old_key: int, at_most: int = 500) -> int:
    """Re-encrypts up to `at_most` instructions of a dying key under the current one; returns how many there were."""
    rows = list(Instruction.objects.select_for_update().filter(key_id=old_key)[:at_most])
    if not rows:
        return 0
    carried = daykeys.carried_over([(bytes(row.blob), row.id.bytes) for row in rows], old_key=old_key)
    for row, (key_id, blob) in zip(rows, carried, strict=True):
        row.key_id, row.blob = key_id, blob
    Instruction.objects.bulk_update(rows, ["blob", "key"])
    return len(rows)


def to_be_void(refs: set[int]) -> set[int]:
    """Those of these entries that an instruction is to void."""
    every, found = sorted(refs), set[int]()
    for at in range(0, len(every), CHUNK):
        rows = Instruction.objects.filter(kind=Kind.VOID, ref__in=every[at : at + CHUNK])
        found.update(row.ref for row in rows.only("ref") if row.ref is not None)
    return found


def drop_unneeded() -> None:
    """Removes wishes about declarants who were never sealed: no stage is left that could still bring them into the log."""
    Instruction.objects.filter(commitment__isnull=False, not_before__lt=clock.today() - 30).delete()


def drop(ids: list[UUID]) -> None:
    """Removes instructions that no longer hold, or are carried out."""
    for at in range(0, len(ids), CHUNK):
        Instruction.objects.filter(id__in=ids[at : at + CHUNK]).delete()
