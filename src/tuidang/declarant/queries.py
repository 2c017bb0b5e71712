"""What a code opens, in the words of its pages: the same few plain records, sealed or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from uuid import UUID

from tlog.entry import Voice
from tlog.promise import Promise
from tuidang.archive import queries as archive
from tuidang.intake import queries as intake
from tuidang.intake.policies import DECIDED_WITHIN_DAYS, with_names
from tuidang.kernel import clock
from tuidang.ledger import queries as ledger
from tuidang.ledger.actions import LATEST_DAYS
from tuidang.ledger.founding import promise_key
from tuidang.ledger.queries import Opened, OpenedPerson, Pending, speaks_for_text
from tuidang.review import queries as review
from tuidang.review.states import Refusal, Verdict
from tuidang.vault.codes import MOST_VERSIONS, Code

Publication = Literal["", "wished", "not_wished", "reading", "published", "not_published"]
NOT_SEALED = frozenset(("waiting", "counted", "held"))
"""Not sealed yet, and to be."""
Decisions = Mapping[UUID, tuple[Verdict, Refusal | None]]


@dataclass(frozen=True, slots=True)
class Person:
    """One person that a code opens. `status`: waiting, counted, held, refused, taken_back, sealed, voiding, void. `index` once sealed.

    `number`: their place, where a group's code opens them. `refusal` is why it was refused, `void_reason` why it is or will be void, as a code
    of the list of reasons; where it is known. `replaces`: entries that this one stands for; `replacing`: the last of these is about to be voided.
    `sealed_by`, `sealed_from`: days, if not sealed; `sealed_from` where it was corrected while it was being sealed.
    """

    name: str = field(repr=False)
    organisations: int
    status: str
    number: int = 0
    index: int | None = None
    refusal: Refusal | None = None
    void_reason: int = 0
    replaces: tuple[int, ...] = ()
    replacing: bool = False
    sealed_by: date | None = None
    sealed_from: date | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """What a code opens: one declaration with the persons that this code may see.

    `publication` is empty where this code has no say in it, or nothing stands. `published`: the registry number it is published under.
    `member`: this is one member of a group. `shared`: then the text that all of it share is so far wished published, not wished, or that cannot
    be told from here (`sealed`). `correctable`: all at once, one person by number (`each`), or not (empty).
    """

    title: str = field(repr=False)
    text: str = field(repr=False)
    accepted: date
    group: bool
    persons: tuple[Person, ...] = field(repr=False)
    publication: Publication
    published: int | None = None
    read_by: date | None = None
    member: bool = False
    shared: Literal["", "wished", "not_wished", "sealed"] = ""
    correctable: Literal["", "all", "each"] = ""


@dataclass(frozen=True, slots=True)
class Editable:
    """What can be corrected, and by which code. `persons` are name, organisations, and whether the name is a suggested one.

    `told`: title, text and place as well. `sealed`: by a void and a new entry.

    `shown`: it is published, or a reader has it to publish. `objected`: somebody objects to it, or rightly did, so that it is not published again.
    """

    code: Code
    persons: tuple[tuple[str, int, bool], ...] = field(repr=False)
    title: str = field(repr=False)
    text: str = field(repr=False)
    region: int
    group: bool
    told: bool
    sealed: bool
    shown: bool
    objected: bool = False


def status(code: Code) -> Status | None:
    """The status of what `code` opens, as the code of one person or of a group; None if there is nothing."""
    persons = ledger.opened_by(code)
    if not persons:
        return None
    decisions = review.decisions({one.pending.declaration.id for one in persons if one.pending})
    shown = tuple(_person(one, decisions) for one in persons)
    title, text, day = _told(persons)
    publication, published, due = _publication(persons, shown)
    if publication in {"not_wished", "not_published"} and ledger.of_children_alone(persons):
        publication = ""  # it cannot be
    return Status(
        title=title,
        text=text,
        accepted=clock.as_date(day),
        group=any(one.number for one in persons),
        persons=shown,
        publication=publication,
        published=published,
        read_by=None if due is None else clock.as_date(due),
        member=not speaks_for_text(persons),
        shared=_shared(persons, shown),
        correctable=_correctable(persons, shown),
    )


def _told(persons: Sequence[OpenedPerson]) -> tuple[str, str, int]:
    """Title, text and day of acceptance."""
    names: dict[int, str] = {}
    for one in persons:
        names |= {found.content.seq: found.content.name for _, found in one.sealed}
        if one.pending:
            names[one.pending.person.seq] = one.pending.person.person.name
    first = persons[0]
    if first.pending:
        told = first.pending.declaration.statement
        title, text, day = told.title, told.text, told.day
    else:
        title, text, day = first.sealed[-1][1].title, first.sealed[-1][1].text, first.sealed[-1][1].content.day
    days = [day, *(found.content.day for _, found in first.sealed)]
    return with_names(title, names), with_names(text, names), min(days)


_WORDS = {Verdict.WAITING: "waiting", Verdict.COUNT: "counted", Verdict.HELD: "held", Verdict.REFUSE: "refused"}


def _person(one: OpenedPerson, decisions: Decisions) -> Person:
    indexes = tuple(found.index for _, found in one.sealed)
    if one.pending and (not one.sealed or intake.stands(one.pending.person) or intake.refused(one.pending.person)):
        return _pending(one.pending, one.number, decisions, one.sealed)
    found = one.sealed[-1][1]
    state = "void" if found.void else "voiding" if found.void_wished else "sealed"
    told = found.content
    return Person(told.name, told.organisations, state, one.number, found.index, void_reason=found.void_reason, replaces=indexes[:-1])


def _pending(one: Pending, number: int, decisions: Decisions, sealed: Sequence[tuple[Code, Opened]]) -> Person:
    person, told = one.person.person, one.declaration.statement
    verdict, refusal = decisions.get(one.declaration.id, (Verdict.WAITING, None))
    settled = "refused" if intake.refused(one.person) else "taken_back"
    state = _WORDS[verdict] if intake.stands(one.person) else settled
    later, instead = told.sealed_from > clock.today(), bool(sealed) and told.sealed_from <= told.day + LATEST_DAYS
    return Person(
        name=person.name,
        organisations=person.organisations,
        status=state,
        number=number,
        refusal=refusal if state == "refused" else None,
        replaces=tuple(found.index for _, found in sealed),
        replacing=later and instead and not sealed[-1][1].void and state in ("waiting", "counted"),
        sealed_by=clock.as_date(told.day + DECIDED_WITHIN_DAYS),
        sealed_from=clock.as_date(told.sealed_from) if later and not instead else None,
    )


def _live(persons: Sequence[OpenedPerson]) -> list[Opened]:
    return [found for one in persons for _, found in one.sealed if not (found.void or found.void_wished)]


def _publication(persons: Sequence[OpenedPerson], shown: Sequence[Person]) -> tuple[Publication, int | None, int | None]:
    """How it stands, the number it is published under, and the day by which somebody reads it."""
    if not speaks_for_text(persons):
        return "", None, None
    indexes = [found.index for found in _live(persons)]
    if indexes:
        public, items = archive.published(indexes), review.items_of(indexes)
        if public:
            return "published", min(public), None
        return ("reading", None, min(items.values())) if items else ("not_published", None, None)
    waiting = [one.pending for one, told in zip(persons, shown, strict=True) if one.pending and told.status in NOT_SEALED]
    if not waiting:
        return "", None, None
    return "wished" if waiting[0].declaration.statement.publish else "not_wished", None, None


def _shared(persons: Sequence[OpenedPerson], shown: Sequence[Person]) -> Literal["", "wished", "not_wished", "sealed"]:
    """For a member: of what is published it bears the number of somebody else's entry, which their code does not lead to."""
    if speaks_for_text(persons):
        return ""
    if persons[0].sealed or not persons[0].pending:
        return "sealed"
    if shown[0].status not in NOT_SEALED:
        return ""
    return "wished" if persons[0].pending.declaration.statement.publish else "not_wished"


