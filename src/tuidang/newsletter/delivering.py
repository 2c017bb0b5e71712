"""Sending mailings, one letter after the other, each once: over one connection, not more a minute to a provider than is set.

Whoever is killed leaves at most one letter of which nobody can know whether it was sent. It is told to the editor, and not sent again by itself.
"""

from __future__ import annotations

import logging
import time
from array import array
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings

from tuidang.kernel.errors import DamagedError
from tuidang.kernel.mailing import Line, MailServerError, NotNowError, Sender, UnsureError, sending
from tuidang.newsletter import actions, mailings, policies, queries, signing
from tuidang.newsletter.composing import Form, compose, form_of
from tuidang.newsletter.content import To
from tuidang.newsletter.posting import Pause
from tuidang.newsletter.states import Fate, Reason

log = logging.getLogger("tuidang.newsletter")
AT_ONCE = 50
REFUSED_IN_A_ROW = 25
"""Then it is not the readers: somebody has to look at it before all others are lost."""
BATCH_SECONDS = 120
"""After so long what was taken up and did not go waits again: with one letter more it stays within the lease, however slowly a server answers."""
BURST_SECONDS = 10
"""What a provider may get at once: as much as in so many seconds."""


@dataclass
class _Provider:
    """The deliveries that wait for one provider, and how many of them may go now."""

    a_minute: int
    waiting: array[int] = field(default_factory=lambda: array("Q"))
    pause: Pause = field(default_factory=Pause)
    _allowed: float = 0
    _at: float = 0
    _went: deque[tuple[float, int]] = field(default_factory=deque)
    """When how many went, in the last minute."""

    def may_go(self) -> int:
        if self.pause.lasts():
            return 0
        now, most = time.monotonic(), max(1.0, self.a_minute * BURST_SECONDS / 60)
        self._allowed = most if not self._at else min(most, self._allowed + (now - self._at) * self.a_minute / 60)
        self._at = now
        while self._went and self._went[0][0] <= now - 60:
            self._went.popleft()
        this_minute = sum(number for _, number in self._went)
        return max(0, min(int(self._allowed), self.a_minute - this_minute, len(self.waiting)))

    def take(self, number: int) -> list[int]:
        self._allowed -= number
        if number:
            self._went.append((self._at, number))
        return [self.waiting.pop() for _ in range(number)]


@dataclass
class Round:
    """One mailing, as this process has it before it."""

    mailing: UUID
    sender: Sender
    forms: dict[str, Form]
    providers: dict[str, _Provider] = field(default_factory=dict)
    of: dict[int, str] = field(default_factory=dict)
    """The providers of the deliveries that are taken up."""
    refused: int = 0
    """Letters, one after the other."""
    taken: bool = False
    """Whether the server took any."""
    gone: list[policies.Address] = field(default_factory=list, repr=False)
    """Mailboxes that are not there, as the server says. It is believed once it takes a letter: one that is set up wrongly says so of all."""

    def add(self, delivery: int, domain: str) -> None:
        """One more that waits."""
        name = policies.provider(domain)
        if name not in self.providers:
            self.providers[name] = _Provider(policies.rate(self.sender.rates, name))
        self.providers[name].waiting.append(delivery)

    def next(self) -> list[int]:
        """The deliveries that may go now, a share of each provider's."""
        chosen: list[int] = []
        self.of.clear()
        for name in sorted(self.providers, key=lambda one: len(self.providers[one].waiting), reverse=True):
            provider = self.providers[name]
            taken = provider.take(min(provider.may_go(), AT_ONCE - len(chosen)))
            self.of |= dict.fromkeys(taken, name)
            chosen += taken
        return chosen

    def back(self, delivery: int) -> None:
        """It did not go."""
        self.providers[self.of[delivery]].waiting.append(delivery)

    @property
    def empty(self) -> bool:
        """Whether nothing waits here."""
        return not any(one.waiting for one in self.providers.values())


