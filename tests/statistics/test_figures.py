"""Figures that are not on the record move in steps, and at full ten minutes alone."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tuidang.intake import queries as intake
from tuidang.kernel import clock
from tuidang.kernel.places import places
from tuidang.statistics import figures

pytestmark = pytest.mark.django_db


SHOWN = ("waiting", "accepted_today", "accepted_yesterday", "accepted_this_week", "accepted_this_month")


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    (places().pages / figures.NAME).unlink(missing_ok=True)
    monkeypatch.setattr(clock, "seconds", lambda: 1_800_000_123)
    monkeypatch.setattr(clock, "today", lambda: 1_800_000_123 // 86_400)


def accepted(monkeypatch: pytest.MonkeyPatch, persons: int) -> None:
    monkeypatch.setattr(intake, "accepted_between", lambda *_: persons)
    monkeypatch.setattr(intake, "accepted_in_all", lambda: persons)


def test_one_more_declaration_does_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    accepted(monkeypatch, 45)
    before = figures.refresh()
    (places().pages / figures.NAME).unlink()
    accepted(monkeypatch, 46)
    after = figures.refresh()
    assert {name: getattr(before, name) for name in SHOWN} == {name: getattr(after, name) for name in SHOWN}
    assert (after.accepted_today, after.waiting) == (40, 40)


def as_they_rise(monkeypatch: pytest.MonkeyPatch, first: int, last: int) -> list[tuple[int, int, int]]:
    """What is shown after each of the declarations `first` to `last`, ten minutes apart."""
    (places().pages / figures.NAME).unlink(missing_ok=True)
    shown = []
    for persons in range(first, last + 1):
        monkeypatch.setattr(clock, "seconds", lambda at=persons: 1_800_000_123 + 600 * at)
        monkeypatch.setattr(intake, "accepted_between", lambda first, last, now=persons: now + 13 if first != last else now)
        monkeypatch.setattr(intake, "accepted_in_all", lambda now=persons: now)
        now = figures.refresh()
        shown.append((now.waiting, now.accepted_today, now.accepted_this_week))
    return shown


def test_all_that_is_not_on_the_record_moves_together_when_k_more_or_a_few_above_were_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = as_they_rise(monkeypatch, 41, 79)
    moved = [number for number, (before, after) in enumerate(pairwise(shown), 42) if before != after]
    assert len(moved) == 1
    assert 60 <= moved[0] <= 79
    assert all(before <= after for before, after in pairwise(shown))


def test_where_the_next_step_comes_cannot_be_known(monkeypatch: pytest.MonkeyPatch) -> None:
    places_of_steps = set()
    for _ in range(40):
        shown = as_they_rise(monkeypatch, 41, 79)
        places_of_steps |= {number for number, (before, after) in enumerate(pairwise(shown), 42) if before != after}
    assert len(places_of_steps) > 8


def test_what_is_refused_shows_in_steps_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    accepted(monkeypatch, 65)
    assert figures.refresh().waiting == 60
    monkeypatch.setattr(clock, "seconds", lambda: 1_800_000_123 + 600)
    accepted(monkeypatch, 60)
    assert figures.refresh().waiting == 60
    monkeypatch.setattr(clock, "seconds", lambda: 1_800_000_123 + 1_200)
    accepted(monkeypatch, 40)
    assert figures.refresh().waiting == 40


def test_nothing_unsealed_moves_within_ten_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    accepted(monkeypatch, 45)
    before = figures.refresh()
    accepted(monkeypatch, 4_500)
    assert figures.refresh().accepted_today == before.accepted_today
    monkeypatch.setattr(clock, "seconds", lambda: 1_800_000_123 + 600)
    assert figures.refresh().accepted_today == 4_500


def test_figures_are_read_from_one_file_without_the_database(django_assert_num_queries: object) -> None:
    figures.refresh()
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert figures.read() == figures.read()


def test_a_file_that_is_cut_short_is_made_anew() -> None:
    figures.refresh()
    path: Path = places().pages / figures.NAME
    path.write_bytes(path.read_bytes()[:20])
    assert figures.read().count == 0
