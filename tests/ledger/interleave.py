"""Two sealers, and a declaration that arrives between them, in every order of their steps.

A sealer is a thread that stops before each of its steps until it is its turn, and never inside a transaction. One run follows one schedule; from
each state that no run has been in before, every other continuation is tried as well, so all orders are covered without repeating those
that come to the same. Each state is also one in which both sealers are killed.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from tests.ledger.register import declare, forget_memory, is_pending

from tuidang.intake.models import Declarant
from tuidang.kernel.errors import BusyError
from tuidang.ledger import adapters, batch, gathering, moving, queries, sealing, stage
from tuidang.ledger.stage import Staged
from tuidang.vault import daykeys
from tuidang.vault.codes import Code
from tuidang.vault.models import DayKey, DyingKey

Point = tuple[Any, str]
STEPS: list[Point] = [
    (sealing, "recover"),
    (gathering, "candidates"),
    (sealing, "stage"),
    (sealing, "sign"),
    (sealing, "publish"),
    (sealing, "show"),
    (moving, "move"),
    (sealing, "end_day"),
    (stage, "drop_outlived"),
]
"""The steps of docs: what is between two of them belongs to the first."""
LOOKS: list[Point] = [
    (sealing, "_lock"),
    (batch, "make"),
    (sealing, "sign"),
    (moving, "_move"),
    (stage, "drop_outlived"),
]
"""Where a sealer has read how things stand, and has not acted on it yet."""
KEYS: list[Point] = [
    (stage, "write_durably"),
    (daykeys, "alive"),
    (sealing, "sign"),
    (sealing, "publish"),
    (sealing, "_dies"),
    (daykeys, "bury"),
]
"""Where a day key is born, used or dies."""
STEP_SECONDS = 60
ARRIVAL = 2


class KilledError(BaseException):
    """Stands for kill -9: nothing that handles errors sees it."""


class Sealer(threading.Thread):
    """One sealer with its own memory of keys. `at`: the step before which it stands, and what it is about to do it with."""

    def __init__(self, run: Run, label: str) -> None:
        super().__init__(daemon=True)
        self.run_, self.label = run, label
        self.at: tuple[object, ...] = ("start",)
        self._killed = False
        self._memory: tuple[dict, list] = ({}, [])
        self._turn, self._stopped = threading.Semaphore(0), threading.Semaphore(0)
        self.start()

    @property
    def done(self) -> bool:
        return self.at == ("done",)

    def run(self) -> None:
        try:
            self._wait()
            sealing.seal(force=True)
        except (BusyError, KilledError):
            pass
        except BaseException as error:  # noqa: BLE001 -- whatever it is, the run fails with it
            self.run_.failures.append(f"{self.label}: {error!r}")
        finally:
            self.at = ("done",)
            connection.close()
            self._stopped.release()

    def _wait(self) -> None:
        if not self._turn.acquire(timeout=STEP_SECONDS) or self._killed:
            raise KilledError
        daykeys._cache, daykeys._remembered = self._memory

    def stop_before(self, *doing: object) -> None:
        self.at = doing
        self._stopped.release()
        self._wait()

    def step(self) -> None:
        """Goes on to the next point."""
        self._turn.release()
        assert self._stopped.acquire(timeout=STEP_SECONDS), f"{self.label} hangs after {self.at}"

    def kill(self) -> None:
        if not self.done:
            self._killed = True
            self._turn.release()
        self.join(STEP_SECONDS)


@dataclass(slots=True)
class Run:
    """One run of one schedule on a register that stands still."""

    unfinished: bool = False
    codes: list[Code] = field(default_factory=list)
    names: dict[object, str] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    sealers: list[Sealer] = field(default_factory=list)
    arrived: bool = False

    def begin(self) -> None:
        if self.unfinished:
            self.codes.append(declare())
            leave_unfinished()
        self.codes += [declare(), declare()]
        self._name_what_is_new("0")
        self.sealers = [Sealer(self, label) for label in "AB"]

    def enabled(self) -> list[int]:
        moving_on = [number for number, one in enumerate(self.sealers) if not one.done]
        return moving_on if self.arrived else [*moving_on, ARRIVAL]

    def step(self, who: int) -> None:
        if who == ARRIVAL:
            self.arrived = True
            forget_memory()
            self.codes.append(declare())
            self._name_what_is_new("C")
        else:
            self.sealers[who].step()
            self._name_what_is_new(self.sealers[who].label)

    def _name_what_is_new(self, by: str) -> None:
        """Trees and keys are called by who made them, so that runs in which the same was done in another order compare as equal."""
        keys = [*DayKey.objects.order_by("current").values_list("id", flat=True), *DyingKey.objects.values_list("id", flat=True)]
        for thing in [adapters.head().root, *(name.root for name in stage.names()), *keys]:
            if thing not in self.names:
                self.names[thing] = f"{by}{sum(name.startswith(by) for name in self.names.values())}"

    def name(self, thing: object) -> object:
        """How `thing`, an argument of a step, is called."""
        if isinstance(thing, Staged):
            return self.names.get(thing.root, "new"), len(thing.entries)
        if isinstance(thing, batch.Batch):
            return self.names[thing.head.root], len(thing.entries)
        if isinstance(thing, Path):
            return thing.suffix
        if isinstance(thing, list):
            return tuple(map(self.name, thing))
        return self.names.get(thing, "new") if isinstance(thing, (bytes, int)) else None

    def trees(self) -> tuple[object, ...]:
        there = adapters.published()
        assert there is not None
        return tuple(self.names.get(tree.root) for tree in (adapters.head(), there.checkpoint, adapters.signer().lock()))

    def state(self) -> tuple[object, ...]:
        """What any process can see, and what each sealer knows. From the same state all goes on alike."""
        rows = set(Declarant.objects.values_list("key_id", flat=True))
        keys = DayKey.objects.values_list("id", "current")
        return (
            self.arrived,
            Declarant.objects.count(),
            self.trees(),
            frozenset((self.name(one.root), self.name(one.key)) for one in stage.names()),
            frozenset((self.name(key), current, key in rows) for key, current in keys),
            frozenset(map(self.name, DyingKey.objects.values_list("id", flat=True))),
            *(one.at for one in self.sealers),
        )

    def end(self, check: Callable[[], object]) -> None:
        """Kills who is still running, lets a fresh sealer finish, and looks whether everyone is there once."""
        for one in self.sealers:
            one.kill()
        forget_memory()
        sealing.seal(force=True)
        check()
        indexes = [found.index for code in self.codes if (found := queries.opened(code))]
        assert len(indexes) == len(self.codes), "lost"
        assert len(set(indexes)) == len(indexes), "twice"
        assert not any(map(is_pending, self.codes))
        assert queries.snapshot().totals.count == queries.count_from_tables()["count"]


def leave_unfinished() -> None:
    """A batch whose rows are moved, and whose sealer was killed before the day key died."""
    with pytest.MonkeyPatch.context() as patch:

        def die() -> None:
            raise KilledError

        patch.setattr(sealing, "end_day", die)
        with pytest.raises(KilledError):
            sealing.seal(force=True)


def _read(run: Run, name: str) -> tuple[object, ...]:
    """What a sealer has read already and is not an argument: where the tables stand, before it gathers and before it asks for the lock."""
    return run.trees()[:2] if name in ("candidates", "_lock") else ()


def patch_points(patch: pytest.MonkeyPatch, points: Iterable[Point]) -> None:
    """Has every sealer stop at `points`; whoever is none passes."""
    for module, name in points:

        def stop_first(*arguments, _step=getattr(module, name), _name=name, **named):  # noqa: B008 -- each its own
            current = threading.current_thread()
            if isinstance(current, Sealer) and not connection.in_atomic_block:
                current.stop_before(_name, *map(current.run_.name, (*arguments, *named.values())), *_read(current.run_, _name))
            found = _step(*arguments, **named)
            if isinstance(current, Sealer) and _name == "candidates":
                current.stop_before("what was gathered is used", len(found))
            return found

        patch.setattr(module, name, stop_first)


def explore(
    monkeypatch: pytest.MonkeyPatch,
    points: list[Point],
    check: Callable[[], object],
    full_check: Callable[[], object],
    *,
    unfinished: bool,
    at_most: int | None = None,
) -> int:
    """Tries every order; returns how many runs it took. Raises AssertionError with the schedule that failed.

    `unfinished`: each run begins with a batch whose sealer was killed before its last steps. `at_most` runs: orders that are far from each
    other first, the same ones each time.
    """
    choice = random.Random(1)
    seen: set[object] = set()
    waiting: list[tuple[int, ...]] = [()]
    runs = 0
    monkeypatch.setattr(daykeys, "_cache", {})
    monkeypatch.setattr(daykeys, "_remembered", [])
    patch_points(monkeypatch, points)
    while waiting and runs != at_most:
        schedule = waiting.pop(choice.randrange(len(waiting)))
        runs += 1
        try:
            waiting += _one(Run(unfinished=unfinished), list(schedule), seen, check)
            if runs % 200 == 0:
                full_check()
        except BaseException as error:
            raise AssertionError(f"after the schedule {schedule}: {error!r}") from error
    return runs


def _one(run: Run, schedule: list[int], seen: set[object], check: Callable[[], object]) -> list[tuple[int, ...]]:
    """Follows `schedule`, then goes on as long as the state is new. Returns the schedules not taken."""
    run.begin()
    others: list[tuple[int, ...]] = []
    try:
        for at, who in enumerate(schedule):
            if who not in run.enabled():  # keys have random ids, and the order in which they die may be another this time
                schedule = schedule[:at]
                break
            run.step(who)
        while run.enabled() and (state := run.state()) not in seen:
            seen.add(state)
            first, *rest = run.enabled()
            others += [(*schedule, who) for who in rest]
            run.step(first)
            schedule.append(first)
    finally:
        run.end(check)
    assert run.failures == []
    return others
