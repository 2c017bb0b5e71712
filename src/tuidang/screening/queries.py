"""What later stages may read of screening."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from tuidang.reference.pack import every_sentence
from tuidang.screening.models import Screening
from tuidang.screening.policies import Lane, Reason, letters


@dataclass(frozen=True, slots=True)
class Screened:
    """One declaration as screening left it. `since` is its day, `wished` the wish to publish."""

    declaration: UUID
    lane: Lane
    cluster: UUID | None
    persons: int
    since: int
    wished: bool


def untaken_ids(at_most: int) -> list[UUID]:
    """The declarations that review has not taken over, those that `untaken` would say, without holding them."""
    return list(Screening.objects.filter(taken=False).order_by("declaration").values_list("declaration", flat=True)[:at_most])


def untaken(at_most: int) -> list[Screened]:
    """What review has not taken over, found by state, and held for the rest of the transaction: whoever asks meanwhile waits for it.

    Not left out as work of another: who seals is to miss nothing that somebody else is just taking over.
    """
    rows = Screening.objects.select_for_update().filter(taken=False).order_by("declaration")[:at_most]
    return [Screened(row.declaration, Lane(row.lane), row.cluster, row.persons, row.since, row.wished) for row in rows]


def waiting(at_most: int) -> int:
    """How many review has not taken over: `at_most` means that many or more."""
    return len(Screening.objects.filter(taken=False).values_list("declaration", flat=True)[:at_most])


def reasons(declarations: Iterable[UUID]) -> dict[UUID, list[Reason]]:
    """Why the machine did not let these pass, the heaviest reason first."""
    rows = Screening.objects.filter(declaration__in=list(declarations)).values_list("declaration", "reasons")
    return {declaration: [Reason(code) for code in codes] for declaration, codes in rows}


@cache
def ready_letters() -> tuple[str, ...]:
    """All ready sentences as they are compared, longest first. Who chooses one of them must not look like part of a flood."""
    every = set(map(letters, every_sentence()))
    return tuple(sorted(every, key=len, reverse=True))
