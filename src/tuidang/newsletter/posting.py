"""Answering those who signed up: a letter is handed over, then its wish is done with, so that a crash in between repeats one and loses none.

A letter may go out twice, with the same links and the same number, by which servers know it: one that took it may die before it says so.
What cannot be delivered now is tried again later, ever more seldom, and holds up no other; after three days it is deleted unanswered.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError

from tuidang.kernel.errors import BusyError, DamagedError
from tuidang.kernel.mailing import BrokenOffError, Line, MailServerError, NotNowError, Sender, sending
from tuidang.newsletter import actions, queries
from tuidang.newsletter.letters import signing_up

log = logging.getLogger("tuidang.newsletter")
AT_ONCE = 10
FIRST_PAUSE_SECONDS = 60
LONGEST_PAUSE_SECONDS = 3600


@dataclass
class Pause:
    """How long to leave something alone: twice as long each time."""

    until: float = 0
    seconds: float = FIRST_PAUSE_SECONDS / 2

    def longer(self) -> None:
        """Begins it, or another one."""
        self.seconds = min(LONGEST_PAUSE_SECONDS, self.seconds * 2)
        self.until = time.monotonic() + self.seconds

    def lasts(self) -> bool:
        """Whether it is not over."""
        return time.monotonic() < self.until


@dataclass
class Post:
    """What one process remembers between steps, and may forget: it only saves work."""

    sender: Sender
    _all: Pause = field(default_factory=Pause)
    _each: dict[UUID, Pause] = field(default_factory=dict)

    def step(self) -> bool:
        """Answers a few wishes; returns whether there may be more. Raises MailServerError, after which it rests for a while."""
        if self._all.lasts():
            return False
        due = queries.wishes(without=[wish for wish, pause in self._each.items() if pause.lasts()], most=AT_ONCE)
        if not due:
            return False
        try:
            with sending(self.sender.smtp) as line:
                for wish in due:
                    self._answer(wish, line)
        except (BusyError, DatabaseError):
            self._all.longer()
            raise
        self._all = Pause()
        return True

    def _answer(self, wish: UUID, line: Line) -> None:
        try:
            owed = actions.take_up(wish=wish)
            if owed is not None:
                actions.settle(owed=owed, taken=line.hand_over(signing_up(owed, self.sender)))
        except BrokenOffError:
            self._pause(wish)  # else it would be the first again, and no other ever come to its turn
            raise
        except (MailServerError, BusyError, DatabaseError):
            raise
        except NotNowError:
            self._pause(wish)
        except (DamagedError, ValueError, TypeError) as error:
            log.error("a letter could not be written: %s", type(error).__name__)  # noqa: TRY400  no traceback: it could show an address
            self._pause(wish)
        else:
            self._each.pop(wish, None)

    def _pause(self, wish: UUID) -> None:
        self._each.setdefault(wish, Pause()).longer()


def step() -> Callable[[], bool] | None:
    """The step of the loop; None where the newsletter is off."""
    sender: Sender | None = settings.ENVIRONMENT.newsletter
    return None if sender is None else Post(sender).step
