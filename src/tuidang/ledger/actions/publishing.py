"""What a holder of a code wishes of publication, before sealing and after it. A person reads a text before it is published, each time."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Literal

from django.db import transaction

from tlog.entry import Voice
from tuidang.intake import actions as intake_actions
from tuidang.intake import queries as intake
from tuidang.intake.policies import without_names
from tuidang.ledger import queries
from tuidang.ledger.actions.taking_back import check_shared, opened_and_held
from tuidang.ledger.queries import Opened, OpenedPerson, speaks_for_text
from tuidang.review import actions as review_actions
from tuidang.review import queries as review
from tuidang.review.content import PublicText
from tuidang.vault.codes import Code

Wished = Literal["wished", "same", "not_now", "objected", "barred", "unknown"]


@transaction.atomic
def wish(*, code: Code, publish: bool) -> Wished:
    """Notes that the holder of `code` wishes the text published, or no longer; twice is the same as once.

    A statement's text is wished published by the code of whoever wrote it: one's own, or a group's, never by a member's; never where children
    alone are left of it. `objected`: somebody objects to one of the numbers that the code opens, and nobody has decided. `barred`: an
    objection to one of them was right; neither a correction nor whoever leaves sheds that. Raises RefusedError as `take_back` does, but not
    where it is to be unpublished.
    """
    persons = opened_and_held(code)
    if not persons:
        return "unknown"
    if not speaks_for_text(persons):
        return "not_now"
    if publish:
        check_shared(code, persons)
    return _publish(persons) if publish else _unpublish(persons)


def _indexes(persons: list[OpenedPerson]) -> list[int]:
    return [found.index for one in persons for _, found in one.sealed]


def _unpublish(persons: list[OpenedPerson]) -> Wished:
    indexes = _indexes(persons)
    waited = bool(review.items_of(indexes))
    review_actions.unpublish_items(indexes=indexes)
    result = _wish_pending(
        persons, publish=False, sealed=any(not (found.void or found.void_wished) for one in persons for _, found in one.sealed)
    )
    return "wished" if waited else result


def _publish(persons: list[OpenedPerson]) -> Wished:
    indexes = _indexes(persons)
    if queries.of_children_alone(persons):
        return "not_now"
    if review.contested(indexes):
        return "barred" if review.barred(indexes) else "objected"
    live = [found for one in persons for _, found in one.sealed if not (found.void or found.void_wished)]
    if not live:
        return _wish_pending(persons, publish=True, sealed=False)
    first = min(live, key=lambda found: found.index)
    asked = not review.items_of(found.index for found in live)
    content = _public_text(first, live, _names(persons))
    return "wished" if asked and review_actions.ask_for_publication(index=first.index, content=content) else "same"


def _wish_pending(persons: list[OpenedPerson], *, publish: bool, sealed: bool) -> Wished:
    waiting = {one.pending.declaration.id: one.pending.declaration for one in persons if one.pending and intake.stands(one.pending.person)}
    open_ = [one for one in waiting.values() if not review.refused([one.id])]
    if not open_:
        return "same" if sealed else "not_now"
    changed = [one for one in open_ if one.statement.publish != publish]
    for one in changed:
        intake_actions.wish(declaration=one, publish=publish)
        review_actions.wish(declaration=one.id, publish=publish)
    return "wished" if changed else "same"


def _names(persons: list[OpenedPerson]) -> list[str]:
    """All names that any of these ever had, or is to have."""
    sealed = [found.content.name for one in persons for _, found in one.sealed]
    return sealed + [one.pending.person.person.name for one in persons if one.pending]


def _public_text(first: Opened, live: list[Opened], names: list[str]) -> PublicText:
    """As it is published, under the entry of the first: names typed for others are left out."""
    told, listed = first.content, first.content.voice == Voice.LISTED
    return PublicText(
        title=without_names(first.title, names) if listed else first.title,
        text=without_names(first.text, names) if listed else first.text,
        language=told.language,
        name=told.name if told.suggested or not listed else "",
        organisations=reduce(or_, (found.content.organisations for found in live)),
        suggested=told.suggested,
        persons=len(live),
        alone=not listed,
        day=first.entry.day,
        region=first.entry.region,
    )
