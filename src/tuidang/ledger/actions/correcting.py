"""What a holder of a code corrects: in place before sealing; after it, by a void and a new declaration some days later.

The void is due one to four days after the wish, and what stands for it is sealed on a later day, at most seven after the wish: it never counts
twice, and whoever watches the log cannot tell which void belongs to which declaration.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal
from uuid import UUID

import msgspec
from django.db import transaction

from tlog.entry import Kind, Voice
from tuidang.intake import actions as intake_actions
from tuidang.intake import queries as intake
from tuidang.intake.content import Correction, NewPerson, PendingDeclaration, PendingPerson, Statement
from tuidang.intake.policies import with_corrected_names
from tuidang.kernel import clock
from tuidang.kernel.randomness import random_between, random_bytes
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
    """Puts `correction` in the place of what `code` opens: a declaration that waits, or one person's entry. The same twice is one.

    `replaced`: the entry will be voided, and what stands for it will be sealed on a later day, to be published if `publish` and it
    is the text of that person alone. `not_now`: nothing
    that can be corrected stands there, or others than `correction` names. Raises RefusedError as `take_back` does.
    """
    persons = opened_and_held(code)
    if not persons:
        return "unknown"
    check_shared(code, persons)
    waiting = [one.pending for one in persons if one.pending and intake.stands(one.pending.person)]
    if waiting:
        return _in_place(waiting, persons, correction)
    return _replace(persons[0], correction, publish=publish) if len(persons) == 1 else "not_now"


def _in_place(waiting: list[Pending], persons: list[OpenedPerson], correction: Correction) -> Result:
    declaration = waiting[0].declaration
    in_part = len(persons) > 1 and any(one.sealed for one in persons)
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
        earlier = [""] * max(one.seq for one in declaration.persons)
        for one in declaration.persons:
            earlier[one.seq - 1] = one.person.name
        names = earlier.copy()
        for pending, new in zip(waiting, persons, strict=True):
            names[pending.person.seq - 1] = new.name
        title, text = (with_corrected_names(part, names, earlier) for part in (title, text))
    return msgspec.structs.replace(declaration.statement, title=title, text=text, region=region)


def _replace(one: OpenedPerson, correction: Correction, *, publish: bool) -> Result:
    version, found = one.sealed[-1] if one.sealed else (one.own, None)
    place = one.own.versions().index(version) + 1
    if found is None or found.void or found.void_wished or place > MOST_VERSIONS or len(correction.persons) != 1:
        return "not_now"
    (new,) = correction.persons
    told = correction.told if found.content.voice == Voice.FIRST_HAND else None
    title, text, region = told or (found.title, found.text, found.content.region)
    before = found.content.name, found.content.organisations, found.title, found.text, found.content.region
    if before == (new.name, new.organisations, title, text, region):
        return "same"
    void_on = leave_wish(version, found.record, ref=found.index, latest=LATEST_VOID_DAYS)
    if void_on is None:
        return "not_now"
    sealed_from = random_between(void_on + 1, clock.today() + LATEST_DAYS)
    # Only who wrote the text publishes it: one of a list would publish the text of them all.
    publish = publish and speaks_for_text([one])
    statement = _statement(found, title, text, region, publish=publish, sealed_from=sealed_from)
    intake_actions.succeed(code=one.own.successor(place), statement=statement, seq=found.content.seq, person=new)
    return "replaced"


def _statement(found: Opened, title: str, text: str, region: int, *, publish: bool, sealed_from: int) -> Statement:
    content = found.content
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
        text_id=random_bytes(16),
        text_key=random_bytes(32),
        sealed_from=sealed_from,
    )
