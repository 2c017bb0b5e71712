"""The figures of the home page and the feed, made every ten minutes and after each sealing, and kept as one small file.

What is not on the public record yet moves in steps of k and at full ten minutes alone: a figure that followed each declaration would confirm
to a watcher that someone just declared. Where the next step comes is drawn by chance: a watcher who hands in declarations of their own until
one is missing to a step does not know when that is.
"""

from __future__ import annotations

from typing import Any

import msgspec
from django.conf import settings

from tlog.store import write_durably
from tuidang.intake import queries as intake
from tuidang.kernel import clock
from tuidang.kernel.places import places, private_folder
from tuidang.kernel.randomness import random_between
from tuidang.ledger import adapters
from tuidang.ledger import queries as ledger

EVERY_SECONDS = 600
DAY_SECONDS = 86_400
NAME = "figures.json"


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """`count` and breakdowns stand on the record at `size` entries; `accepted_*` and `waiting` are floors in steps of k.

    `mark` is what was accepted in all when they last moved, in steps of k; they move again when it rises to `rises_at` or below `falls_below`.
    """

    size: int
    day: int
    count: int
    voided: int
    by_organisation: dict[str, int]
    by_voice: dict[str, int]
    by_assurance: dict[str, int]
    baseline: int | None
    baseline_source: str
    waiting: int
    accepted_today: int
    accepted_yesterday: int
    accepted_this_week: int
    accepted_this_month: int
    updated: int
    mark: int
    rises_at: int
    falls_below: int
    k: int


_kept: list[tuple[int, Figures]] = []


def read() -> Figures:
    """The figures as last made; made now if there are none. Kept in memory until the file is replaced."""
    try:
        made = (places().pages / NAME).stat().st_mtime_ns
        if not _kept or _kept[0][0] != made:
            _kept[:] = [(made, msgspec.json.decode((places().pages / NAME).read_bytes(), type=Figures))]
        return _kept[0][1]
    except (FileNotFoundError, msgspec.MsgspecError, IndexError):
        return refresh()


def outdated() -> bool:
    """Whether there is something to show that the figures do not say yet: a batch, or the next ten minutes."""
    last = _last()
    return last is None or last.size != adapters.head().size or last.updated != _grid()


def refresh() -> Figures:
    """Makes the figures. Those that are not on the record change at full ten minutes alone, whenever this is called."""
    snapshot = ledger.snapshot()
    named: dict[str, Any] = snapshot.totals.named(adapters.codes_in_force()) if snapshot.size else _nothing()
    figures = Figures(
        size=snapshot.size,
        day=snapshot.day,
        count=snapshot.totals.count,
        voided=snapshot.totals.voided,
        by_organisation=named["by_organisation"],
        by_voice=named["by_voice"],
        by_assurance=named["by_assurance"],
        baseline=snapshot.baseline,
        baseline_source=snapshot.baseline_source,
        k=settings.ENVIRONMENT.k,
        **_unsealed(snapshot.totals.count + snapshot.totals.voided),
    )
    write_durably(private_folder(places().pages) / NAME, msgspec.json.encode(figures))
    return figures


def _nothing() -> dict[str, Any]:
    return {name: {} for name in ("by_organisation", "by_voice", "by_assurance")}


def _unsealed(sealed: int) -> dict[str, int]:
    grid = _grid()
    before = _last()
    if before is not None and before.updated == grid:
        return {name: getattr(before, name) for name in _UNSEALED}
    today, k, accepted = clock.today(), settings.ENVIRONMENT.k, intake.accepted_in_all()
    stays = before is not None and before.falls_below <= accepted < before.rises_at
    steps = {name: getattr(before, name) for name in _STEPS} if stays else _next_steps(accepted, k)
    waiting = max(steps["mark"] - sealed, 0) // k * k
    if before is not None and stays and before.updated // DAY_SECONDS == today:
        # All move together: figures that were cut off each on its own would tell of fewer.
        return {**{name: getattr(before, name) for name in _UNSEALED}, "waiting": waiting, "updated": grid}
    monday = today - (today + 3) % 7
    month = clock.as_day(clock.as_date(today).replace(day=1))

    def floor(persons: int) -> int:
        return max(persons, 0) // k * k

    return {
        **steps,
        "waiting": waiting,
        "accepted_today": floor(intake.accepted_between(today, today)),
        "accepted_yesterday": floor(intake.accepted_between(today - 1, today - 1)),
        "accepted_this_week": floor(intake.accepted_between(monday, today)),
        "accepted_this_month": floor(intake.accepted_between(month, today)),
        "updated": grid,
    }


def _next_steps(accepted: int, k: int) -> dict[str, int]:
    mark = accepted // k * k
    return {"mark": mark, "rises_at": mark + k + random_between(0, k - 1), "falls_below": mark - random_between(0, k - 1)}


def _grid() -> int:
    return clock.seconds() // EVERY_SECONDS * EVERY_SECONDS


_STEPS = ("mark", "rises_at", "falls_below")
_UNSEALED = ("waiting", "accepted_today", "accepted_yesterday", "accepted_this_week", "accepted_this_month", "updated", *_STEPS)


def _last() -> Figures | None:
    try:
        return msgspec.json.decode((places().pages / NAME).read_bytes(), type=Figures)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None
