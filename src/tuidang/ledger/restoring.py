"""What a database that comes from an older copy does not know: who took back since, by the log's voids and by its lists of outcomes."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from uuid import UUID

from tlog.entry import SELF_VOID, Entry, Kind
from tlog.lists import list_path
from tuidang.intake import actions as intake_actions
from tuidang.intake import queries as intake
from tuidang.intake.content import PendingDeclaration, PendingPerson
from tuidang.ledger import adapters, instructions
from tuidang.ledger.models import SealedRecord
from tuidang.ledger.stage import Staged
from tuidang.review import actions as review_actions

CHUNK = 500
Listed = list[tuple[PendingDeclaration, list[PendingPerson]]]


def taken_back_unknown(entries: Sequence[Entry], *, read_back: bool) -> set[int]:
    """Entries that holders of their codes took back when the database, restored from an older copy since, did not know it or not all of it.

    They may have wished them erased, and nobody can say: what is gone was perhaps to be gone. Elsewhere a wish is there until its void is.
    """
    refs = {entry.ref for entry in entries if entry.kind == Kind.VOID and entry.reason == SELF_VOID}
    return refs if read_back else refs - instructions.to_be_void(refs)


def erase(indexes: set[int]) -> None:
    """Removes what is kept of these entries, and what waits to be published of them."""
    every = sorted(indexes)
    for at in range(0, len(every), CHUNK):
        SealedRecord.objects.filter(index__in=every[at : at + CHUNK]).delete()
        review_actions.unpublish_items(indexes=every[at : at + CHUNK])


def outcomes_in(entries: Sequence[Entry]) -> set[bytes]:
    """The marks in the lists of outcomes that these entries name, which are published."""
    names = [entry.commitment for entry in entries if entry.kind == Kind.OUTCOMES]
    return {bytes.fromhex(mark) for name in names for mark in json.loads(adapters.store().read(list_path(name)))["outcomes"]}


def listed(staged: Staged, entries: Sequence[Entry]) -> Listed:
    """Who stands in intake although a list of this batch says that they were taken back, or corrected: by declaration.

    Whoever was corrected may be in the log as they are now, which this database does not know: counted as they were, they would count twice.
    Only a database from an older copy is searched for them: it does not know the batch, or not all outcomes that went into its lists.
    """
    known = intake.known_outcomes(UUID(bytes=one) for one in staged.outcomes)
    marks = outcomes_in(entries) if staged.read_back or known < len(staged.outcomes) else None
    return intake.standing_though_listed(marks) if marks else []


def settle(found: Listed) -> None:
    """They were taken back, and that is listed. Inside the row move, which holds their declarations."""
    intake_actions.take_back(persons=[one for _, persons in found for one in persons], listed=True)


def drop(found: Listed, *, moved: Collection[bytes]) -> None:
    """Removes them, but for those whose commitments were `moved`: perhaps they were to be gone, and nobody can say. Inside the row move."""
    for declaration, persons in found:
        waiting = [one for one in persons if one.commitment not in moved]
        if not waiting:
            continue
        gone = intake_actions.erase(declaration=declaration, persons=waiting)
        # As where the wish is known: what is refused is purged by its case.
        if gone or not (any(map(intake.refused, declaration.persons)) or intake.with_standing([declaration.id])):
            review_actions.forget(declarations=[declaration.id])
