"""What later stages may read of intake. Content is decrypted here, and handed out as plain data."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

import msgspec
from django.db.models import Sum

from tuidang.intake.content import PendingDeclaration, PendingPerson, Person, Statement
from tuidang.intake.models import Declarant, DeclarantState, Declaration, DeclarationState, Outcome, Tally
from tuidang.kernel.errors import DamagedError
from tuidang.vault import daykeys
from tuidang.vault.codes import Code

Result = TypeVar("Result")
_TRIES = 2
_statement = msgspec.json.Decoder(Statement)
_person = msgspec.json.Decoder(Person)


@dataclass(frozen=True, slots=True)
class WaitingOutcome:
    """An outcome that no list holds yet. `mark` is the 32 bytes for the list."""

    id: UUID
    mark: bytes


def new_declarations(at_most: int) -> list[UUID]:
    """Ids of declarations that nobody has screened, in no meaningful order, found by state."""
    return list(Declaration.objects.filter(state=DeclarationState.NEW).order_by("id").values_list("id", flat=True)[:at_most])


def contents(ids: Iterable[UUID]) -> dict[UUID, PendingDeclaration]:
    """The declarations with these ids that are still here, decrypted, with all their persons still here."""
    wanted = list(ids)
    return _while_keys_die(lambda: _contents(wanted))


def _while_keys_die(read: Callable[[], Result]) -> Result:
    """Reads again what was read a moment before its key died: by then it is there under the next one. Raises DamagedError."""
    for _ in range(_TRIES):
        with suppress(DamagedError):
            return read()
    return read()


def _contents(wanted: list[UUID]) -> dict[UUID, PendingDeclaration]:
    rows = list(Declaration.objects.filter(id__in=wanted))
    persons: dict[UUID, list[PendingPerson]] = {row.id: [] for row in rows}
    for one in Declarant.objects.filter(declaration__in=wanted).order_by("declaration_id", "seq"):
        if one.declaration_id in persons:
            persons[one.declaration_id].append(_pending(one))
    found = {}
    for row in rows:
        statement = _statement.decode(daykeys.key(row.key_id).decrypt(bytes(row.blob), row.id.bytes))
        found[row.id] = PendingDeclaration(row.id, row.day, row.persons, row.answered_twice, statement, tuple(persons[row.id]))
    return found


def _pending(row: Declarant) -> PendingPerson:
    person = _person.decode(daykeys.key(row.key_id).decrypt(bytes(row.blob), row.lookup.bytes))
    return PendingPerson(row.declaration_id, row.seq, row.lookup, bytes(row.commitment), row.state, person)


def by_code(code: Code) -> PendingDeclaration | None:
    """The declaration that `code` opens as the code of one person or of a group, if it is not sealed as a whole."""
    return contents([code.declaration_id()]).get(code.declaration_id())


def by_member_code(code: Code) -> tuple[PendingDeclaration, PendingPerson] | None:
    """The declarant whose own code this is, with the declaration, if not sealed yet."""
    return _while_keys_die(lambda: _by_member_code(code))


def _by_member_code(code: Code) -> tuple[PendingDeclaration, PendingPerson] | None:
    row = Declarant.objects.filter(lookup=code.lookup_id()).first()
    declaration = None if row is None else contents([row.declaration_id]).get(row.declaration_id)
    if row is None or declaration is None:
        return None
    return declaration, _pending(row)


def declarations_of(commitments: Iterable[bytes]) -> list[UUID]:
    """Ids of the declarations whose declarants bear one of these commitments."""
    return list(set(Declarant.objects.filter(commitment__in=list(commitments)).values_list("declaration", flat=True)))


def states(commitments: Iterable[bytes]) -> dict[bytes, int]:
    """The states of the declarants that bear these commitments and are still here."""
    rows = Declarant.objects.filter(commitment__in=list(commitments)).values_list("commitment", "state")
    return {bytes(commitment): state for commitment, state in rows}


def with_standing(declarations: Iterable[UUID]) -> set[UUID]:
    """Those of the declarations in which someone stands who is not sealed yet."""
    rows = Declarant.objects.filter(declaration__in=list(declarations), state=DeclarantState.STANDS)
    return set(rows.values_list("declaration", flat=True))


def waiting_outcomes(at_most: int) -> list[WaitingOutcome]:
    """Outcomes for the next list."""
    return [WaitingOutcome(row.id, bytes(row.mark)) for row in Outcome.objects.all()[:at_most]]


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
