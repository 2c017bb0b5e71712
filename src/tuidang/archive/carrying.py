"""What is published of a group when some of it leave: it goes on standing for the others, without whoever left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_

import msgspec
from django.db import transaction

from tuidang.archive.models import Followed, Statement
from tuidang.intake.policies import folded, without_names
from tuidang.ledger import departures as ledger
from tuidang.ledger.departures import Departure
from tuidang.review import actions as review_actions
from tuidang.review import queries as review
from tuidang.review.content import PublicText


@transaction.atomic
def carry_on(*, departures: Iterable[Departure]) -> None:
    """Takes whoever leaves out of what is published of their group, or waits to be, before they leave.

    What stands under the number of one who leaves moves to another's. It bears no name of theirs: if its words had one, it is taken down and
    read anew. It goes where nobody is left on the record who stands, and where it would have to move while somebody objects to it. What
    a reviewer takes down is down at once, and stands nowhere else.
    """
    hold()
    for one in departures:
        _carry_on(one)


def hold() -> None:
    """Holds what is published, whole, until the transaction ends: nothing moves to another number, and what is voided is followed after it."""
    Followed.objects.select_for_update().get_or_create(id=1)


def _carry_on(one: Departure) -> None:
    group = _Group.of(one)
    every = [*one.leaving, *one.others]
    down = review_actions.carry_on(leaving=one.leaving, others=one.others, as_it_stays=group.as_it_stays)
    Statement.objects.filter(index__in=down).delete()
    firm = review.contested(every)
    for row in list(Statement.objects.select_for_update().filter(index__in=every)):
        before = PublicText(**{name: getattr(row, name) for name in PublicText.__struct_fields__})
        found = group.as_it_stays(row.index, before)
        if found is None or (found[0] != row.index and row.index in firm):
            row.delete()
        else:
            _put(row, before, *found)


def _put(row: Statement, before: PublicText, index: int, content: PublicText) -> None:
    if (content.title, content.text) != (before.title, before.text):
        row.delete()
        review_actions.ask_for_publication(index=index, content=content)
        return
    if index != row.index:
        row.delete()  # and is made anew: the number is its key
    Statement(index=index, hidden=row.hidden, **msgspec.structs.asdict(content)).save()


@dataclass(slots=True)
class _Group:
    """A departure with those whom it leaves, as they stand now. `heir`: the number that takes over, None if there is none."""

    leaves: Departure
    others: tuple[int, ...]
    heir: int | None

    @classmethod
    def of(cls, one: Departure) -> _Group:
        others = ledger.standing_of(one.others)
        return cls(one, others, min(set(others) - review.contested(others), default=None))

    def as_it_stays(self, index: int, content: PublicText) -> tuple[int, PublicText] | None:
        """Number and content of what stood under `index`, for those who stay; None: it goes."""
        moved = index in self.leaves.leaving
        number = self.heir if moved else index
        if number is None or not self.others or not self.leaves.known:
            return None
        names, entries = self.leaves.names, ledger.entries({number, *self.others})
        named = not moved and folded(content.name) not in set(map(folded, names))
        return number, msgspec.structs.replace(
            content,
            title=without_names(content.title, names),
            text=without_names(content.text, names),
            name=content.name if named else "",
            suggested=content.suggested and named,
            organisations=reduce(or_, (entries[one].organisations for one in self.others)),
            persons=len(self.others) + self.leaves.waiting,
            day=entries[number].day,
            region=entries[number].region,
        )
