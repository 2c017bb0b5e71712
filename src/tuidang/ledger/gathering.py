"""What goes into the next batch: declarants that review lets count, instructions that are due, outcomes that wait.

Reads only. Everything is read as it stands at one moment or later; a wish that comes after a row was read here is met by the row move.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from tlog.entry import Entry, Kind
from tuidang.intake import queries as intake
from tuidang.kernel import clock
from tuidang.ledger import adapters, restoring
from tuidang.ledger.instructions import REASON_ERROR, Payload, payload_of, payload_or_none, readable
from tuidang.ledger.models import Instruction
from tuidang.ledger.policies import Candidate, Facts
from tuidang.reference import queries as reference
from tuidang.review import actions as review_actions
from tuidang.review import queries as review
from tuidang.screening import actions as screening_actions
from tuidang.screening import queries as screening

log = logging.getLogger("tuidang.ledger")
CHUNK = 1000
TAKEN_AT_ONCE = 500
MOST = 200_000
"""More than this waits for the next batch: a batch is made in memory."""


@dataclass(frozen=True, slots=True)
class Due:
    """An instruction that is to be carried out now."""

    id: UUID
    kind: Kind
    ref: int
    payload: Payload


def catch_up() -> None:
    """Has the stages before take over what was handed in up to now, so that a batch that is asked for misses nothing.

    As many as wait at its beginning: what comes meanwhile, from however many processes, waits for the next batch.
    """
    _take_over(screening_actions.screen_new, len(intake.new_declarations(MOST)))
    _take_over(review_actions.take_in, screening.waiting(MOST))


def _take_over(some: Callable[..., int], waiting: int) -> None:
    """`some` at a time, until all that were `waiting` are taken over or there are no more."""
    for _ in range(-(-waiting // TAKEN_AT_ONCE)):
        if some(at_most=TAKEN_AT_ONCE) < TAKEN_AT_ONCE:
            break


def candidates(progress: Callable[[int], None] = lambda _: None) -> list[Candidate]:
    """Every declarant that is ready. `progress` is called with how many were found so far."""
    found: list[Candidate] = []
    after: UUID | None = None
    while len(found) < MOST and (ready := review.ready(after=after, at_most=CHUNK)):
        after = ready[-1].declaration
        contents = intake.contents([one.declaration for one in ready])
        # Corrected between the two, it would go in as it is now and decided as it was before: then it no longer stands decided.
        still = review.counting(contents)
        for one in ready:
            pending = contents.get(one.declaration) if one.declaration in still else None
            if pending is None or pending.statement.sealed_from > clock.today():
                continue
            told = pending.statement
            found += [
                Candidate(
                    commitment=person.commitment,
                    facts=Facts(person.person.organisations, told.region, told.channel, one.assurance, told.source, told.voice),
                    group=one.cluster or one.declaration,
                    since=told.day,
                    declaration=one.declaration,
                )
                for person in pending.persons
                if intake.stands(person)
            ]
        progress(len(found))
    return found


@cache
def parent(region: int) -> int:
    """The region above, 0 for a country."""
    return next(iter(reference.ancestors(region)), 0)


def due_instructions(size: int) -> list[Due]:
    """Instructions whose day has come, for a batch that begins at `size`, in no meaningful order.

    A wish has its day one to seven days off, also for a batch that is forced: sealed at once it would tell a watcher when it was wished.
    One to void an entry that can never be read again is carried out by the register: who took back must not go on counting. What else
    cannot be read is left where it is, until an operator says it again.
    """
    rows = Instruction.objects.filter(commitment__isnull=True, not_before__lte=clock.today()).order_by("not_before")
    # What another sealer has just sealed is not before this batch.
    found = [(row, payload_or_none(row)) for row in rows if row.ref is None or row.ref < size]
    unread = [row for row, payload in found if payload is None]
    by_register = [(row, Payload(reason=REASON_ERROR)) for row in unread if row.kind == Kind.VOID]
    if by_register:
        log.warning("%s wishes and voids can never be read again: the register voids their entries", len(by_register))
    if len(unread) > len(by_register):
        log.warning("%s lists for the log can never be read again: announce them again", len(unread) - len(by_register))
    read = [(row, payload) for row, payload in found if payload is not None]
    return [Due(row.id, Kind(row.kind), row.ref or 0, payload) for row, payload in (*read, *by_register)]


def carried_out_by(entries: Sequence[Entry]) -> list[UUID]:
    """Instructions for lists that `entries`, read back from the log, name. Voids are settled by the row move."""
    named = {(entry.kind, entry.commitment) for entry in entries if entry.kind >= Kind.BASELINE}
    rows = Instruction.objects.filter(ref__isnull=True, commitment__isnull=True)
    return [row.id for row in rows if readable(row) and (row.kind, adapters.list_name(payload_of(row).content)) in named]


def listed_by(entries: Sequence[Entry]) -> list[UUID]:
    """Outcomes that the lists of `entries`, read back from the log, hold already."""
    listed = restoring.outcomes_in(entries)
    return [one.id for one in intake.waiting_outcomes(MOST) if one.mark in listed] if listed else []
