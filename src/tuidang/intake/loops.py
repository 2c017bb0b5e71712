"""Keys by the clock, and forgetting: keys that no token and no repeated body needs any more, tokens that have expired."""

from __future__ import annotations

from django.conf import settings

from tuidang.intake import actions, claims, correspondence
from tuidang.intake.contact import actions as contact
from tuidang.intake.support import actions as support
from tuidang.kernel.loops import Loop
from tuidang.vault import daykeys, formkeys, mailkeys

MEMORY_SECONDS = 5
MAIL_SECONDS = 30
MAIL_LEASE_SECONDS = 240
"""More than a step takes with servers that answer late."""


def _forget() -> bool:
    formkeys.make_next()
    formkeys.drop_old()
    mailkeys.drop_old()
    if settings.ENVIRONMENT.mail is not None:
        mailkeys.make_next()
    actions.forget_spent()
    claims.forget_old()
    return False


def _forget_in_memory() -> bool:
    formkeys.forget_old()
    daykeys.forget_dead()
    return False


FORGET_SECONDS = 3600
LOOPS = [
    Loop("intake-support", lambda: support.forget_old() > 0, pause_seconds=FORGET_SECONDS),
    Loop("intake-contact", lambda: contact.forget_old() > 0, pause_seconds=FORGET_SECONDS),
    # Twice a period, so that the next one's key is there before it begins.
    Loop("intake-forget", _forget, pause_seconds=formkeys.CLIENT_SECONDS / 2),
    # Without a lease: each process has a memory of its own.
    Loop("intake-memory", _forget_in_memory, pause_seconds=MEMORY_SECONDS, lease_seconds=0),
]
if _step := correspondence.step():
    LOOPS.append(Loop("intake-mail", _step, pause_seconds=MAIL_SECONDS, lease_seconds=MAIL_LEASE_SECONDS))
