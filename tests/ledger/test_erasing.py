"""After "take back and erase" nothing of a declaration is left, whatever became of it before, and declaring again is possible."""

import itertools
from dataclasses import replace

import pytest
from tests.ledger.erasing import traces
from tests.ledger.register import decide, declaration, declare, is_pending
from tests.ledger.test_wishes import in_time, member_of_staff, settled

from tuidang.intake import actions as intake
from tuidang.intake import queries as handed_in
from tuidang.intake.content import NewPerson
from tuidang.intake.models import Spent
from tuidang.kernel.randomness import random_bytes
from tuidang.ledger import actions, queries, sealing
from tuidang.ledger.models import SealedText, TextHolder
from tuidang.review import actions as review
from tuidang.review.models import Case
from tuidang.review.states import Refusal
from tuidang.vault.codes import Code


def refuse(code: Code) -> None:
    member = member_of_staff()
    review.claim(member=member)
    review.decide_screen(member=member, marked={code.declaration_id(): Refusal.INVENTED})


@pytest.mark.parametrize("told", [False, True])
@pytest.mark.parametrize("names", [("远山",), ("平安", "晨光")])
def test_what_was_refused_and_erased_leaves_nothing_and_can_be_declared_again(register, told, names):
    code = declare(*names)
    decide()
    assert {"intake_declaration", "intake_declarant", "intake_spent", "review_case", "screening_screening"} == traces(code)
    refuse(code)
    if told:
        review.tell_intake(at_once=True)
    actions.take_back(code=code, erase=True)
    assert traces(code) == set()
    sealing.seal(force=True)
    assert intake.accept(declaration=declaration(*names), code=code).result == "new"
    decide()
    sealing.seal(force=True)
    assert len(queries.codes_opened_by(code)) == len(names)
    register.later(31)
    review.purge_refused()
    settled(register, count=len(names))
    assert len(queries.codes_opened_by(code)) == len(names)


def test_one_of_a_refused_family_erases_and_the_others_stay_until_they_are_purged(register):
    code = declare("平安", "晨光")
    decide()
    refuse(code)
    review.tell_intake(at_once=True)
    actions.take_back(code=code.member(1), erase=True)
    assert traces(code.member(1)) == set()
    assert is_pending(code)
    assert Case.objects.count() == 1
    actions.take_back(code=code.member(2), erase=True)
    assert traces(code) == set()


@pytest.mark.parametrize("sealed", ["before", "after", "in between"])
@pytest.mark.parametrize("order", list(itertools.permutations((1, 2, 3))))
def test_the_last_of_a_family_who_erases_takes_along_what_they_shared(register, order, sealed):
    code, other = declare("平安", "晨光", "小河"), declare("远山", "长河")
    decide()
    if sealed == "before":
        sealing.seal(force=True)
    for done, number in enumerate(order, 1):
        if sealed == "in between" and done == 2:
            sealing.seal(force=True)
        assert queries.opened_by(code) != []
        assert Spent.objects.filter(id=code.declaration_id()).exists()
        actions.take_back(code=code.member(number), erase=True)
        assert traces(code.member(number)) == set()
    assert traces(code) == set()
    assert queries.opened_by(code) == []
    if sealed == "after":
        sealing.seal(force=True)
    assert SealedText.objects.count() == 1
    assert TextHolder.objects.count() == 2
    assert [found.text for _, found in queries.opened_by(other)[0].sealed] == ["我声明退出。"]
    assert intake.accept(declaration=declaration("平安", "晨光", "小河"), code=code).result == "new"
    decide()
    sealing.seal(force=True)
    in_time(register)
    settled(register, count=5)


def test_a_family_sealed_in_part_takes_along_what_they_shared_with_the_last(register, settings):
    mixed = replace(declaration("平安", "晨光"), persons=(NewPerson("平安", 1), NewPerson("晨光", 2)))
    for order in ((1, 2), (2, 1)):
        code = Code(random_bytes(16))
        intake.accept(declaration=mixed, code=code)
        for number in "一二三":
            declare("远山", "长河", text=f"我声明退出，第{number}个说明自己为什么这样做的人，各有各的话{order}。", organisations=1)
        decide()
        settings.ENVIRONMENT = replace(settings.ENVIRONMENT, k=3)
        sealing.seal()
        assert is_pending(code)
        assert queries.opened(code.member(1)) is not None
        for number in order:
            assert traces(code) != set()
            actions.take_back(code=code.member(number), erase=True)
        assert traces(code) == set()


@pytest.mark.parametrize("erase", [False, True])
@pytest.mark.parametrize("who", ["group", "member"])
def test_taken_back_before_anyone_looked_the_tallies_are_right(register, erase, who):
    code = declare("平安", "晨光")
    actions.take_back(code=code if who == "group" else code.member(1), erase=erase)
    decide()
    assert handed_in.accepted_in_all() == (0 if who == "group" else 1)
    sealing.seal(force=True)
    settled(register, count=0 if who == "group" else 1)
