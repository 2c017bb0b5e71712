"""A register in which nothing happens forgets all the same: the day ends also when there is no batch."""

from __future__ import annotations

import pytest
from tests.ledger.register import as_another_process, decide, declare, forget_memory
from tests.ledger.test_wishes import member_of_staff

from tuidang.intake.models import Declarant
from tuidang.kernel.errors import DamagedError
from tuidang.kernel.places import places
from tuidang.ledger import actions, adapters, loops, sealing, stage
from tuidang.ledger.models import Batch, Instruction
from tuidang.review import actions as review
from tuidang.review.states import Refusal
from tuidang.vault import daykeys


class KilledError(BaseException):
    """Stands for kill -9: nothing that handles errors sees it."""


def still_opens(row: tuple[int, bytes, bytes]) -> bool:
    forget_memory()
    try:
        daykeys.key(row[0]).decrypt(*row[1:])
    except DamagedError:
        return False
    return True


def refused() -> tuple[int, bytes, bytes]:
    """Someone was refused, and is purged by now; the row as it stood in the database's file."""
    code = declare()
    decide()
    member = member_of_staff()
    review.claim(member=member)
    review.decide_screen(member=member, marked={code.declaration_id(): Refusal.INVENTED})
    review.tell_intake(at_once=True)
    sealing.seal(force=True)
    row = Declarant.objects.get()
    return row.key_id, bytes(row.blob), row.lookup.bytes


@pytest.mark.parametrize("seal", [loops.seal_daily, lambda: sealing.seal(force=True)], ids=["daily", "now"])
def test_what_is_purged_while_nothing_is_sealed_is_unreadable_after_the_day(register, seal):
    row = refused()
    register.later(31)
    assert review.purge_refused() == 1
    assert still_opens(row)
    batches = Batch.objects.count()
    seal()
    assert not still_opens(row)
    assert Batch.objects.count() == batches
    register.check(0)


def test_who_took_back_is_purged_without_a_batch(register):
    code = declare()
    actions.take_back(code=code)
    sealing.seal(force=True)
    batches = Batch.objects.count()
    for _ in range(40):
        register.later(1)
        loops.seal_daily()
    assert not Declarant.objects.exists()
    assert not Instruction.objects.exists()
    assert Batch.objects.count() == batches
    register.check(0)


def test_killed_while_an_idle_day_ends_the_next_one_ends_it(register, monkeypatch):
    row = refused()
    register.later(31)
    review.purge_refused()

    def be_killed(*_):
        raise KilledError

    for name in ("rotate", "let_die", "bury"):
        with monkeypatch.context() as patch:
            patch.setattr(daykeys, name, be_killed)
            with pytest.raises(KilledError):
                loops.seal_daily()
    loops.seal_daily()
    assert not still_opens(row)
    assert {path.name for path in places().keys.iterdir() if "day-" in path.name} == {daykeys._name(daykeys.current_key().id)}
    register.check(0)


def test_who_has_nothing_to_seal_leaves_the_batch_of_another_one_alone(register, monkeypatch):
    declare()
    decide()
    sign = sealing.sign

    def be_overtaken(*arguments):
        monkeypatch.setattr(sealing, "sign", sign)
        with as_another_process(), monkeypatch.context() as patch:
            patch.setattr(sealing.gathering, "candidates", lambda *_: [])
            before = {name.root for name in stage.names()}
            assert sealing.seal(force=True).sealed == 0
            assert {name.root for name in stage.names()} == before
        return sign(*arguments)

    monkeypatch.setattr(sealing, "sign", be_overtaken)
    assert sealing.seal(force=True).sealed == 1
    assert adapters.head().size == 3
    register.check(1)