def _correctable(persons: Sequence[OpenedPerson], shown: Sequence[Person]) -> Literal["", "all", "each"]:
    standing = [told for told in shown if told.status in NOT_SEALED or told.status == "sealed"]
    if not standing:
        return ""
    return "each" if _in_part(persons) or _worn_out(persons) else "all"


def _in_part(persons: Sequence[OpenedPerson]) -> bool:
    """Whether some of a group are on the record, or what stands of it waits in several pieces."""
    waiting = {one.pending.declaration.id for one in persons if one.pending and intake.stands(one.pending.person)}
    return len(persons) > 1 and bool(waiting) and (len(waiting) > 1 or bool(_live(persons)))


def _worn_out(persons: Sequence[OpenedPerson]) -> bool:
    """Whether one of a group whose entry stands was corrected so often that the group cannot be as a whole."""
    last = [(one, *one.sealed[-1]) for one in persons if one.number and one.sealed]
    standing = [(one, version) for one, version, found in last if not (found.void or found.void_wished)]
    return any(one.own.versions().index(version) == MOST_VERSIONS for one, version in standing)


def editable(code: Code, number: int = 0) -> Editable | None:
    """What `code`, or of a group's the code of person `number`, can correct now; None if nothing."""
    persons = ledger.opened_by(code)
    if number:
        persons = [one for one in persons if one.number == number]
        return editable(persons[0].own) if persons else None
    waiting = [one.pending for one in persons if one.pending and intake.stands(one.pending.person)]
    if not waiting:
        whole = any(one.number for one in persons)
        return _editable_group(code, persons) if whole else _editable_sealed(persons[0]) if persons else None
    declaration = waiting[0].declaration
    if review.refused([declaration.id]) or _in_part(persons):
        return None
    told = declaration.statement
    names = {one.seq: one.person.name for one in declaration.persons}
    return Editable(
        code=code,
        persons=tuple((person.name, person.organisations, person.suggested) for person in (one.person.person for one in waiting)),
        title=with_names(told.title, names),
        text=with_names(told.text, names),
        region=told.region,
        group=any(one.number for one in persons),
        told=speaks_for_text(persons),
        sealed=False,
        shown=told.publish,
    )


