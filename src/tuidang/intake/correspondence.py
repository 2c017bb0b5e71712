"""Declaring by e-mail: each mail is taken in, answered, deleted, in this order, so that a crash in between repeats a step and loses none.

Taking in twice is taking in once. An answer may go out twice: a server that took it may die before it says so, and nobody can ask it.
While no answer can be sent nothing is taken in. What cannot be worked on now is tried again later, ever more seldom, and holds up no other;
once it is too old to declare anything it is deleted unanswered. Where a server refuses an answer for good the mail is deleted too: its
declaration counts, and nobody has its code.
"""

from __future__ import annotations

import hmac
import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal

from django.conf import settings
from django.db import DatabaseError

from tuidang.intake import claims, layout
from tuidang.intake.letters import Letter, claim_letter, help_letter, late_letter, quotes_us, send
from tuidang.intake.mail import LARGEST, Mail, read_mail
from tuidang.intake.mailbox import Arrived, Mailbox, MailSettings, opened
from tuidang.kernel import clock
from tuidang.kernel.errors import BusyError, InvalidInputError
from tuidang.kernel.mailing import BrokenOffError, MailServerError, NotNowError
from tuidang.kernel.randomness import random_bytes
from tuidang.reference import switches
from tuidang.vault.mailkeys import WORKED_DAYS, Claim, can_be_worked_on

log = logging.getLogger("tuidang.mail")
Kind = Literal["claim", "help", "late", "strange"]
AT_ONCE = 5
"""Mails a step: with a slow server, less than the lease."""
FIRST_PAUSE_SECONDS = 60
LONGEST_PAUSE_SECONDS = 3600
AN_HOUR: Mapping[Kind, int] = {"claim": 3000, "help": 300, "late": 300, "strange": 60}
"""Answers of each kind. `strange`, to mails that hold nothing of the layout: most are advertising under a stranger's address, who should not get
them."""
TO_ONE_A_DAY: Mapping[Kind, int] = {"claim": 100, "help": 5, "late": 5, "strange": 2}
"""To one address: it may be another machine's, that answers each of ours, or that of someone who never wrote to us."""


@dataclass
class _Pause:
    until: float = 0
    seconds: float = FIRST_PAUSE_SECONDS / 2

    def longer(self) -> None:
        self.seconds = min(LONGEST_PAUSE_SECONDS, self.seconds * 2)
        self.until = time.monotonic() + self.seconds

    def lasts(self) -> bool:
        return time.monotonic() < self.until


@dataclass
class _Allowance:
    """How many answers went out, this hour and today to each address: under a key that ends with the day or the process."""

    _hour: int = 0
    _this_hour: Counter[Kind] = field(default_factory=Counter)
    _day: int = 0
    _key: bytes = b""
    _today: Counter[tuple[Kind, bytes]] = field(default_factory=Counter)

    def take(self, kind: Kind, address: str) -> bool:
        """Whether one more may go to `address`; then it is counted."""
        if self._hour != clock.hour():
            self._hour, self._this_hour = clock.hour(), Counter()
        if self._day != clock.today():
            self._day, self._key, self._today = clock.today(), random_bytes(32), Counter()
        one = kind, hmac.digest(self._key, address.lower().encode(), sha256)[:16]
        if self._this_hour[kind] >= AN_HOUR[kind] or self._today[one] >= TO_ONE_A_DAY[kind]:
            return False
        self._this_hour[kind] += 1
        self._today[one] += 1
        return True


