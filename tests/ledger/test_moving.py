"""The row move: each declaration is read once and outside the transaction, and who cannot be read any more does not stop it."""

from __future__ import annotations

import logging

import pytest
from django.db import connection
from tests.ledger.points import seal_with
from tests.ledger.register import decide, declare, forget_memory, index_of, is_pending

from tuidang.intake import queries as handed_in
from tuidang.intake.models import Declarant, Declaration
from tuidang.kernel.places import places
from tuidang.ledger import actions, gathering, instructions, moving, queries, sealing, stage
from tuidang.ledger.models import Envelope, Instruction, SealedRecord, SealedText
from tuidang.review import queries as review
from tuidang.review.models import Case, Publication
from tuidang.vault import daykeys

FAMILY = ("平安", "晨光", "远山", "长河", "清泉")


@pytest.fixture
def reads(register, monkeypatch) -> list[tuple[str, set]]:
    """What is decrypted of intake, and whether that is inside a transaction."""
    seen = []
    contents = handed_in.contents

    def reading(ids):
        wanted = list(ids)
        seen.append(("inside" if connection.in_atomic_block else "before", set(wanted)))
        return contents(wanted)

    monkeypatch.setattr(handed_in, "contents", reading)
    return seen


def test_each_declaration_is_read_once_however_its_persons_are_spread_over_the_batch(register, reads, monkeypatch):
    monkeypatch.setattr(moving, "CHUNK", 7)
    families = [declare(*FAMILY) for _ in range(12)]
    decide()
    seen = []
    move = moving.move
    monkeypatch.setattr(moving, "move", lambda *arguments: (reads.clear(), move(*arguments), seen.extend(reads)))
    sealing.seal(force=True)
    read = [one for _, ids in seen for one in ids]
    assert sorted(read) == sorted(code.declaration_id() for code in families)
    assert {when for when, _ in seen} == {"before"}
    assert all(index_of(code.member(number)) is not None for code in families for number in range(1, 6))
    assert (SealedText.objects.count(), Case.objects.count(), Declarant.objects.count()) == (12, 0, 0)
    register.check(60)


def test_neither_order_nor_envelope_says_who_declared_with_whom(register, monkeypatch):
    monkeypatch.setattr(moving, "CHUNK", 7)
    for _ in range(12):
        declare(*FAMILY)
    decide()
    sealing.seal(force=True)
    assert Envelope.objects.count() == 1
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT lookup FROM ledger_sealedrecord ORDER BY rowid")
            written = [row[0] for row in cursor.fetchall()]
        assert written == sorted(written)


