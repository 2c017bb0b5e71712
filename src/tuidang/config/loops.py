"""All loops of the register, from the apps that have some. They run as threads of the site, or in a process of their own."""

from __future__ import annotations

import threading

from tuidang.accounts.loops import LOOPS as ACCOUNTS
from tuidang.archive.loops import LOOPS as ARCHIVE
from tuidang.intake.loops import LOOPS as INTAKE
from tuidang.kernel.loops import Loop, start
from tuidang.ledger.loops import LOOPS as LEDGER
from tuidang.newsletter.loops import LOOPS as NEWSLETTER
from tuidang.newsroom.loops import LOOPS as NEWSROOM
from tuidang.public.loops import LOOPS as PUBLIC
from tuidang.review.loops import LOOPS as REVIEW
from tuidang.screening.loops import LOOPS as SCREENING

LOOPS: list[Loop] = [*ACCOUNTS, *INTAKE, *SCREENING, *REVIEW, *LEDGER, *ARCHIVE, *NEWSLETTER, *NEWSROOM, *PUBLIC]


def start_loops() -> threading.Event:
    """Starts every loop as a thread. Setting the event that is returned ends them."""
    return start(LOOPS)
