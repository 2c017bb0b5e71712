"""What a holder of a code corrects: in place before sealing; after it, by a void and a new declaration some days later.

The void is due one to four days after the wish, and what stands for it is sealed on a later day, at most seven after the wish: it never counts
twice, and whoever watches the log cannot tell which void belongs to which declaration.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import msgspec
from django.db import transaction

from tlog.entry import Kind, Voice
from tuidang.intake import actions as intake_actions
from tuidang.intake import queries as intake
from tuidang.intake.content import Correction, NewPerson, PendingDeclaration, PendingPerson, Statement
from tuidang.intake.policies import with_corrected_names, with_names
from tuidang.kernel import clock
from tuidang.kernel.errors import BusyError
from tuidang.kernel.randomness import random_between, random_bytes, random_id
from tuidang.ledger import moving, stage
from tuidang.ledger.actions.taking_back import check_shared, leave_wish, opened_and_held
from tuidang.ledger.batch import entries_of
from tuidang.ledger.policies import Candidate
from tuidang.ledger.queries import Opened, OpenedPerson, Pending, speaks_for_text
from tuidang.ledger.stage import Staged
from tuidang.review import actions as review_actions
from tuidang.review import queries as review
from tuidang.vault.codes import MOST_VERSIONS, Code

LATEST_VOID_DAYS = 4
LATEST_DAYS = 7
CHUNK = 500
MOST_CORRECTIONS = 20
"""So often each person of a declaration can be corrected before it is sealed: every time leaves a wish and an outcome."""

Result = Literal["corrected", "replaced", "same", "not_now", "unknown"]


@transaction.atomic
def correct(*, code: Code, correction: Correction, publish: bool = False) -> Result:
    """Puts `correction` in the place of what `code` opens: a declaration that waits, or entries. The same twice is one.

    `replaced`: the entry will be voided, and what stands for it will be sealed on a later day, to be published if `publish` and the code is that
    of whoever wrote the text. Of a group on the record that is every entry, where the text or the place is another; else those alone of
    whom something else is said. `not_now`: nothing that can be corrected stands there, or others than `correction` names, or a part of a group
    alone is on the record. Raises RefusedError as `take_back` does.
    """
    persons = opened_and_held(code)
    if not persons:
        return "unknown"
    check_shared(code, persons)
    waiting = [one.pending for one in persons if one.pending and intake.stands(one.pending.person)]
    if waiting:
        return _in_place(waiting, persons, correction)
    if not persons[0].number:
        return _replace(persons[0], correction, publish=publish)
    return _replace_group(persons, correction, publish=publish)


def _in_place(waiting: list[Pending], persons: list[OpenedPerson], correction: Correction) -> Result:
    declaration = waiting[0].declaration
    apart = len({one.declaration.id for one in waiting}) > 1
    in_part = apart or (len(persons) > 1 and any(live(one) for one in persons))
    if in_part or len(waiting) != len(correction.persons) or review.refused([declaration.id]):
        return "not_now"
    told = correction.told if speaks_for_text(persons) else None
    statement = _corrected(declaration, waiting, correction.persons, told)
    paired = zip(waiting, correction.persons, strict=True)
    changed = [(one, new) for one, new in paired if statement != declaration.statement or not _same(one.person, new)]
    if not changed:
        return "same"
    corrected = declaration.statement.corrected + len(changed)
    if corrected > MOST_CORRECTIONS * declaration.declared:
        return "not_now"
    statement = msgspec.structs.replace(statement, corrected=corrected, sealed_from=_after_batch_under_way(statement.sealed_from))
    for one, _ in changed:
        leave_wish(one.code, intake_actions.record_of(declaration.statement, one.person.person), commitment=one.person.commitment)
    intake_actions.correct(declaration=declaration, statement=statement, persons=[(one.code, one.person, new) for one, new in changed])
    review_actions.see_anew(declaration=declaration.id)
    return "corrected"


def _after_batch_under_way(sealed_from: int) -> int:
    """What is as it was in a batch under way is voided within a week: what stands instead is sealed after that, never beside it."""
    return max(sealed_from, clock.today() + moving.LATEST_VOID_DAYS + 1) if stage.names() else sealed_from


def delay_corrected(*, candidates: Iterable[Candidate], staged: Staged) -> None:
    """What was corrected since it was gathered for the batch `staged`, before anyone could see that one was under way, waits as well.

    Once its stage is there: whoever corrects later sees that, and whoever is at it now is waited for.
    """
    inside = {entry.commitment for entry in entries_of(staged.entries) if entry.kind == Kind.DECLARE}
    gathered: dict[UUID, list[bytes]] = {}
    for one in candidates:
        if one.commitment in inside:
            gathered.setdefault(one.declaration, []).append(one.commitment)
    every = sorted(gathered)
    for at in range(0, len(every), CHUNK):
        _delay_corrected({one: gathered[one] for one in every[at : at + CHUNK]})


@transaction.atomic
def _delay_corrected(gathered: dict[UUID, list[bytes]]) -> None:
    intake_actions.lock(declarations=list(gathered))
    here = intake.declarants_with(one for commitments in gathered.values() for one in commitments)
    changed = [declaration for declaration, commitments in gathered.items() if not here.keys() >= set(commitments)]
    for declaration in intake.contents(changed).values() if changed else ():
        if declaration.statement.corrected:
            intake_actions.delay(declaration=declaration, sealed_from=clock.today() + moving.LATEST_VOID_DAYS + 1)


def _same(one: PendingPerson, new: NewPerson) -> bool:
    return (one.person.name, one.person.organisations) == (new.name, new.organisations)


def _corrected(
    declaration: PendingDeclaration, waiting: list[Pending], persons: Sequence[NewPerson], told: tuple[str, str, int] | None
) -> Statement:
    """The statement as it is to stand: the same if nothing of it changes. In a group's text the names of before and the new ones are placeholders."""
    if told is None:
        return declaration.statement
    title, text, region = told
    if declaration.statement.voice == Voice.LISTED:
        earlier = {one.seq: one.person.name for one in declaration.persons}
        names = {pending.person.seq: new.name for pending, new in zip(waiting, persons, strict=True)}
        title, text = _without_names(title, text, earlier, names)
    return msgspec.structs.replace(declaration.statement, title=title, text=text, region=region)


