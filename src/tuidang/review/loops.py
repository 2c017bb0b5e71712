"""What review does beside the site."""

from __future__ import annotations

from tuidang.kernel.loops import Loop
from tuidang.review import actions

LOOPS: list[Loop] = [
    Loop(name="review-take-in", step=lambda: actions.take_in() > 0, pause_seconds=5),
    Loop(name="review-tell", step=lambda: actions.tell_intake() > 0, pause_seconds=600),
    Loop(name="review-hold", step=lambda: actions.hold_overdue() > 0, pause_seconds=3600),
    Loop(name="review-purge", step=lambda: actions.purge_refused() > 0, pause_seconds=3600),
    Loop(name="review-objections", step=lambda: actions.purge_objections() > 0, pause_seconds=3600),
    Loop(name="review-expire", step=lambda: actions.expire_publications() > 0, pause_seconds=3600),
]
