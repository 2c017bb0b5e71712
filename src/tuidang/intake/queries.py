"""What later stages may read of intake. Content is decrypted here, and handed out as plain data."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

import msgspec
from django.db.models import Sum

from tlog.promise import Outcome as Verdict
from tuidang.intake.content import PendingDeclaration, PendingPerson, Person, Statement
from tuidang.intake.models import Declarant, DeclarantState, Declaration, DeclarationState, Outcome, Tally
from tuidang.kernel.errors import DamagedError
from tuidang.vault import daykeys
from tuidang.vault.codes import Code

Result = TypeVar("Result")
CHUNK = 500
_TRIES = 2
_statement = msgspec.json.Decoder(Statement)
_person = msgspec.json.Decoder(Person)


@dataclass(frozen=True, slots=True)
class WaitingOutcome:
    """An outcome that no list holds yet. `mark` is the 32 bytes for the list."""

    id: UUID
    mark: bytes


def new_declarations(at_most: int) -> list[UUID]:
    """Ids of declarations that nobody has screened, in no meaningful order, found by state; without those under keys that are lost."""
    rows = Declaration.objects.filter(state=DeclarationState.NEW).exclude(key_id__in=daykeys.lost_keys())
    return list(rows.order_by("id").values_list("id", flat=True)[:at_most])


def contents(ids: Iterable[UUID]) -> dict[UUID, PendingDeclaration]:
    """The declarations with these ids that are still here, decrypted, with all their persons still here.

    Rows that nothing will ever read again (their key is lost, or they are damaged) are left out, so that they do not hold up all others;
    a declaration is, if that is its statement or everyone in it. `unreadable` counts them for the operator.
    """
    wanted = list(ids)
    return _while_keys_die(lambda: _contents(wanted, opened=daykeys.opened))


def _while_keys_die(read: Callable[[], Result]) -> Result:
    """Reads again what was read a moment before its key died: by then it is there under the next one. Raises DamagedError."""
    for _ in range(_TRIES):
        with suppress(DamagedError):
            return read()
    return read()


def _contents(wanted: list[UUID], opened: Callable[[int, bytes, bytes], bytes | None]) -> dict[UUID, PendingDeclaration]:
    statements = {row.id: (row, opened(row.key_id, bytes(row.blob), row.id.bytes)) for row in Declaration.objects.filter(id__in=wanted)}
    persons: dict[UUID, list[PendingPerson]] = {one: [] for one in statements}
    hidden: set[UUID] = set()
    for one in Declarant.objects.filter(declaration__in=wanted).order_by("declaration_id", "seq"):
        if one.declaration_id in persons:
            plain = opened(one.key_id, bytes(one.blob), one.lookup.bytes)
            if plain is None:
                hidden.add(one.declaration_id)
            else:
                persons[one.declaration_id].append(_pending(one, plain))
    return {
        row.id: PendingDeclaration(row.id, row.day, row.persons, row.answered_twice, _statement.decode(plain), tuple(persons[row.id]))
        for row, plain in statements.values()
        if plain is not None and (persons[row.id] or row.id not in hidden)
    }


def _opened(key_id: int, blob: bytes, bound_to: bytes) -> bytes:
    return daykeys.key(key_id).decrypt(blob, bound_to)


def _pending(row: Declarant, plain: bytes) -> PendingPerson:
    return PendingPerson(row.declaration_id, row.seq, row.lookup, bytes(row.commitment), row.state, _person.decode(plain))


def by_code(code: Code) -> PendingDeclaration | None:
    """The declaration that `code` opens as the code of one person or of a group, if it is not sealed as a whole. Raises DamagedError."""
    number = code.declaration_id()
    return _while_keys_die(lambda: _contents([number], opened=_opened)).get(number)


def by_member_code(code: Code) -> tuple[PendingDeclaration, PendingPerson] | None:
    """The declarant whose own code this is, with the declaration, if not sealed yet. Raises DamagedError."""
    return _while_keys_die(lambda: _by_member_code(code))


def of_codes(codes: Iterable[Code]) -> dict[Code, tuple[PendingDeclaration, PendingPerson]]:
    """The declarants whose own codes these are, each with the declaration, those that are not sealed yet. Raises DamagedError."""
    wanted = {code.lookup_id(): code for code in codes}
    return _while_keys_die(lambda: _of_codes(wanted))


def _of_codes(wanted: dict[UUID, Code]) -> dict[Code, tuple[PendingDeclaration, PendingPerson]]:
    rows = Declarant.objects.filter(lookup__in=list(wanted)).values_list("declaration", "seq", "lookup")
    owners = {(declaration, seq): wanted[lookup] for declaration, seq, lookup in rows}
    found = _contents([declaration for declaration, _ in owners], opened=_opened) if owners else {}
    people = {(declaration.id, one.seq): (declaration, one) for declaration in found.values() for one in declaration.persons}
    return {code: people[place] for place, code in owners.items() if place in people}


def _by_member_code(code: Code) -> tuple[PendingDeclaration, PendingPerson] | None:
    row = next(iter(Declarant.objects.filter(lookup=code.lookup_id())[:1]), None)
    declaration = None if row is None else _contents([row.declaration_id], opened=_opened).get(row.declaration_id)
    if row is None or declaration is None:
        return None
    return declaration, _pending(row, _opened(row.key_id, bytes(row.blob), row.lookup.bytes))


def declarants(declarations: Iterable[UUID]) -> list[tuple[UUID, int]]:
    """Who is left of these declarations, readable or not, as (declaration, seq)."""
    return list(Declarant.objects.filter(declaration__in=list(declarations)).values_list("declaration", "seq"))


def declarants_with(commitments: Iterable[bytes]) -> dict[bytes, tuple[UUID, int]]:
    """Where the declarants that bear these commitments are, as (declaration, seq), readable or not."""
    rows = Declarant.objects.filter(commitment__in=list(commitments)).values_list("commitment", "declaration", "seq")
    return {bytes(commitment): (declaration, seq) for commitment, declaration, seq in rows}


def standing(declarations: Iterable[UUID]) -> dict[UUID, set[bytes]]:
    """The commitments of those who stand in these declarations and are not sealed yet, readable or not."""
    found: dict[UUID, set[bytes]] = {}
    rows = Declarant.objects.filter(declaration__in=list(declarations), state=DeclarantState.STANDS)
    for declaration, commitment in rows.values_list("declaration", "commitment"):
        found.setdefault(declaration, set()).add(bytes(commitment))
    return found


def unreadable(at_most: int) -> int:
    """How many persons' rows are under keys that are lost, or were found damaged by a sealing: `at_most` means that many or more."""
    rows = Declarant.objects.filter(key_id__in=daykeys.lost_keys())
    return len(rows.values_list("seq", flat=True)[:at_most])


