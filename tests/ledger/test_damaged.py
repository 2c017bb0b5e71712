"""A damaged row holds up nobody: neither the others, nor the batch, nor the end of its day key; and the operator is told how many there are."""

from __future__ import annotations

import logging

import pytest
from django.db.models import Model
from tests.ledger.register import decide, declare, forget_memory, index_of

from tuidang.intake import queries as handed_in
from tuidang.intake.models import Declarant, Declaration
from tuidang.kernel.errors import DamagedError
from tuidang.kernel.places import places
from tuidang.ledger import actions, gathering, queries, sealing
from tuidang.ledger.models import Instruction
from tuidang.review.models import Publication
from tuidang.screening import actions as screening
from tuidang.vault import daykeys
from tuidang.vault.models import DayKey


def damage(rows: type[Model], **which: object) -> None:
    """Turns one bit of the encrypted content."""
    blob = bytearray(rows._default_manager.filter(**which).values_list("blob", flat=True).get())
    blob[20] ^= 1
    rows._default_manager.filter(**which).update(blob=bytes(blob))


def day_keys() -> set[str]:
    return {path.name for path in places().keys.iterdir() if "day-" in path.name}


@pytest.fixture
def days(register):
    """Lets days pass on each of which somebody declares and a batch is sealed."""

    def pass_by(many: int) -> None:
        for _ in range(many):
            code = declare()
            decide()
            sealing.seal(force=True)
            assert index_of(code) is not None
            assert day_keys() == {daykeys._name(daykeys.current_key().id)}
            register.later(1)

    return pass_by


@pytest.mark.parametrize("table", [Declaration, Declarant])
def test_what_was_handed_in_and_is_damaged_is_set_aside_and_counted(register, days, caplog, table):
    bad = declare("平安", "晨光")
    declare("远山")
    decide()
    if table is Declaration:
        damage(Declaration, id=bad.declaration_id())
    else:
        for seq in (1, 2):
            damage(Declarant, declaration_id=bad.declaration_id(), seq=seq)
    with caplog.at_level(logging.ERROR, logger="tuidang.vault"):
        days(1)
    assert "damaged" in caplog.text
    assert handed_in.unreadable(9) == 2
    days(3)
    forget_memory()
    assert set(Declarant.objects.values_list("key_id", flat=True)) == {daykeys.UNREADABLE}
    assert set(Declaration.objects.values_list("key_id", flat=True)) == {daykeys.UNREADABLE}
    with pytest.raises(DamagedError):
        handed_in.by_code(bad)
    register.check(5)


def test_of_a_family_only_who_is_damaged_is_set_aside(register, days):
    family = declare("平安", "晨光")
    decide()
    damage(Declarant, declaration_id=family.declaration_id(), seq=1)
    days(2)
    assert index_of(family.member(2)) is not None
    assert handed_in.unreadable(9) == 1
    register.check(3)


def test_a_damaged_text_is_not_published_and_the_next_one_is(register, days):
    bad, good = declare("平安", publish=True), declare("晨光", publish=True)
    decide()
    sealing.seal(force=True)
    damage(Publication, index=index_of(bad))
    days(2)
    assert [row.index for row in Publication.objects.all()] == [index_of(good)]
    register.check(4)


def test_a_damaged_wish_is_carried_out_by_the_register(register, days, caplog):
    first, second = declare("平安"), declare("晨光")
    decide()
    sealing.seal(force=True)
    for code in (first, second):
        actions.take_back(code=code)
    damage(Instruction, ref=index_of(first))
    assert not queries.opened(first).void_wished
    with caplog.at_level(logging.WARNING, logger="tuidang.ledger"):
        days(9)
    assert "1 wishes and voids can never be read" in caplog.text
    assert (queries.opened(first).void_reason, queries.opened(second).void_reason) == (6, 1)
    assert not Instruction.objects.exists()
    register.check(9)


def test_a_wish_whose_day_key_is_lost_is_carried_out_by_the_register(register):
    code = declare("平安")
    decide()
    sealing.seal(force=True)
    actions.take_back(code=code, erase=True)
    (places().keys / daykeys._name(daykeys.current_key().id)).unlink()
    forget_memory()
    for _ in range(8):
        register.later(1)
        sealing.seal(force=True)
    assert not Instruction.objects.exists()
    register.check(0)


def test_a_damaged_key_file_is_brought_back_and_its_rows_do_not_pay_for_it(register):
    code = declare()
    decide()
    file = places().keys / daykeys._name(daykeys.current_key().id)
    whole = file.read_bytes()
    file.write_bytes(whole[:16])
    forget_memory()
    with pytest.raises(DamagedError, match="damaged: bring it back"):
        sealing.end_day()
    assert not DayKey.objects.filter(id=daykeys.UNREADABLE).exists()
    file.write_bytes(whole)
    forget_memory()
    sealing.seal(force=True)
    assert index_of(code) is not None
    register.check(1)


def test_catching_up_goes_past_a_damaged_row(register, monkeypatch):
    monkeypatch.setattr(gathering, "TAKEN_AT_ONCE", 5)
    for _ in range(17):
        declare()
    damage(Declaration, id=min(Declaration.objects.values_list("id", flat=True)))
    assert sealing.seal(force=True).sealed == 16
    assert screening.screen_new() == 0
    register.check(16)


def test_catching_up_takes_over_what_waited_when_it_began_and_no_more(register, monkeypatch):
    monkeypatch.setattr(gathering, "TAKEN_AT_ONCE", 5)
    screen, rounds = screening.screen_new, []

    def flooded(**named):
        rounds.append(named)
        for _ in range(5):
            declare()
        return screen(**named)

    monkeypatch.setattr(screening, "screen_new", flooded)
    for _ in range(11):
        declare()
    assert sealing.seal(force=True).sealed == 15
    assert len(rounds) == 3
