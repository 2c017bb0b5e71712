"""Making a batch: coarsen, shuffle, put into order, and replay with the verifier's own code before anyone is asked to sign.

An instruction that no longer holds (its entry was voided meanwhile) is dropped from the batch and reported; a declarant never is: that would
be a fault of ours, and stops the sealing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from uuid import UUID

import rfc8785

from tlog.entry import SIZE, Entry, Kind, u64_field
from tlog.errors import InvalidError
from tlog.growth import read_entry
from tlog.replay import Replay
from tuidang.intake.queries import WaitingOutcome
from tuidang.kernel import clock
from tuidang.kernel.errors import DamagedError
from tuidang.kernel.randomness import shuffle
from tuidang.ledger import adapters
from tuidang.ledger.gathering import Due, parent
from tuidang.ledger.policies import Candidate, Facts, coarsen, steps

REGION_DEPTH = 2
"""Province, group of provinces, country: the step after these is no region."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch that replays. `carried_out` and `dropped` are ids of instructions; `waiting` declarants are left for another day."""

    head: adapters.Head
    day: int
    entries: list[bytes]
    lists: dict[str, bytes]
    carried_out: list[UUID]
    dropped: list[UUID]
    outcomes: list[UUID]
    waiting: int = 0
    small_cells: int = 0


@dataclass(slots=True)
class _Draft:
    """Entries of one instruction, with the list that they name."""

    due: Due
    entry: Entry
    lists: dict[str, bytes] = field(default_factory=dict)


def make(
    *, head: adapters.Head, candidates: Sequence[Candidate], due: Sequence[Due], outcomes: Sequence[WaitingOutcome], k: int, force: bool
) -> Batch:
    """A batch of what can go in now, without entries if that is nothing. `head`: where the tables stood before all this was gathered."""
    today = clock.today()
    chain = steps(parent, REGION_DEPTH)
    # A clock that once stood ahead must not stop the log: the signer signs no day that has not come.
    come = [one for one in candidates if one.since <= today]
    coarse = coarsen(come, k=k, today=today, chain=chain, force=force)
    day = max([today, head.day, *(one.since for one, _ in coarse.sealed)])
    drafts = [_draft(one, day, head.size) for one in due]
    declared = [_declare(one, facts, day) for one, facts in coarse.sealed]
    shuffle(declared)
    dropped: list[UUID] = []
    while True:
        batch = replace(_ordered(head, day, declared, drafts, outcomes), waiting=len(candidates) - len(declared), small_cells=coarse.small)
        faulty = _first_fault(batch, drafts) if batch.entries else None
        if faulty is None:
            return replace(batch, dropped=dropped)
        dropped.append(faulty.due.id)
        drafts.remove(faulty)


def _declare(one: Candidate, facts: Facts, day: int) -> bytes:
    return Entry(
        kind=Kind.DECLARE,
        day=day,
        assurance=facts.assurance,
        channel=facts.channel,
        region=facts.region,
        organisations=facts.organisations,
        source=facts.source,
        voice=facts.voice,
        delta=1,
        commitment=one.commitment,
    ).encode()


def _draft(due: Due, day: int, base: int) -> _Draft:
    if due.kind == Kind.VOID:
        return _Draft(due, _void(due, day, base))
    named = adapters.list_name(due.payload.content)
    second = u64_field(due.payload.total) if due.kind == Kind.BASELINE else bytes(32)
    entry = Entry(kind=due.kind, day=day, ref=due.ref, commitment=named, second=second)
    return _Draft(due, entry, {named.hex(): due.payload.content})


def _void(due: Due, day: int, base: int) -> Entry:
    facts = Entry.decode(read_entry(adapters.store(), due.ref, base))
    return Entry(
        kind=Kind.VOID,
        day=day,
        assurance=adapters.TableHistory(base).assurance(due.ref),
        channel=facts.channel,
        region=facts.region,
        organisations=facts.organisations,
        reason=due.payload.reason,
        source=facts.source,
        voice=facts.voice,
        delta=-1,
        ref=due.ref,
        commitment=due.payload.void_key or bytes(32),
        second=due.payload.inner or bytes(32),
    )


_BEFORE = (Kind.KEYS, Kind.CODES)
_AFTER = (Kind.RAISE, Kind.VOID, Kind.VOID_LIST, Kind.BASELINE, Kind.AUDIT, Kind.TRAIL, Kind.SUCCESSOR, Kind.REGISTER)


def _ordered(head: adapters.Head, day: int, declared: list[bytes], drafts: list[_Draft], outcomes: Sequence[WaitingOutcome]) -> Batch:
    lists = {name: data for draft in drafts for name, data in draft.lists.items()}
    of_kind = {kind: [draft.entry.encode() for draft in drafts if draft.due.kind == kind] for kind in (*_BEFORE, *_AFTER)}
    for kind in (Kind.RAISE, Kind.VOID):
        shuffle(of_kind[kind])
    entries = [entry for kind in _BEFORE for entry in of_kind[kind]] + declared + [entry for kind in _AFTER for entry in of_kind[kind]]
    if outcomes:
        marks = sorted({one.mark.hex() for one in outcomes})
        content = rfc8785.dumps({"type": "tuidang/v1/outcomes", "outcomes": marks})
        named = adapters.list_name(content)
        lists[named.hex()] = content
        entries.append(Entry(kind=Kind.OUTCOMES, day=day, commitment=named).encode())
    return Batch(
        head,
        day,
        entries,
        lists,
        [draft.due.id for draft in drafts],
        [],
        [one.id for one in outcomes],
    )


def _first_fault(batch: Batch, drafts: list[_Draft]) -> _Draft | None:
    """Replays the batch. Returns the instruction whose entry breaks a rule, None if none does. Raises DamagedError for any other fault."""
    replay = Replay(adapters.TableHistory(batch.head.size), adapters.lists(batch.lists, adapters.store()), adapters.standing(batch.head))
    try:
        replay.feed(b"".join(batch.entries))
    except InvalidError as error:
        index = (error.index or 0) - batch.head.size
        for draft in drafts:
            if draft.entry.encode() == batch.entries[index]:
                return draft
        raise DamagedError(f"the batch does not replay, nothing was sealed: {error}") from error
    return None


def entries_of(data: bytes) -> list[Entry]:
    """The entries in n·96 bytes."""
    return [Entry.decode(data[begin:end]) for begin, end in pairwise(range(0, len(data) + 1, SIZE))]
