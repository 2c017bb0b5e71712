"""Every write that a code opens: the wish goes to the ledger, and what was published goes at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from django.db import transaction

from tuidang.archive import actions as archive
from tuidang.archive import carrying
from tuidang.archive import queries as public
from tuidang.intake.content import Correction
from tuidang.ledger import actions as ledger
from tuidang.ledger import queries as record
from tuidang.ledger.actions import Wished
from tuidang.ledger.departures import departures, left
from tuidang.ledger.queries import OpenedPerson
from tuidang.review import actions as review
from tuidang.review import queries as waiting
from tuidang.vault.codes import Code


@transaction.atomic
def take_back(*, code: Code, erase: bool = False) -> Literal["taken_back", "already", "unknown"]:
    """Takes back what `code` opens, and takes its texts off the public pages now; the entry is voided one to seven days later.

    What is published of a group goes on standing for whoever of it stays. `erase` destroys what the code opens as well. Raises RefusedError
    as `ledger.actions.take_back` does; then nothing has changed.
    """
    ledger.hold(code=code)
    persons = record.opened_by(code)
    carrying.carry_on(departures=departures(persons))
    result = ledger.take_back(code=code, erase=erase)
    _unpublish(_indexes(persons))
    return result


@transaction.atomic
def correct(*, code: Code, correction: Correction) -> Literal["corrected", "replaced", "same", "not_now", "unknown"]:
    """Corrects what `code` opens, as `ledger.actions.correct` does. Where its entry is voided, its text is taken off the public pages now.

    What is published of a group goes on standing for whoever of it stays. One's own, or a whole group's, that was published or was to be, is to
    be published again once it is read; not where somebody objects to it, or rightly did: a correction sheds no objection.
    """
    ledger.hold(code=code)
    persons = record.opened_by(code)
    indexes = _indexes(persons)
    carrying.hold()  # whoever objects does so before this, and is seen, or finds that it is gone
    shown = bool(public.published(indexes) or waiting.items_of(indexes)) and not waiting.contested(indexes)
    result = ledger.correct(code=code, correction=correction, publish=shown)
    if result == "replaced":
        leave = left(persons)
        carrying.carry_on(departures=departures(leave))
        _unpublish(_indexes(leave))
    return result


@transaction.atomic
def wish(*, code: Code, publish: bool) -> Wished:
    """Notes that the text is wished published, once a person has read it, or no longer: then it is off the public pages now.

    Raises RefusedError as `ledger.actions.wish` does.
    """
    ledger.hold(code=code)
    indexes = _indexes(record.opened_by(code))
    there = bool(public.published(indexes))
    if publish and there:
        return "same"
    result = ledger.wish(code=code, publish=publish)
    if not publish and result != "not_now":
        _unpublish(indexes)
        return "wished" if there else result
    return result


def _indexes(persons: Iterable[OpenedPerson]) -> list[int]:
    return [found.index for one in persons for _, found in one.sealed]


def _unpublish(indexes: list[int]) -> None:
    review.unpublish_items(indexes=indexes)
    for index in indexes:
        archive.unpublish(index=index)
