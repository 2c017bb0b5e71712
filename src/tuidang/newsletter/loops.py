"""Letters to those who signed up, and forgetting those who did not confirm."""

from __future__ import annotations

from tuidang.kernel.loops import Loop
from tuidang.newsletter import actions, posting

POST_SECONDS = 10
POST_LEASE_SECONDS = 240
"""More than a step takes with a server that answers late."""
FORGET_SECONDS = 3600


def _forget() -> bool:
    actions.forget_old()
    return False


LOOPS = [Loop("newsletter-forget", _forget, pause_seconds=FORGET_SECONDS)]
if _step := posting.step():
    LOOPS.append(Loop("newsletter-post", _step, pause_seconds=POST_SECONDS, lease_seconds=POST_LEASE_SECONDS))