def states(commitments: Iterable[bytes]) -> dict[bytes, int]:
    """The states of the declarants that bear these commitments and are still here."""
    rows = Declarant.objects.filter(commitment__in=list(commitments)).values_list("commitment", "state")
    return {bytes(commitment): state for commitment, state in rows}


def corrected_since(read: Iterable[PendingDeclaration]) -> set[UUID]:
    """Those of the declarations that were corrected after they were read: someone in them bears another commitment."""
    known = {one.id: {person.commitment for person in one.persons} for one in read}
    rows = Declarant.objects.filter(declaration__in=list(known)).values_list("declaration", "commitment")
    return {declaration for declaration, commitment in rows if bytes(commitment) not in known[declaration]}


def with_standing(declarations: Iterable[UUID]) -> set[UUID]:
    """Those of the declarations in which someone stands who is not sealed yet."""
    rows = Declarant.objects.filter(declaration__in=list(declarations), state=DeclarantState.STANDS)
    return set(rows.values_list("declaration", flat=True))


def waiting_outcomes(at_most: int) -> list[WaitingOutcome]:
    """Outcomes for the next list."""
    return [WaitingOutcome(row.id, bytes(row.mark)) for row in Outcome.objects.all()[:at_most]]


def known_outcomes(ids: Iterable[UUID]) -> int:
    """How many of these outcomes wait here to be listed."""
    every = list(ids)
    pieces = (every[at : at + CHUNK] for at in range(0, len(every), CHUNK))
    return sum(len(Outcome.objects.filter(id__in=some).values_list("id")) for some in pieces)


def standing_though_listed(marks: Collection[bytes]) -> list[tuple[PendingDeclaration, list[PendingPerson]]]:
    """Who stands here whom one of these outcomes, on a public list already, calls taken back or superseded: by declaration.

    Reads and decrypts everything that is not sealed yet: for a database that was restored from an older copy.
    """
    found, ids = [], list(Declaration.objects.order_by("id").values_list("id", flat=True)[:CHUNK])
    while ids:
        for declaration in contents(ids).values():
            persons = [one for one in declaration.persons if stands(one) and _told(one).intersection(marks)]
            found += [(declaration, persons)] if persons else []
        ids = list(Declaration.objects.filter(id__gt=ids[-1]).order_by("id").values_list("id", flat=True)[:CHUNK])
    return found


def _told(one: PendingPerson) -> set[bytes]:
    return {verdict.hash(one.person.promise) for verdict in (Verdict.TAKEN_BACK, Verdict.SUPERSEDED)}


def stands(person: PendingPerson) -> bool:
    """Whether nobody has taken it back or refused it."""
    return is_standing(person.state)


def is_standing(state: int) -> bool:
    """Whether a state is that of someone whom nobody has taken back or refused."""
    return state == DeclarantState.STANDS


def accepted_between(first: int, last: int) -> int:
    """Persons accepted on the days `first` to `last`, both included, as tallied so far."""
    return Tally.objects.filter(day__gte=first, day__lte=last).aggregate(n=Sum("persons"))["n"] or 0


def accepted_in_all() -> int:
    """Persons accepted since the beginning, less those refused or taken back before they were sealed."""
    sums = Tally.objects.aggregate(persons=Sum("persons"), settled=Sum("settled"))
    return (sums["persons"] or 0) - (sums["settled"] or 0)


def refused(person: PendingPerson) -> bool:
    """Whether review refused it."""
    return person.state == DeclarantState.REFUSED
