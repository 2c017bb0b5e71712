"""Some months of a register, told in a minute: people hand in through the public interfaces while the clock is moved from week to week.

Site and signer run as always, but for the loops, whose work is done here, in order. All processes read the same clock file; it is gone
at the end, so the demo's last day is today.
"""

from __future__ import annotations

import os
import random
import shutil
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count, pairwise
from pathlib import Path

from tlog.clock import VARIABLE
from tuidang.demo.bar import Bar
from tuidang.demo.editor import Editor, let_everyone_write, messages
from tuidang.demo.reviewer import Reviewer, let_the_machine_look
from tuidang.demo.visitor import Visitor
from tuidang.demo.world import Invented, people
from tuidang.kernel.places import places
from tuidang.ledger import actions as ledger
from tuidang.ledger import sealing
from tuidang.ops.serving import SignerProcess, check_not_ended, new_origin, prepare, seal_founding, start_site, wait_for_site
from tuidang.ops.standing import DEMO
from tuidang.public.pages import render_ahead
from tuidang.review import actions as review

BASELINE = 466_912_443
SOURCE = "全球退党服务中心, Global Tuidang Center, 2026-10-02"
DAY = 86_400
MOST_WEEKS = 26
AT_ONCE = 4
TAKEN_BACK = 0.01
STILL_WAITING = 0.01


@dataclass(slots=True)
class Told:
    """What the story leaves in memory: codes of the declarations, oldest first, by whether their declarant took them back."""

    codes: deque[tuple[str, Invented]] = field(default_factory=lambda: deque(maxlen=500))
    taken_back: list[str] = field(default_factory=list)


def weeks_of(number: int) -> int:
    """Over how many weekly batches `number` declarations are spread; never so few a week that one stays empty."""
    return max(2, min(MOST_WEEKS, number // 12 + 2))


def older_checkpoint() -> Path:
    """The last but one checkpoint, as a mirror would have kept it: what `tuidang demo cheat` goes back to."""
    return places().data / "older-checkpoint"


def clock_file() -> Path:
    """The file that moves the clock of all processes of this demo."""
    return places().data.with_name(f"{places().data.name}.clock")


@contextmanager
def moved_clock() -> Iterator[None]:
    """Within it `days_ago` sets the day; after it there is no clock file."""
    os.environ[VARIABLE] = str(clock_file())
    try:
        yield
    finally:
        clock_file().unlink(missing_ok=True)


def days_ago(days: int) -> None:
    """Moves the clock of all processes, in one step: a reader sees the old time or the new one."""
    new = clock_file().with_suffix(".new")
    new.write_text(str(-days * DAY))
    new.replace(clock_file())


def tell(number: int, *, port: int, lock: int, bar: Bar) -> Told:
    """Fills an empty data folder with `number` declarations. Raises SetUpError, BusyError if site or signer fail."""
    weeks = weeks_of(number)
    with ExitStack() as stack:
        stack.enter_context(moved_clock())
        days_ago(7 * weeks + 1)
        prepare(new_origin(DEMO))
        log = stack.enter_context((places().data / "signer.log").open("ab"))
        stack.enter_context(SignerProcess(log))
        seal_founding()
        ledger.set_baseline(total=BASELINE, source=SOURCE)
        site = start_site(port, lock=lock, loops=False)
        stack.callback(site.stop)
        wait_for_site(site, port)
        return _Teller(number, port, bar).tell(weeks)


class _Teller:
    def __init__(self, number: int, port: int, bar: Bar) -> None:
        self._all = list(people(number))
        self._port = port
        self._bar = bar
        self._chance = random.Random(number)  # noqa: S311  the same story each time
        self._reviewer = Reviewer(self._chance)
        self._editor = Editor(self._reviewer.id)
        let_everyone_write()
        self._told = Told()
        self._last_week: list[tuple[str, Invented]] = []
        self._number = count(1)

    def tell(self, weeks: int) -> Told:
        waiting = int(len(self._all) * STILL_WAITING)
        for week, batch in enumerate(_spread(self._all[: len(self._all) - waiting], weeks), 1):
            self._week(batch, weeks - week, f"week {week} of {weeks}")
        days_ago(0)
        messages(self._port, self._reviewer.id)
        self._hand_in(self._all[len(self._all) - waiting :], "today")
        let_the_machine_look()
        render_ahead()
        return self._told

    def _week(self, batch: Sequence[Invented], weeks_left: int, what: str) -> None:
        """What is handed in on one day is read the same day and sealed on the next."""
        check_not_ended()
        days_ago(7 * weeks_left + 1)
        self._some_take_back()
        self._hand_in(batch, what)
        self._reviewer.read()
        days_ago(7 * weeks_left)
        let_the_machine_look()
        if not weeks_left:
            shutil.copyfile(places().ledger / "checkpoint", older_checkpoint())
        sealing.seal(force=not weeks_left)
        self._reviewer.publish()
        self._editor.publish(weeks_left)
        review.purge_refused()
        if weeks_left:
            render_ahead()  # on the last day only when all is done: unsealed figures move no more than once in ten minutes

    def _hand_in(self, batch: Sequence[Invented], what: str) -> None:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            shares = [batch[at::AT_ONCE] for at in range(AT_ONCE)]
            for _ in pool.map(lambda share: self._one_after_the_other(share, what), shares):
                continue

    def _one_after_the_other(self, share: Sequence[Invented], what: str) -> None:
        with Visitor(self._port) as visitor:
            for one in share:
                handed_in = (visitor.hand_in(one), one)
                self._last_week.append(handed_in)
                self._told.codes.append(handed_in)
                self._bar(next(self._number), what)

    def _some_take_back(self) -> None:
        """About one in a hundred of the week before, and in a long story at least one. Older ones may be refused and gone by now."""
        codes = [code for code, one in self._last_week if not one.by_client]
        self._last_week.clear()
        wanted = [code for code in codes if self._chance.random() < TAKEN_BACK] or codes[: len(codes) > 20]
        with Visitor(self._port) as visitor:
            for code in wanted:
                visitor.take_back(code)
        self._told.taken_back += wanted


def _spread(every: Sequence[Invented], weeks: int) -> Iterator[Sequence[Invented]]:
    """`weeks` shares of nearly the same size, in order; the first ones are the larger, so that none before the last is empty."""
    ends = [-(-len(every) * week // weeks) for week in range(weeks + 1)]
    return (every[first:last] for first, last in pairwise(ends))