def _without_names(title: str, text: str, earlier: dict[int, str], names: dict[int, str]) -> tuple[str, str]:
    """Title and text with placeholders, by the place in the statement, for the names of before and the new ones."""
    places = range(1, max(earlier) + 1)
    before = [earlier.get(place, "") for place in places]
    now = [names.get(place, earlier.get(place, "")) for place in places]
    return with_corrected_names(title, now, before), with_corrected_names(text, now, before)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A person's live entry: the code it is under, and the code of what can stand for it."""

    version: Code
    found: Opened
    next: Code

    @classmethod
    def of(cls, one: OpenedPerson) -> _Entry | None:
        """None if there is none, or it was corrected too often."""
        found = live(one)
        if found is None:
            return None
        place = one.own.versions().index(found[0]) + 1
        return None if place > MOST_VERSIONS else cls(*found, one.own.successor(place))

    def differs(self, new: NewPerson) -> bool:
        return (self.found.content.name, self.found.content.organisations) != (new.name, new.organisations)

    def is_told(self, told: tuple[str, str, int], known: Collection[int] | None = None) -> bool:
        """Whether this is what it says. `known`: of a group, whose names can be read; the others, who erased what was theirs, read as ○."""
        title, text = self.found.title, self.found.text
        if known is not None:
            title, text = (with_names(part, {place: f"{{{{{place}}}}}" for place in known}) for part in (title, text))
        return told == (title, text, self.found.content.region)


def live(one: OpenedPerson) -> tuple[Code, Opened] | None:
    """The entry of this person that counts, and that nothing is to void, with its code."""
    version, found = one.sealed[-1] if one.sealed else (one.own, None)
    return None if found is None or found.void or found.void_wished else (version, found)


def _replace(one: OpenedPerson, correction: Correction, *, publish: bool) -> Result:
    entry = _Entry.of(one)
    if entry is None or len(correction.persons) != 1:
        return "not_now"
    (new,) = correction.persons
    found = entry.found
    told = correction.told if found.content.voice == Voice.FIRST_HAND else None
    told = told or (found.title, found.text, found.content.region)
    if entry.is_told(told) and not entry.differs(new):
        return "same"
    # Only who wrote the text publishes it: one of a list would publish the text of them all.
    return _put_instead([(entry, new)], told, entry.next.declaration_id(), publish=publish and speaks_for_text([one]))


def _replace_group(persons: Sequence[OpenedPerson], correction: Correction, *, publish: bool) -> Result:
    """All at once where the text or the place is another, and then one text for all of them; else each who is corrected apart."""
    standing = [one for one in persons if live(one)]
    entries = [entry for entry in map(_Entry.of, standing) if entry]
    if not entries or not len(standing) == len(entries) == len(correction.persons):
        return "not_now"
    pairs = list(zip(entries, correction.persons, strict=True))
    if correction.told is not None:
        title, text, region = correction.told
        earlier = {found.content.seq: found.content.name for one in persons for _, found in one.sealed}
        told = (*_without_names(title, text, earlier, {one.found.content.seq: new.name for one, new in pairs}), region)
        if not all(one.is_told(told, earlier) for one in entries):
            return _put_instead(pairs, told, random_id(), publish=publish)
    changed = [
        (one, Correction((new,))) for one, entry, new in zip(standing, entries, correction.persons, strict=True) if entry.differs(new)
    ]
    done = {_replace(one, new, publish=False) for one, new in changed}
    return next((one for one in ("replaced", "not_now") if one in done), "same")


def _put_instead(pairs: Sequence[tuple[_Entry, NewPerson]], told: tuple[str, str, int], declaration: UUID, *, publish: bool) -> Result:
    """The entries are voided, and one declaration of these persons stands for them later.

    Who goes on saying what others say shares its text with them: else nobody could tell for how many it stands.
    """
    days = [leave_wish(one.version, one.found.record, ref=one.found.index, latest=LATEST_VOID_DAYS) for one, _ in pairs]
    void_on = [day for day in days if day is not None]
    if not void_on:
        return "not_now"
    if len(void_on) < len(days):
        raise BusyError("some of these entries are about to be voided by somebody else")
    sealed_from = random_between(max(void_on) + 1, clock.today() + LATEST_DAYS)
    statement = _statement(pairs[0][0].found, *told, publish=publish, sealed_from=sealed_from)
    persons = [(one.next, one.found.content.seq, new) for one, new in pairs]
    intake_actions.succeed(declaration=declaration, statement=statement, persons=persons)
    return "replaced"


def _statement(found: Opened, title: str, text: str, region: int, *, publish: bool, sealed_from: int) -> Statement:
    content = found.content
    shared = content.text_key and (title, text) == (found.title, found.text)
    return Statement(
        title=title,
        text=text,
        language=content.language,
        voice=content.voice,
        channel=content.channel,
        region=region,
        source=content.source,
        day=clock.today(),
        publish=publish,
        consent=content.consent,
        text_id=content.text_id if shared else random_bytes(16),
        text_key=content.text_key if shared else random_bytes(32),
        sealed_from=sealed_from,
    )
