"""Sealing is daily: once a day, whatever there is to seal. And the last word of an operator counts."""

from __future__ import annotations

import pytest
from tests.ledger.register import Register, decide, declare

from tuidang.kernel.errors import BusyError, RefusedError
from tuidang.ledger import actions, adapters, loops, queries, sealing


def test_what_comes_after_the_days_batch_waits_for_the_next_day(register: Register, settings) -> None:
    register.later(1)
    assert loops.seal_daily() is False
    before = adapters.head().size
    codes = [declare() for _ in range(3)]
    actions.take_back(code=codes[0])
    decide()
    loops.seal_daily()
    assert adapters.head().size == before
    register.later(8)
    loops.seal_daily()
    assert adapters.head().size > before
    register.check(2)


def test_a_signer_that_is_silent_for_a_minute_costs_no_day(register: Register, monkeypatch) -> None:
    register.later(9)
    declare()
    decide()
    register.later(9)

    def busy(**_: object) -> None:
        raise BusyError("silent")

    with monkeypatch.context() as patch:
        patch.setattr(sealing, "seal", busy)
        loops.seal_daily()
    loops.seal_daily()
    register.check(1)


def test_the_latest_baseline_stands_however_many_wait(register: Register) -> None:
    for total in (5, 7, 3):
        actions.set_baseline(total=total, source="test")
    sealing.seal(force=True)
    assert queries.snapshot().baseline == 3
    register.check(0)


@pytest.mark.parametrize(
    ("total", "source", "says"),
    [
        (-1, "x", "whole number"),
        (2**53, "x", "below"),
        (1, " ", "where"),
        (1, "a\nb", "one line"),
        (1, "a\x1b[31m", "printed"),
        (1, "x" * 201, "200"),
    ],
)
def test_a_baseline_that_cannot_be_shown_is_refused(register: Register, total: int, source: str, says: str) -> None:
    with pytest.raises(RefusedError, match=says):
        actions.set_baseline(total=total, source=source)
    sealing.seal(force=True)
    assert queries.snapshot().baseline is None


def test_a_declaration_from_a_day_that_has_not_come_waits_and_stops_nobody(register: Register) -> None:
    register.later(5)
    declare()
    register.later(-5)
    declare()
    decide()
    assert sealing.seal(force=True).waiting == 1
    register.check(1)
    register.later(6)
    sealing.seal(force=True)
    register.check(2)
