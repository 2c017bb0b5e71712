"""The demo's reviewer: reads what the machine would not pass and a good part of the rest, refuses advertisements, decides on publishing."""

from __future__ import annotations

import random
from collections.abc import Sequence
from uuid import UUID

from tuidang.accounts import actions as accounts
from tuidang.accounts import queries as staff
from tuidang.accounts.policies import Role
from tuidang.archive import actions as archive
from tuidang.demo.world import ADVERT
from tuidang.review import actions, queries
from tuidang.review.content import OnScreen
from tuidang.review.states import Pile, Refusal, Wish
from tuidang.screening import actions as screening

NAME = "Demo reviewer"
READS_ON = 0.6
"""How likely another screen is read of what the machine has passed already."""
PUBLISHES = 0.85
DOUBTS = 0.15
"""How likely a very large group by the web form is refused."""
_LARGE = 20


class Reviewer:
    """A member of staff who decides; `chance` makes the same decisions for the same world."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.id = _own()

    def read(self) -> None:
        """Screens what came in and decides as much of it as a reviewer would today."""
        let_the_machine_look()
        while actions.claim(member=self.id):
            rows = queries.held_screen(self.id)[0]
            if all(row.queue is Pile.CLEAR for row in rows) and self._chance.random() > READS_ON:
                break
            self._decide(rows)

    def _decide(self, rows: list[OnScreen]) -> None:
        marked = {row.declaration: refusal for row in rows if (refusal := self._refusal(row)) is not None}
        wished = [row.declaration for row in rows if row.publication is Wish.WAITING and row.declaration not in marked]
        publish, decline = self._sort(wished)
        actions.decide_publication(member=self.id, publish=publish, decline=decline)
        actions.decide_screen(member=self.id, approve=[row.declaration for row in rows], marked=marked)

    def _refusal(self, row: OnScreen) -> Refusal | None:
        if ADVERT in row.text:
            return Refusal.SPAM
        large = len(row.names) > _LARGE and row.queue is Pile.LOOK
        return Refusal.INVENTED if large and self._chance.random() < DOUBTS else None

    def _sort(self, ids: list[UUID]) -> tuple[list[UUID], list[UUID]]:
        """To be published, and not. Some are left open: they come again once they are sealed."""
        drawn = [(one, self._chance.random()) for one in ids]
        return [one for one, luck in drawn if luck < PUBLISHES - DOUBTS], [one for one, luck in drawn if luck > PUBLISHES]

    def publish(self) -> None:
        """Decides on the texts that were sealed unread, and has the archive take what may be shown."""
        while actions.claim_items(member=self.id):
            items = [item.id for item in queries.held_items(self.id)[0]]
            decline = {one for one in items if self._chance.random() > PUBLISHES}
            actions.decide_publication_items(member=self.id, publish=[one for one in items if one not in decline], decline=decline)
        while archive.take_in():
            continue


def let_the_machine_look() -> None:
    """Screening, and what review takes over from it: what the site's loops do while it serves."""
    while screening.screen_new():
        continue
    while actions.take_in():
        continue
    while actions.tell_intake():
        continue


def member(name: str, roles: Sequence[Role]) -> UUID:
    """The member of the demo's staff of this name, invited with these roles at first use."""
    there = {one.name: one.id for one in staff.members()}
    if name not in there:
        accounts.invite(name=name, roles=roles, by=None)
        there = {one.name: one.id for one in staff.members()}
    return there[name]


def _own() -> UUID:
    return member(NAME, [Role.OPERATOR, Role.REVIEWER, Role.EDITOR])


def sign_in_link() -> str:
    """The token of a fresh one-time link for the demo's reviewer."""
    return accounts.new_link(member=_own(), by=None)