@dataclass
class Correspondence:
    """What one process remembers between steps, and may forget: it only saves work."""

    settings: MailSettings
    _all: _Pause = field(default_factory=_Pause)
    _each: dict[str, _Pause] = field(default_factory=dict)
    _allowance: _Allowance = field(default_factory=_Allowance)

    def step(self) -> bool:
        """Works on a few mails; returns whether there may be more. Raises MailServerError, after which it rests for a while."""
        if self._all.lasts() or not switches.intake_open():
            return False
        try:
            with opened(self.settings) as mailbox:
                due = self._due(mailbox)
                for name in due:
                    self._work_on(name, mailbox)
        except (BusyError, DatabaseError):
            self._all.longer()
            raise
        self._all = _Pause()
        return bool(due)

    def _due(self, mailbox: Mailbox) -> list[str]:
        """Those that were never tried, and one at least of those whose pause is over: neither kind holds up the other."""
        again = [name for name, pause in self._each.items() if not pause.lasts()]
        new = mailbox.names(self._each)[: AT_ONCE - bool(again)]
        return new + again[: AT_ONCE - len(new)]

    def _work_on(self, name: str, mailbox: Mailbox) -> None:
        arrived = None
        try:
            arrived = mailbox.read(name, LARGEST + 1)
            if arrived is None or self._answer(arrived):
                self._delete(name, mailbox)
                return
        except BrokenOffError:
            self._each.setdefault(name, _Pause()).longer()  # else it would be the first again, and no other ever come to its turn
            raise
        except (MailServerError, BusyError, DatabaseError):
            raise
        except NotNowError:
            pass
        except Exception as error:  # noqa: BLE001  whatever is wrong with one mail, the next one is read
            log.error("a mail could not be worked on: %s", type(error).__name__)  # noqa: TRY400  no traceback: it could show content
        if arrived is not None and arrived.day < clock.today() - WORKED_DAYS:
            self._delete(name, mailbox)
            return
        self._each.setdefault(name, _Pause()).longer()

    def _delete(self, name: str, mailbox: Mailbox) -> None:
        mailbox.delete(name)
        self._each.pop(name, None)

    def _answer(self, arrived: Arrived) -> bool:
        """Whether the mail is done with. Raises NotNowError, MailServerError, BusyError."""
        if arrived.day > clock.today() + 1:
            log.warning("a mail of a day to come is left for later: is a clock wrong?")
            return False
        mail = read_mail(arrived.raw, self.settings.address)
        letter = self._letter(mail, arrived.day) if mail.answer_to else None
        if letter is not None:
            send(letter, mail.answer_to, self.settings)
        return True

    def _letter(self, mail: Mail, day: int) -> Letter | None:
        """The answer, once what it says is durable; None if none is owed. Raises NotNowError where a declaration waits for its turn."""
        found = layout.read(mail.text)
        if not can_be_worked_on(day):
            return late_letter(found.language) if self._may_say("late", mail) else None
        problems: dict[str, str] = {"mail": mail.problem} if mail.problem else found.problems()
        if not problems:
            declaration = found.declaration("email")
            persons = len(declaration.persons)
            if not self._allowance.take("claim", mail.answer_to):
                raise NotNowError("as many declarations as an hour, or an address a day, may bring")
            claim = Claim.of_mail(mail.digest, day=day, persons=persons)
            around = Claim.of_mail_around(mail.digest, day=day, persons=persons)
            try:
                owed = claims.take_in(declaration=declaration, claim=claim, around=around)
                return claim_letter(found.language, owed) if owed else None
            except InvalidInputError as error:
                problems = error.problems
        if found.language:
            return help_letter(found.language, problems) if self._may_say("help", mail) else None
        # Of what is no attempt at the layout it is not said, line by line, what all is missing.
        return help_letter("", {"mail": mail.problem} if mail.problem else {}) if self._may_say("strange", mail) else None

    def _may_say(self, kind: Kind, mail: Mail) -> bool:
        """Whether to answer what declares nothing: not what quotes an answer of ours, for a machine that does would do so for ever."""
        return not quotes_us(mail.text) and self._allowance.take(kind, mail.answer_to)


def step() -> Callable[[], bool] | None:
    """The step of the loop; None where declaring by e-mail is off."""
    mail: MailSettings | None = settings.ENVIRONMENT.mail
    return None if mail is None else Correspondence(mail).step