@dataclass
class Courier:
    """What one process remembers between steps, and may forget: all that must hold stands in the database."""

    sender: Sender
    _round: Round | None = None
    _pause: Pause = field(default_factory=Pause)

    def step(self) -> bool:
        """Sends the next letters of the first mailing; returns whether there may be more at once. Raises MailServerError, then rests for a while."""
        if self._pause.lasts():
            return False
        mailing = mailings.next_open()
        if mailing is None:
            self._round = None
            return False
        if self._round is None or self._round.mailing != mailing:
            self._round = self._begun(mailing)
        if self._round.empty:
            _shut_out_the_gone(self._round)
            self._round = None
            return not mailings.finish(mailing=mailing)
        if not (chosen := self._round.next()):
            return False
        try:
            self._send(self._round, chosen)
        except MailServerError:
            self._pause.longer()
            raise
        except Exception:
            self._pause.longer()
            self._round = None  # what is HANDED still is looked at again before anything else goes out
            raise
        self._pause = Pause()
        return True

    def _begun(self, mailing: UUID) -> Round:
        if unknown := mailings.recover(mailing=mailing):
            log.warning("a mailing was broken off: of %s letters it is not known whether they were sent", unknown)
        while mailings.fill(mailing=mailing):
            pass
        texts = mailings.texts(mailing)
        made = Round(mailing, self.sender, {language: form_of(said, self.sender) for language, said in texts.items()})
        damaged = list(_unreadable(made))
        if damaged and made.empty:
            raise DamagedError("no address of the newsletter can be read with the key that is in DATA.keys")
        if damaged:
            mailings.give_up(mailing=mailing, deliveries=damaged)
        return made

    def _send(self, now: Round, chosen: list[int]) -> None:
        taken = mailings.take(mailing=now.mailing, deliveries=chosen)
        left = [one for one in chosen if one in taken]
        try:
            with sending(self.sender.smtp) as line, mailings.without_waiting_for_the_disk():
                self._hand_over(now, taken, left, line)
        finally:
            mailings.end_batch(mailing=now.mailing, deliveries=list(taken))
            for one in left:
                now.back(one)
        if not now.refused:
            _shut_out_the_gone(now)

    def _hand_over(self, now: Round, taken: dict[int, tuple[To, str]], left: list[int], line: Line) -> None:
        """Takes from `left` what is done with. What became of a letter is noted in the commit that hands over the next."""
        signer, done, until = signing.signer(), dict[int, Fate](), time.monotonic() + BATCH_SECONDS
        try:
            while left and time.monotonic() < until:
                delivery = left[-1]
                to, language = taken[delivery]
                form = now.forms.get(language) or next(iter(now.forms.values()))
                letter = compose(form, to, mailing=now.mailing, sender=self.sender, signer=signer)
                may_go = mailings.step_on(done=done, hand=delivery)
                done = {}
                left.pop()
                if may_go and (fate := self._fate(now, delivery, lambda mail=letter: line.hand_over(mail))):  # type: ignore[misc]
                    done = {delivery: fate}
                    now.gone += [to.address] if fate is Fate.REFUSED and line.nobody_there else []
        finally:
            if done:
                mailings.step_on(done=done, hand=None)

    def _fate(self, now: Round, delivery: int, hand_over: Callable[[], bool]) -> Fate | None:
        """What became of a letter that is HANDED; None where that is noted already. Raises MailServerError."""
        provider = now.providers[now.of[delivery]]
        try:
            taken = hand_over()
        except NotNowError:
            provider.pause.longer()
            if mailings.wanted_later(delivery=delivery, most=policies.MOST_TRIES):
                now.back(delivery)
            return None
        except UnsureError:
            mailings.step_on(done={delivery: Fate.UNKNOWN}, hand=None)
            raise
        except MailServerError:
            mailings.step_on(done={delivery: Fate.WAITING}, hand=None)
            now.back(delivery)
            raise
        provider.pause = Pause()
        now.refused, now.taken = 0 if taken else now.refused + 1, now.taken or taken
        if now.refused == REFUSED_IN_A_ROW:
            log.error("the server refuses one letter of a mailing after the other: it is paused")
            mailings.pause(mailing=now.mailing)
        return Fate.SENT if taken else Fate.REFUSED


def _shut_out_the_gone(now: Round) -> None:
    """As if the letter had come back."""
    while now.taken and now.gone:
        actions.shut_out(address=now.gone.pop(), reason=Reason.BOUNCED)


def _unreadable(made: Round) -> Iterator[int]:
    """Lists in `made` all that waits; gives out what is of an address that cannot be read."""
    after = 0
    while rows := mailings.waiting(made.mailing, after=after):
        after = rows[-1][0]
        for delivery, reader in rows:
            try:
                if reader is not None:
                    made.add(delivery, queries.typed_address(reader).domain)
            except DamagedError:
                yield delivery


def try_out(*, mailing_texts: dict[str, Form], language: str, to: To, mailing: UUID, sender: Sender) -> bool:
    """Sends one letter to one address, as it would go out; whether the server took it. Raises MailServerError, NotNowError.

    Who asked never to be written to gets none of these either.
    """
    if queries.never_written_to(to.address):
        return False
    letter = compose(mailing_texts[language], to, mailing=mailing, sender=sender, signer=signing.signer())
    with sending(sender.smtp) as line:
        return line.hand_over(letter)


def step() -> Callable[[], bool] | None:
    """The step of the loop; None where the newsletter is off."""
    sender: Sender | None = settings.ENVIRONMENT.newsletter
    return None if sender is None else Courier(sender).step
