"""The rules of review. Assurance and its words are docs/log-format.md, section 5."""

from __future__ import annotations

from tuidang.review.states import Pile, Verdict
from tuidang.screening.policies import WEIGHTS, Lane, Reason

SCREEN = 50
"""Declarations on one screen."""
LEASE_SECONDS = 600
UNDO_HOURS = 2
"""A refusal reaches the public list of outcomes and cannot be taken out of it: intake is told when the second hour after it has begun."""
PURGE_DAYS = 30
HOLD_DAYS = 28
"""What nobody has decided by then is held: what is said of it reaches the list of outcomes before its promise of 30 days ends."""
OVERDUE_DAYS = 58
"""The promise knows one extension of 30 days. What is older and undecided is the operator's fault, never the declarant's loss."""
PUBLISH_DAYS = 7
"""How long after sealing a text waits for a reader; then it is not published."""
WITHDRAW_DAYS = 2
"""How long who released a text can take it down again; until then review knows whose release it was."""
BOUND = 1_000
"""Queues are counted up to here."""
ANSWERED_DAYS = 30
"""How long the answer to an objection can be read; then answer and objection are deleted."""
HIDES_A_DAY = 100
"""So many objections of one day hide what they name at one time before a person has looked; each that is decided makes room for another.
Without a limit one program could empty the public pages overnight. What comes beyond it is read first: docs/adr/0012."""
LOOKED_AT_DAYS = 2
"""An objection that hides what it names, and that nobody has decided, is late from the second day after it came."""
SCREENED, REVIEWED = 1, 2
"""Assurance: by the machine alone, read by a person."""

HELD_UNLESS_CHOSEN = frozenset({Reason.LINK, Reason.PHONE})
"""What advertisements have: on a screen these stand at "hold" until the reviewer chooses otherwise."""
UNPUBLISHED_UNLESS_CHOSEN = HELD_UNLESS_CHOSEN | {Reason.EMAIL, Reason.IDENTITY_NUMBER, Reason.NAME_IN_TEXT}
_HEAVIEST_FIRST = sorted(WEIGHTS, key=lambda reason: (-WEIGHTS[reason], reason))


def rank(reasons: tuple[Reason, ...]) -> int:
    """Where on a screen a declaration stands with these reasons: beside those with the same first one."""
    return _HEAVIEST_FIRST.index(reasons[0]) if reasons else len(_HEAVIEST_FIRST)


def pile_of(lane: Lane) -> Pile:
    """Where a declaration from `lane` waits to be read."""
    return Pile(lane.value)


def verdict_of(lane: Lane) -> Verdict:
    """What holds until a person decides: what is clear counts at once."""
    return Verdict.COUNT if lane is Lane.CLEAR else Verdict.WAITING
