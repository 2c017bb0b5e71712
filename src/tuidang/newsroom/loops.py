"""What is scheduled goes out by itself, and every edition gets its share card."""

from __future__ import annotations

from django.utils import translation

from tuidang.kernel.loops import Loop
from tuidang.newsroom import actions, cards, mailings, milestones, queries, showing

CARDS = 5
_drawn_to = [0]
"""The number of the last edition whose card this process saw to. After a restart it looks at all of them again: those that are there cost a look."""


def draw_cards() -> bool:
    """Draws the cards of the next editions; whether there may be more. The step of a loop."""
    found = queries.after(_drawn_to[0], at_most=CARDS)
    for one in found:
        with translation.override(one.language):
            cards.make(one, showing.around(one))
        _drawn_to[0] = one.id
    return len(found) == CARDS


LOOPS = [
    Loop("newsroom-publish", lambda: actions.publish_due() > 0, pause_seconds=20),
    Loop("newsroom-mailings", lambda: mailings.hand_on() > 0, pause_seconds=20),
    Loop("newsroom-milestones", milestones.prepare_reached, pause_seconds=60),
    Loop("newsroom-cards", draw_cards, pause_seconds=5),
]
