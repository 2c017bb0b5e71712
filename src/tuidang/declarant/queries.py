"""What a code opens, in the words of its status page: the same few plain records, sealed or not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from tlog.promise import Promise
from tuidang.intake import queries as intake
from tuidang.intake.content import PendingDeclaration, PendingPerson
from tuidang.intake.policies import DECIDED_WITHIN_DAYS, with_names
from tuidang.kernel import clock
from tuidang.ledger import queries as ledger
from tuidang.ledger.founding import promise_key
from tuidang.ledger.queries import Opened
from tuidang.review import queries as review
from tuidang.review.states import Refusal, Verdict
from tuidang.vault.codes import Code


@dataclass(frozen=True, slots=True)
class Person:
    """One person that a code opens. `status`: waiting, counted, held, refused, taken_back, sealed, voiding, void. `index` once sealed.

    `refusal` is why it was refused, `void_reason` why it is or will be void, as a code of the list of reasons; where it is known.
    """

    name: str = field(repr=False)
    organisations: int
    status: str
    index: int | None = None
    refusal: Refusal | None = None
    void_reason: int = 0


@dataclass(frozen=True, slots=True)
class Status:
    """What a code opens: one declaration with the persons that this code may see. `sealed_by` is the day promised, for what is not sealed."""

    title: str = field(repr=False)
    text: str = field(repr=False)
    accepted: date
    sealed_by: date | None
    publish: bool | None
    persons: tuple[Person, ...] = field(repr=False)


def status(code: Code) -> Status | None:
    """The status of what `code` opens, as the code of one person or of a group; None if there is nothing."""
    whole = intake.by_code(code)
    if whole is not None:
        sealed = [_sealed(found) for found in map(ledger.opened, ledger.codes_opened_by(code)) if found]
        return _pending(whole, whole.persons, sealed)
    member = intake.by_member_code(code)
    if member is not None:
        return _pending(member[0], (member[1],), [])
    opened = [found for found in map(ledger.opened, ledger.codes_opened_by(code)) if found]
    return _all_sealed(opened) if opened else None


def _pending(declaration: PendingDeclaration, persons: tuple[PendingPerson, ...], sealed: list[Person]) -> Status:
    told = declaration.statement
    names = {one.seq: one.person.name for one in persons}
    refusal = review.refusal(declaration.id)
    states = [(one.person, _state(declaration, one)) for one in persons]
    waiting = [Person(one.name, one.organisations, state, refusal=refusal if state == "refused" else None) for one, state in states]
    return Status(
        title=with_names(told.title, names),
        text=with_names(told.text, names),
        accepted=clock.as_date(told.day),
        sealed_by=clock.as_date(told.day + DECIDED_WITHIN_DAYS),
        publish=told.publish,
        persons=(*sealed, *waiting),
    )


_WORDS = {Verdict.WAITING: "waiting", Verdict.COUNT: "counted", Verdict.HELD: "held", Verdict.REFUSE: "refused"}


def _state(declaration: PendingDeclaration, one: PendingPerson) -> str:
    if not intake.stands(one):
        return "refused" if intake.refused(one) else "taken_back"
    verdict = review.verdict(declaration.id)
    return "waiting" if verdict is None else _WORDS[verdict]


def _sealed(found: Opened) -> Person:
    state = "void" if found.void else "voiding" if found.void_wished else "sealed"
    return Person(found.content.name, found.content.organisations, state, found.index, void_reason=found.void_reason)


def _all_sealed(opened: list[Opened]) -> Status:
    first = opened[0]
    names = {found.content.seq: found.content.name for found in opened}
    return Status(
        title=with_names(first.title, names),
        text=with_names(first.text, names),
        accepted=clock.as_date(first.content.day),
        sealed_by=None,
        publish=None,
        persons=tuple(_sealed(found) for found in opened),
    )


def promise(code: Code) -> bytes | None:
    """The promises of everyone not sealed yet whom `code` opens, as signed notes one after the other; None if there is nobody."""
    whole = intake.by_code(code)
    member = None if whole else intake.by_member_code(code)
    if whole is None and member is None:
        return None
    declaration, persons = (whole, whole.persons) if whole else (member[0], (member[1],))  # type: ignore[index]
    key = promise_key()
    accepted = clock.as_date(declaration.statement.day)
    due = clock.as_date(declaration.statement.day + DECIDED_WITHIN_DAYS)
    origin = key.name.removesuffix("/promise")
    return b"\n".join(Promise(origin, one.commitment, one.person.promise, accepted, due).sign(key) for one in persons)


def receipt(code: Code) -> bytes | None:
    """The receipt of the one person whose own code this is, or of the first of a group; None if nothing is sealed."""
    codes = ledger.codes_opened_by(code)
    return ledger.receipt(codes[0]) if codes else None
