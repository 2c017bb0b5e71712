"""Who leaves a group of which a text may be published, and for whom it can go on standing.

No table says who belongs to whom: the code of whoever leaves opens the text's key, and that key the registry numbers of the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from tlog.entry import Entry
from tlog.growth import read_entry
from tuidang.intake import queries as intake
from tuidang.intake.policies import MOST_PERSONS
from tuidang.ledger import adapters, instructions
from tuidang.ledger.models import Change, SealedText, TextHolder
from tuidang.ledger.queries import OpenedPerson
from tuidang.ledger.rows import index_of
from tuidang.vault import records


@dataclass(frozen=True, slots=True)
class Departure:
    """Persons who are about to leave a group, all by one code, and what of the group is on the record.

    `leaving`: their registry numbers. `names`: all that they ever had. `others`: registry numbers of those who stay and stand, as far as they are on
    the record. `waiting`: how many others stand who were handed in with them and are not sealed yet. `known`: whether that is all there is to know;
    else nobody can say for how many its text stands.
    """

    leaving: tuple[int, ...]
    names: frozenset[str] = field(repr=False)
    others: tuple[int, ...]
    waiting: int
    known: bool = True


@dataclass(slots=True)
class _Leaving:
    text_key: bytes = field(repr=False)
    numbers: set[int] = field(default_factory=set)
    indexes: set[int] = field(default_factory=set)
    names: set[str] = field(default_factory=set, repr=False)
    declarations: set[UUID] = field(default_factory=set)
    commitments: set[bytes] = field(default_factory=set)


def hold_texts(persons: Iterable[OpenedPerson]) -> None:
    """Holds the texts that these share with others until the transaction ends: who leaves a group does so after one another."""
    texts = sorted({UUID(bytes=text) for one in persons for text in _texts_of(one)})
    list(SealedText.objects.select_for_update().filter(id__in=texts).order_by("id").values_list("id"))


def _texts_of(one: OpenedPerson) -> set[bytes]:
    sealed = {found.content.text_id for _, found in one.sealed if found.content.text_id}
    return sealed | ({one.pending.declaration.statement.text_id} if one.pending else set())


def departures(persons: Iterable[OpenedPerson]) -> list[Departure]:
    """Of each group that these stand in, on the record at least in part: what it is like if all of them leave. The caller holds them.

    The number of queries grows with the texts that they share: one, but where the text of a whole group is being corrected.
    """
    found: dict[bytes, _Leaving] = {}
    for one in persons:
        names = {version.content.name for _, version in one.sealed}
        if one.pending:
            names.add(one.pending.person.person.name)
        for text_id, text_key, number, index in _standing(one):
            group = found.setdefault(text_id, _Leaving(text_key))
            group.numbers.add(number)
            group.names |= names
            group.declarations |= {
                UUID(bytes=version.content.declaration) for _, version in one.sealed if version.content.text_id == text_id
            }
            if index is not None:
                group.indexes.add(index)
            elif one.pending:
                group.declarations.add(one.pending.declaration.id)
                group.commitments.add(one.pending.person.commitment)
    every = [_departure(group) for group in found.values()]
    return [one for one in every if one.leaving or one.others]


def _departure(group: _Leaving) -> Departure:
    others, known = _others(group)
    waiting = {one for found in intake.standing(group.declarations).values() for one in found} - group.commitments
    return Departure(tuple(sorted(group.indexes)), frozenset(group.names), others, len(waiting), known)


def _standing(one: OpenedPerson) -> Iterable[tuple[bytes, bytes, int, int | None]]:
    """Where this person stands in a group: text, its key, their place, their registry number."""
    for _, version in one.sealed:
        told = version.content
        if told.text_key and not (version.void or version.void_wished):
            yield told.text_id, told.text_key, told.seq, version.index
    if one.pending and intake.stands(one.pending.person):
        statement = one.pending.declaration.statement
        yield statement.text_id, statement.text_key, one.pending.person.seq, None


def _others(group: _Leaving) -> tuple[tuple[int, ...], bool]:
    """The numbers of the others, and whether these are all."""
    numbers = (number for number in range(1, MOST_PERSONS + 1) if number not in group.numbers)
    rows = TextHolder.objects.filter(id__in=[records.holder(group.text_key, number) for number in numbers])
    indexes = [index_of(group.text_key, row) for row in rows]
    return standing_of({one for one in indexes if one is not None} - group.indexes), None not in indexes


def left(persons: Iterable[OpenedPerson]) -> list[OpenedPerson]:
    """Those of these, as they were read before, whose entries are to be voided since."""
    every = list(persons)
    counted = {found.index for one in every for _, found in one.sealed if not (found.void or found.void_wished)}
    void = instructions.to_be_void(counted)
    return [one for one in every if any(found.index in void for _, found in one.sealed)]


def standing_of(indexes: Collection[int]) -> tuple[int, ...]:
    """Those of these entries that are not void, and that nothing is to void; the smallest first."""
    void = set(Change.objects.filter(index__in=list(indexes), void=True).values_list("index", flat=True))
    return tuple(sorted(set(indexes) - void - instructions.to_be_void(set(indexes))))


def entries(indexes: Collection[int]) -> dict[int, Entry]:
    """These entries, as the public record has them."""
    store, size = adapters.store(), adapters.head().size
    return {index: Entry.decode(read_entry(store, index, size)) for index in indexes}