def _editable_sealed(one: OpenedPerson) -> Editable | None:
    if not one.sealed:
        return None
    version, found = one.sealed[-1]
    if found.void or found.void_wished or one.own.versions().index(version) == MOST_VERSIONS:
        return None
    told = found.content
    return Editable(
        code=one.own,
        persons=((told.name, told.organisations, told.suggested),),
        title=found.title,
        text=found.text,
        region=told.region,
        group=False,
        told=told.voice == Voice.FIRST_HAND,
        sealed=True,
        shown=bool(archive.published([found.index]) or review.items_of([found.index])),
        objected=_objected([one]),
    )


def _editable_group(code: Code, persons: Sequence[OpenedPerson]) -> Editable | None:
    """All of a group whose entries stand, where nobody of it waits."""
    live = _live(persons)
    if not live or _worn_out(persons):
        return None
    names = {found.content.seq: found.content.name for one in persons for _, found in one.sealed}
    first, indexes = live[0], [found.index for found in live]
    return Editable(
        code=code,
        persons=tuple((told.name, told.organisations, told.suggested) for told in (found.content for found in live)),
        title=with_names(first.title, names),
        text=with_names(first.text, names),
        region=first.content.region,
        group=True,
        told=True,
        sealed=True,
        shown=bool(archive.published(indexes) or review.items_of(indexes)),
        objected=_objected(persons),
    )


def _objected(persons: Sequence[OpenedPerson]) -> bool:
    return bool(review.contested([found.index for one in persons for _, found in one.sealed]))


def promise(code: Code) -> bytes | None:
    """The promises of everyone not sealed yet whom `code` opens, as signed notes one after the other; None if there is nobody."""
    waiting = [one.pending for one in ledger.opened_by(code) if one.pending]
    key = promise_key() if waiting else None
    return b"\n".join(_promise(one).sign(key) for one in waiting) if key else None


def _promise(one: Pending) -> Promise:
    day = one.declaration.statement.day
    origin = promise_key().name.removesuffix("/promise")
    due = clock.as_date(day + DECIDED_WITHIN_DAYS)
    return Promise(origin, one.person.commitment, one.person.person.promise, clock.as_date(day), due)


def receipt(code: Code, number: int = 0) -> bytes | None:
    """The receipt of the one person whom `code` opens, or of person `number` of a group; None if nothing of theirs is sealed."""
    sealed = [one.sealed[-1][0] for one in ledger.opened_by(code) if one.sealed and number in (0, one.number)]
    return ledger.receipt(sealed[0]) if len(sealed) == 1 else None
