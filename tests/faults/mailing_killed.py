"""Works on the mails of a Maildir, and kills itself at a chosen moment; prints what is stored.

python -m tests.faults.mailing_killed MAILDIR PORT MOMENT     MOMENT: one of MOMENTS, or "never"
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402 -- Django must be set up first
from tests.intake.mailing import settings_for  # noqa: E402 -- as above

from tuidang.intake import actions, claims, correspondence  # noqa: E402 -- as above
from tuidang.intake.mailbox import MaildirMailbox, Server  # noqa: E402 -- as above
from tuidang.intake.models import Claim, Declaration  # noqa: E402 -- as above

MOMENTS: dict[str, tuple[Any, str, bool]] = {
    "read": (MaildirMailbox, "read", True),
    "before it is accepted": (actions, "accept", False),
    "accepted, and its claim not noted": (actions, "accept", True),
    "taken in": (claims, "take_in", True),
    "before its answer is sent": (correspondence, "send", False),
    "answered": (correspondence, "send", True),
    "before it is deleted": (MaildirMailbox, "delete", False),
    "deleted": (MaildirMailbox, "delete", True),
}


def deadly(real: Callable[..., Any], *, after: bool) -> Callable[..., Any]:
    def work(*arguments: Any, **named: Any) -> Any:
        if after:
            real(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    return work


def main(folder: Path, port: int, moment: str) -> None:
    """See above."""
    call_command("migrate", verbosity=0)
    if moment in MOMENTS:
        place, name, after = MOMENTS[moment]
        setattr(place, name, deadly(getattr(place, name), after=after))
    office = correspondence.Correspondence(settings_for(folder, Server("127.0.0.1", port, "", "", encrypted=False)))
    while office.step():
        continue
    sys.stdout.write(json.dumps({"declarations": Declaration.objects.count(), "claims": Claim.objects.count()}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
