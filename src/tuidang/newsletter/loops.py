"""Letters to those who signed up, and forgetting those who did not confirm."""

from __future__ import annotations

from tuidang.kernel.loops import Loop
from tuidang.newsletter import actions, delivering, mailings, posting, returns

POST_SECONDS = 10
POST_LEASE_SECONDS = 240
"""More than a step takes with a server that answers late."""
DELIVER_SECONDS = 2
DELIVER_LEASE_SECONDS = 300
"""After a crash so long passes before another process goes on. More than a step takes, also where readers are listed first."""
RETURNS_SECONDS = 60
FORGET_SECONDS = 3600


def _forget() -> bool:
    actions.forget_old()
    return mailings.forget_old()


LOOPS = [Loop("newsletter-forget", _forget, pause_seconds=FORGET_SECONDS)]
if _step := posting.step():
    LOOPS.append(Loop("newsletter-post", _step, pause_seconds=POST_SECONDS, lease_seconds=POST_LEASE_SECONDS))
if _deliver := delivering.step():
    LOOPS.append(Loop("newsletter-deliver", _deliver, pause_seconds=DELIVER_SECONDS, lease_seconds=DELIVER_LEASE_SECONDS))
if _returns := returns.step():
    LOOPS.append(Loop("newsletter-returns", _returns, pause_seconds=RETURNS_SECONDS, lease_seconds=POST_LEASE_SECONDS))
