"""A day key dies however fast others accept and whatever they hold, and ending a day takes a time that does not depend on them."""

from __future__ import annotations

import logging
import threading

import pytest
from django.db import connection, transaction
from tests.ledger.register import as_another_process, declare

from tuidang.intake import actions as intake
from tuidang.intake.models import Declarant
from tuidang.ledger import sealing
from tuidang.vault import daykeys
from tuidang.vault.models import DayKey


def test_nothing_new_comes_under_a_key_that_is_to_die(register):
    declare()
    old = daykeys.remembered_key().id
    with as_another_process():
        new = daykeys.rotate().id
    assert daykeys.remembered_key().id == old, "this process does not know of it"
    for _ in range(3):
        declare()
    assert sorted(Declarant.objects.values_list("key_id", flat=True)) == sorted([old, new, new, new])


def test_rounds_end_where_each_finds_something(register, monkeypatch):
    declare()
    rounds = []
    monkeypatch.setattr(sealing, "MOST_ROUNDS", 7)
    monkeypatch.setattr(intake, "carry_over", lambda **named: rounds.append(named) or 500)
    sealing._carry_over(daykeys.current_key().id)
    assert len(rounds) == 7


def test_a_key_under_which_another_holds_a_row_dies_with_the_next_sealing(register, monkeypatch, caplog):
    """On SQLite nobody else writes meanwhile; the same is said there by an `_dies` that does not get anywhere."""
    declare()
    old = daykeys.current_key().id
    monkeypatch.setattr(sealing, "DEATH_SECONDS", 0.3)
    holding, release = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            list(Declarant.objects.select_for_update())
            holding.set()
            release.wait(30)
        connection.close()

    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR, logger="tuidang.ledger"):
        holder = threading.Thread(target=hold)
        if connection.vendor == "postgresql":
            holder.start()
            assert holding.wait(10)
        else:
            patch.setattr(sealing, "_dies", lambda _: False)
        sealing.end_day()
    assert "could not die" in caplog.text
    assert DayKey.objects.filter(id=old).exists()
    release.set()
    if connection.vendor == "postgresql":
        holder.join()
    sealing.end_day()
    assert not DayKey.objects.filter(id=old).exists()
    with pytest.raises(sealing.DamagedError):
        daykeys.key(old)
    sealing.seal(force=True)
    register.check(1)