def ahead(monkeypatch) -> None:
    """Signs and publishes a batch whose rows are not moved, as a restored database finds it."""
    with monkeypatch.context() as patch:
        patch.setattr(moving, "move", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            sealing.seal(force=True)


def lose_key() -> None:
    """The day key is gone, and with it the stage."""
    key = daykeys.current_key().id
    (places().keys / daykeys._name(key)).unlink()
    for one in stage.names():
        one.path.unlink()
    forget_memory()


def test_who_cannot_be_read_any_more_stays_counted_and_stops_nobody(register, monkeypatch, caplog):
    gone, family = declare("甲"), declare(*FAMILY[:2])
    decide()
    ahead(monkeypatch)
    lose_key()
    later = declare("乙", publish=True)
    decide()
    with caplog.at_level(logging.WARNING, logger="tuidang.ledger"):
        assert sealing.recover() == 3
    assert "3 declarants" in caplog.text
    assert not any(map(is_pending, (gone, family)))
    assert not SealedRecord.objects.exists()
    assert list(Case.objects.values_list("declaration", flat=True)) == [later.declaration_id()]
    assert sealing.seal(force=True).sealed == 1
    assert index_of(later) is not None
    register.check(4)


def test_what_was_not_in_the_log_stays_under_its_lost_key_and_holds_nobody_up(register, monkeypatch):
    new, ready, wished = declare("丙"), declare("丁"), declare("戊")
    sealed = declare("己")
    decide()
    Declaration.objects.filter(id=new.declaration_id()).update(state=0)
    Case.objects.exclude(declaration=sealed.declaration_id()).update(verdict=0)
    ahead(monkeypatch)
    actions.take_back(code=wished)
    Case.objects.filter(declaration=ready.declaration_id()).update(verdict=1)
    instructions.leave(kind=1, ref=1, payload=instructions.Payload(reason=6), not_before=0)
    lose_key()
    assert handed_in.new_declarations(9) == []
    for _ in range(2):
        other = declare("庚")
        decide()
        sealing.seal(force=True)
        assert index_of(other) is not None
        register.later(1)
    assert handed_in.unreadable(9) == 3
    assert {one.declaration_id for one in Declarant.objects.all()} == {code.declaration_id() for code in (new, ready, wished)}
    assert queries.snapshot().totals.count == 3


def test_a_wish_that_cannot_be_read_any_more_is_carried_out_by_the_register(register, monkeypatch):
    code = declare("甲")
    decide()
    ahead(monkeypatch)
    actions.take_back(code=code)
    lose_key()
    sealing.recover()
    assert all(map(instructions.readable, Instruction.objects.all()))
    register.later(1)
    sealing.seal(force=True)
    register.check(0)


def test_a_wish_under_a_lost_key_is_wished_again(register):
    code = declare("甲")
    decide()
    sealing.seal(force=True)
    actions.take_back(code=code)
    lose_key()
    assert not queries.opened(code).void_wished
    assert actions.take_back(code=code) == "taken_back"
    assert queries.opened(code).void_wished
    for _ in range(7):
        register.later(1)
        sealing.seal(force=True)
    register.check(0)


def test_with_no_key_file_at_all_nothing_is_taken_for_lost(register, monkeypatch, tmp_path):
    declare("甲")
    decide()
    ahead(monkeypatch)
    for one in stage.names():
        one.path.unlink()
    forget_memory()
    away = places().keys.rename(tmp_path / "away")
    with pytest.raises(sealing.DamagedError):
        sealing.recover()
    if places().keys.exists():
        places().keys.rmdir()
    away.rename(places().keys)
    assert sealing.recover() == 1
    assert SealedRecord.objects.count() == 1
    register.check(1)


def test_a_text_is_published_for_those_who_are_in_the_log_or_stand_and_for_nobody_else(register, monkeypatch):
    family = declare(*FAMILY, publish=True)
    single = declare("远山", publish=True)
    decide()
    actions.take_back(code=family.member(2), erase=True)
    actions.take_back(code=family.member(4))
    gather = gathering.candidates
    first = {bytes(row.commitment) for row in Declarant.objects.filter(declaration=family.declaration_id(), seq__in=(1, 3))}

    def some(*arguments):
        return [one for one in gather(*arguments) if one.commitment in first or one.declaration != family.declaration_id()]

    with monkeypatch.context() as patch:
        patch.setattr(gathering, "candidates", some)
        assert sealing.seal(force=True).sealed == 4, "three of them, and a list of outcomes"
    texts = {row.index: review.open_text(row).persons for row in Publication.objects.all()}
    assert texts == {min(index_of(family.member(1)), index_of(family.member(3))): 3, index_of(single): 1}
    sealing.seal(force=True)
    assert index_of(family.member(5)) is not None
    assert Publication.objects.count() == 2
    register.check(4)


def test_who_takes_back_while_the_batch_is_under_way_is_not_among_those_published(register, monkeypatch):
    family = declare(*FAMILY, publish=True)
    decide()
    seal_with(monkeypatch, "move", lambda: actions.take_back(code=family.member(2), erase=True))
    assert [review.open_text(row).persons for row in Publication.objects.all()] == [4]
