"""What becomes of cases when their declarations are sealed, purged, or outlive a day key."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import reduce
from operator import or_
from typing import TypeVar
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import F, QuerySet

from tuidang.intake import actions as intake
from tuidang.intake import queries as handed_in
from tuidang.intake.policies import without_names
from tuidang.kernel import clock
from tuidang.kernel.randomness import random_id
from tuidang.review.adapters import cell, drop_from_tallies
from tuidang.review.content import PublicText, SealedEntry
from tuidang.review.models import Case, Objection, Publication, Released
from tuidang.review.policies import PUBLISH_DAYS
from tuidang.review.queries import LISTED
from tuidang.review.states import ItemState, Wish
from tuidang.screening import actions as screening
from tuidang.vault import daykeys

CHUNK = 500
Carried = TypeVar("Carried", Publication, Objection, Released)


def _chunks(ids: Collection[UUID]) -> Iterator[list[UUID]]:
    every = list(ids)
    return (every[at : at + CHUNK] for at in range(0, len(every), CHUNK))


@transaction.atomic
def sealed(*, entries: Collection[SealedEntry]) -> None:
    """These entries are in the ledger. Called inside the row move, before intake's rows go.

    Makes one publication for each declaration that wishes it and whose text was not declined, unless an earlier batch made it; drops
    the cases of declarations of which nobody is left. The others keep theirs.
    """
    groups: dict[UUID, list[SealedEntry]] = {}
    for entry in entries:
        groups.setdefault(entry.declaration, []).append(entry)
    for chunk in _chunks(groups):
        _seal_chunk({declaration: groups[declaration] for declaration in chunk})


def _seal_chunk(groups: dict[UUID, list[SealedEntry]]) -> None:
    cases = {case.declaration: case for case in Case.objects.select_for_update().filter(declaration__in=list(groups))}
    wishes = (Wish.WAITING, Wish.PUBLISH)
    wished = [case for case in cases.values() if case.publication in wishes and groups[case.declaration][0].statement.publish]
    names = _names(groups, wished)
    Publication.objects.bulk_create([_publication(groups[case.declaration], case, names[case.declaration]) for case in wished])
    partly = _partly_sealed(groups, cases)
    forget(declarations=[declaration for declaration in groups if declaration not in partly])
    for declaration in partly:
        Case.objects.filter(declaration=declaration).update(persons=F("persons") - len(groups[declaration]), screen=None)
    taken = [case.declaration for case in wished if case.declaration in partly]
    Case.objects.filter(declaration__in=taken).update(publication=Wish.TAKEN.value)


def _partly_sealed(groups: dict[UUID, list[SealedEntry]], cases: dict[UUID, Case]) -> set[UUID]:
    """Declarations of which someone who stands is not among the entries. Those with as many entries as persons need no look."""
    short = [one for one, entries in groups.items() if one not in cases or len(entries) < cases[one].persons]
    gone = {entry.commitment for one in short for entry in groups[one]}
    return {one for one, commitments in handed_in.standing(short).items() if commitments - gone}


def _names(groups: dict[UUID, list[SealedEntry]], wished: Collection[Case]) -> dict[UUID, set[str]]:
    """The names of everyone in these declarations, those who are not among the entries as well."""
    names = {case.declaration: {entry.person.name for entry in groups[case.declaration]} for case in wished}
    listed = [one for one in names if groups[one][0].statement.voice == LISTED]
    # Few wish it and are listed; without them nothing is decrypted while the row move holds the database.
    for one, content in (handed_in.contents(listed) if listed else {}).items():
        names[one] |= {person.person.name for person in content.persons}
    return names


def _publication(entries: list[SealedEntry], case: Case, names: Collection[str]) -> Publication:
    """Of one declaration, under the number of the first; what is said to be left is all that any of them left."""
    released = case.publication == Wish.PUBLISH
    entry = min(entries, key=lambda one: one.index)
    statement, person = entry.statement, entry.person
    listed = statement.voice == LISTED
    content = PublicText(
        title=without_names(statement.title, names) if listed else statement.title,
        text=without_names(statement.text, names) if listed else statement.text,
        language=statement.language,
        name=person.name if person.suggested or not listed else "",
        organisations=reduce(or_, (one.person.organisations for one in entries)),
        suggested=person.suggested,
        persons=entry.persons,
        alone=not listed,
        day=entry.day,
        region=entry.region,
    )
    made = new_publication(entry.index, content, ItemState.APPROVED if released else ItemState.WAITING)
    made.decided_by, made.screen = (case.released_by, case.screen) if released else (None, None)
    return made


def new_publication(index: int, content: PublicText, state: ItemState) -> Publication:
    """A row that is not stored yet, under the current day key."""
    key, number = daykeys.current_key(), random_id()
    return Publication(
        id=number,
        index=index,
        key_id=key.id,
        blob=key.encrypt(msgspec.json.encode(content), number.bytes),
        state=state.value,
        due=clock.today() + PUBLISH_DAYS,
    )


@transaction.atomic
def forget(*, declarations: Collection[UUID]) -> None:
    """Drops all that review and screening know of these declarations. Tallies stay."""
    Case.objects.filter(declaration__in=list(declarations)).delete()
    screening.forget(declarations=declarations)


@transaction.atomic
def see_anew(*, declaration: UUID) -> None:
    """It was corrected: forgets what was found and decided about it, and counts it no longer, since it will be counted again."""
    for case in Case.objects.select_for_update().filter(declaration=declaration):
        drop_from_tallies(cell(case))
    forget(declarations=[declaration])


def forget_lost(declarations: Collection[UUID]) -> int:
    """Drops cases whose declarations are no longer handed in (erased meanwhile), or can never be read again; returns how many."""
    found = handed_in.contents(declarations)
    lost = [declaration for declaration in declarations if declaration not in found]
    forget(declarations=lost)
    return len(lost)


@transaction.atomic
def purge_refused(*, at_most: int = 200) -> int:
    """Removes what was refused thirty days ago, content and all; returns how many declarations."""
    due = Case.objects.filter(purge_on__isnull=False, purge_on__lte=clock.today()).order_by("purge_on")
    ids = list(due.values_list("declaration", flat=True)[:at_most])
    intake.remove_declarants(persons=handed_in.declarants(ids))
    forget(declarations=ids)
    return len(ids)


@transaction.atomic
def carry_over(*, old_key: int, at_most: int = 500) -> int:
    """Re-encrypts up to `at_most` rows of a dying key under the current one, table after table; returns how many. 0: it can die."""
    return (
        _carry_over(Publication.objects.all(), old_key, at_most)
        or _carry_over(Released.objects.all(), old_key, at_most)
        or _carry_over(Objection.objects.all(), old_key, at_most)
    )


def _carry_over(table: QuerySet[Carried], old_key: int, at_most: int) -> int:
    rows = list(table.select_for_update().filter(key_id=old_key)[:at_most])
    if not rows:
        return 0
    carried = daykeys.carried_over([(bytes(row.blob), row.id.bytes) for row in rows], old_key=old_key)
    for row, (key_id, blob) in zip(rows, carried, strict=True):
        row.key_id, row.blob = key_id, blob
    table.bulk_update(rows, ["blob", "key"])
    # A damaged one can never be shown; whoever wrote it has what was sealed.
    table.filter(id__in=[row.id for row in rows if row.key_id == daykeys.UNREADABLE]).delete()
    return len(rows)
