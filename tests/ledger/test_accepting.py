"""Accepting: durable, once, whatever comes at the same time; also while day keys die."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from tests.ledger.register import as_another_process, declaration, declare, is_pending

from tuidang.intake import actions as intake
from tuidang.intake.models import Declarant, Declaration, Spent
from tuidang.kernel.errors import BusyError
from tuidang.kernel.randomness import random_bytes
from tuidang.ledger import sealing
from tuidang.vault import daykeys
from tuidang.vault.codes import Code

AT_ONCE = 50


def at_once(codes: list[Code], names: list[str]) -> list[str]:
    """Hands in one declaration for each code and name, all at the same time; what each was told."""
    together = threading.Barrier(len(codes))

    def one(code: Code, name: str) -> str:
        together.wait()
        try:
            return intake.accept(declaration=declaration(name), code=code).result
        finally:
            connection.close()

    with ThreadPoolExecutor(len(codes)) as pool:
        return list(pool.map(one, codes, names))


def test_fifty_at_once_under_one_code_are_one_declaration(register):
    code = Code(random_bytes(16))
    assert Counter(at_once([code] * AT_ONCE, ["远山"] * AT_ONCE)) == {"new": 1, "same": AT_ONCE - 1}
    sealing.seal(force=True)
    register.check(1)


def test_fifty_at_once_under_fifty_codes_are_fifty(register):
    codes = [Code(random_bytes(16)) for _ in range(AT_ONCE)]
    assert Counter(at_once(codes, ["远山"] * AT_ONCE)) == {"new": AT_ONCE}
    sealing.seal(force=True)
    register.check(AT_ONCE)


def test_other_content_under_one_code_stores_nothing_also_at_once(register):
    code = Code(random_bytes(16))
    told = Counter(at_once([code] * 20, [f"名字{number}" for number in range(20)]))
    assert told == {"new": 1, "other_content": 19}
    assert (Declaration.objects.count(), Declarant.objects.count(), Spent.objects.count()) == (1, 1, 1)


def test_what_was_sealed_meanwhile_is_still_the_same_declaration(register):
    code = declare()
    sealing.seal(force=True)
    assert intake.accept(declaration=declaration("远山"), code=code).result == "same"
    assert intake.accept(declaration=declaration("平安"), code=code).result == "other_content"
    assert not is_pending(code)
    register.check(1)


def test_a_key_that_dies_while_we_accept_costs_a_second_try_and_nothing_else(register, monkeypatch):
    store, deaths = intake.store, []

    def be_overtaken(rows):
        if len(deaths) < 2:
            deaths.append(rows.key)
            with as_another_process():
                sealing.end_day()
        return store(rows)

    monkeypatch.setattr(intake, "store", be_overtaken)
    code = declare()
    assert len(deaths) == 2
    assert is_pending(code)
    assert Declaration.objects.get().key_id == daykeys.current_key().id


def test_keys_that_always_die_are_said_to_be_busy_and_nothing_is_stored(register, monkeypatch):
    store = intake.store

    def be_overtaken(rows):
        with as_another_process():
            sealing.end_day()
        return store(rows)

    monkeypatch.setattr(intake, "store", be_overtaken)
    with pytest.raises(BusyError):
        intake.accept(declaration=declaration("远山"), code=Code(random_bytes(16)))
    assert (Declaration.objects.count(), Declarant.objects.count(), Spent.objects.count()) == (0, 0, 0)


def test_accepting_goes_on_while_batches_are_sealed_and_nobody_is_lost(register):
    codes, failures = [], []

    def accept():
        try:
            # So many and no more: four that never stop hand in faster than one that shares their interpreter can seal.
            codes.extend(declare() for _ in range(50))
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is shown
            failures.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=accept) for _ in range(4)]
    for thread in threads:
        thread.start()
    while not codes and any(thread.is_alive() for thread in threads):
        time.sleep(0.01)
    sealed = []
    while any(thread.is_alive() for thread in threads):
        sealed.append(sealing.seal(force=True).sealed)
        time.sleep(0.05)  # SQLite has one writer at a time: one that never pauses keeps the others out
    assert failures == []
    assert sum(sealed) > 0, "while they handed in"
    sealing.seal(force=True)
    register.check(len(codes))
