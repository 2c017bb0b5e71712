"""For how many a group's statement stands: those who can be known to stand by it, also where one of them was corrected alone."""

from __future__ import annotations

import pytest
from tests.archive.test_archive import REVIEWER, release
from tests.archive.test_leaving import FAMILY, TEXT, correction, days_pass, family, shown
from tests.ledger.erasing import traces
from tests.ledger.register import Register, decide, declare

from tuidang.archive import actions, queries
from tuidang.declarant.actions import correct, take_back, wish
from tuidang.intake.content import Correction, NewPerson
from tuidang.ledger import actions as ledger
from tuidang.ledger import gathering, sealing
from tuidang.ledger import queries as record
from tuidang.ledger.models import SealedText, TextHolder
from tuidang.ledger.rows import holder_of
from tuidang.review import actions as review
from tuidang.review import queries as waiting
from tuidang.vault.codes import Code


def read_and_released() -> None:
    while review.claim_items(member=REVIEWER):
        review.decide_publication_items(member=REVIEWER, publish=[one.id for one in waiting.held_items(REVIEWER)[0]])
    actions.take_in()


def one_corrected(register: Register) -> tuple[Code, Code]:
    """A family of whom one was corrected on the record alone, and whose statement was published anew; with the code of that one."""
    code, _ = family()
    persons = tuple(NewPerson(name, 7) for name in ("远云", *FAMILY[1:]))
    assert correct(code=code, correction=Correction(persons, ("", TEXT, 0))) == "replaced"
    days_pass(register)
    assert (wish(code=code, publish=False), wish(code=code, publish=True)) == ("wished", "wished")
    read_and_released()
    assert shown().persons == 3
    (corrected,) = [one for one in record.opened_by(code) if len(one.sealed) > 1]
    return code, corrected.own


@pytest.mark.parametrize("erase", [False, True])
def test_who_was_corrected_alone_leaves_it_for_one_fewer(register: Register, erase: bool) -> None:
    _, own = one_corrected(register)
    take_back(code=own, erase=erase)
    assert shown().persons == 2
    days_pass(register)
    assert shown().persons == register.recount()["count"] == 2


def test_who_was_corrected_alone_can_take_it_over(register: Register) -> None:
    code, own = one_corrected(register)
    for one in record.opened_by(code):
        if one.own != own:
            take_back(code=one.own)
    assert (shown().index, shown().persons) == (record.opened_by(own)[0].sealed[-1][1].index, 1)


def test_where_everyone_was_corrected_alone_and_one_leaves_it_stands_for_the_others(register: Register) -> None:
    code, members = family()
    for own in members.values():
        assert correction(own) == "replaced"
    days_pass(register)
    assert not queries.page().statements
    assert wish(code=code, publish=True) == "wished"
    read_and_released()
    now = shown()
    assert now.persons == 3
    take_back(code=next(one.own for one in record.opened_by(code) if one.sealed[-1][1].index == now.index))
    assert (shown().persons, shown().text) == (2, "我们：○、○、○，声明退出。")


def test_who_was_corrected_is_not_taken_off_twice_by_taking_back_before_the_new_entry(register: Register) -> None:
    _, members = family()
    _, own, _ = members.values()
    assert correction(own) == "replaced"
    assert shown().persons == 2
    take_back(code=own)
    assert shown().persons == 2


def test_whoever_was_voided_by_the_register_is_not_counted_once_somebody_leaves(register: Register) -> None:
    _, members = family()
    first, second, third = members
    ledger.instruct_void(ref=second, reason=2)
    days_pass(register)
    take_back(code=members[first])
    assert (shown().index, shown().persons) == (third, 1)


def test_those_who_are_not_sealed_yet_are_counted(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    code = declare(*FAMILY, text=TEXT, publish=True)
    decide()
    release()
    apart = {one.pending.person.commitment for one in record.opened_by(code) if one.pending and one.number == 3}
    every = gathering.candidates
    monkeypatch.setattr(gathering, "candidates", lambda *a: [one for one in every(*a) if one.commitment not in apart])
    sealing.seal(force=True)
    actions.take_in()
    assert shown().persons == 3
    take_back(code=code.member(1))
    assert shown().persons == 2
    take_back(code=code.member(3))
    assert shown().persons == 1


def test_it_goes_where_it_cannot_be_known_who_is_left(register: Register) -> None:
    code, members = family()
    _, second, third = members
    told = {found.index: found.content for one in record.opened_by(code) for _, found in one.sealed}
    lost = holder_of(told[third].text_key, told[third].seq, third).id
    TextHolder.objects.filter(id=lost).update(blob=b"")
    take_back(code=members[second])
    assert not queries.page().statements


def test_who_was_corrected_alone_leaves_nothing_when_all_erase(register: Register) -> None:
    code, own = one_corrected(register)
    assert traces(code)
    take_back(code=own, erase=True)
    assert SealedText.objects.exists(), "the others still have it"
    take_back(code=code, erase=True)
    assert not SealedText.objects.exists()
    assert not TextHolder.objects.exists()
    assert not traces(code)
