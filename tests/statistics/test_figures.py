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
    assert before == after
    assert (after.accepted_today, after.waiting) == (40, 40)


def test_all_that_is_not_on_the_record_moves_together_when_k_more_were_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = []
    for persons in range(41, 61):
        monkeypatch.setattr(clock, "seconds", lambda at=persons: 1_800_000_123 + 600 * at)
        monkeypatch.setattr(intake, "accepted_between", lambda first, last, now=persons: now + 13 if first != last else now)
        monkeypatch.setattr(intake, "accepted_in_all", lambda now=persons: now)
        now = figures.refresh()
        shown.append((now.waiting, now.accepted_today, now.accepted_this_week))
    assert [index for index, (before, after) in enumerate(pairwise(shown)) if before != after] == [18]


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
