"""Whoever leaves a group takes no doubt away from what it has published: what was taken down, or objected to, stands nowhere else."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from tests.archive.test_archive import REVIEWER, published, release
from tests.archive.test_leaving import family, shown
from tests.ledger.register import Register, decide, declare, index_of

from tuidang.archive import actions, queries
from tuidang.archive.models import Statement
from tuidang.declarant.actions import correct, take_back, wish
from tuidang.declarant.objecting import actions as objecting
from tuidang.declarant.objecting.actions import object_to
from tuidang.intake.content import Correction, NewPerson
from tuidang.kernel.randomness import random_bytes
from tuidang.ledger import sealing
from tuidang.review import actions as review
from tuidang.review import queries as waiting
from tuidang.review.actions import objecting as taking
from tuidang.review.models import Objection, Publication, Released
from tuidang.review.states import Finding, Ground, ItemState
from tuidang.vault.codes import Code


def objection(index: int, ground: Ground = Ground.NAMED) -> str:
    return object_to(code=Code(random_bytes(16)), index=index, ground=ground, text="", language="en")


def settle(finding: Finding) -> None:
    rows = Objection.objects.filter(finding=Finding.OPEN.value).values_list("id", flat=True)
    assert actions.decide_objections(member=REVIEWER, objections=list(rows), finding=finding)


def test_what_its_reviewer_took_down_does_not_come_back_under_another_number(register: Register) -> None:
    _, members = family()
    first = next(iter(members))
    assert review.withdraw(member=REVIEWER, index=first)
    take_back(code=members[first])
    assert not Statement.objects.exists()
    assert not Released.objects.exists()
    assert not Publication.objects.exists()


def test_a_release_that_was_undone_waits_to_be_read_again_under_the_new_number(register: Register) -> None:
    _, members = family()
    first, second, _ = members
    assert review.undo(member=REVIEWER) == 1
    take_back(code=members[first])
    assert not Statement.objects.exists()
    assert actions.follow_withdrawals() == 0
    (item,) = Publication.objects.all()
    assert (item.index, item.state) == (second, ItemState.WAITING)
    text = waiting.text_that_waits(second)
    assert text is not None
    assert text.persons == 2


@pytest.mark.parametrize("undone", [False, True])
def test_what_is_taken_down_is_down_at_once_where_another_leaves_too(register: Register, undone: bool) -> None:
    _, members = family()
    first, second, _ = members
    assert review.undo(member=REVIEWER) if undone else review.withdraw(member=REVIEWER, index=first)
    take_back(code=members[second])
    assert not Statement.objects.exists()
    assert list(Publication.objects.values_list("index", flat=True)) == ([first] if undone else [])


def test_an_objection_beyond_the_days_limit_is_not_shed_by_leaving(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "HIDES_A_DAY", 0)
    _, members = family()
    first = next(iter(members))
    assert objection(first) == "taken"
    assert shown().index == first
    take_back(code=members[first])
    assert not Statement.objects.exists()


def test_an_objection_on_a_ground_that_was_let_stand_is_not_shed_by_leaving(register: Register) -> None:
    _, members = family()
    first = next(iter(members))
    objection(first)
    settle(Finding.NOT_NAMED)
    objection(first)
    assert shown().index == first
    take_back(code=members[first])
    assert not Statement.objects.exists()


def test_what_waits_and_is_objected_to_is_not_moved(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "HIDES_A_DAY", 0)
    _, members = family()
    first = next(iter(members))
    assert review.undo(member=REVIEWER) == 1
    actions.follow_withdrawals()
    objection(first)
    take_back(code=members[first])
    assert not Publication.objects.exists()


def test_it_is_not_handed_to_a_number_that_somebody_objects_to(register: Register) -> None:
    _, members = family()
    first, second, third = members
    objection(second)
    take_back(code=members[first])
    assert shown().index == third


def test_a_hidden_statement_is_there_for_the_others_when_one_who_does_not_bear_it_leaves(register: Register) -> None:
    _, members = family()
    first, second, _ = members
    assert objection(first) == "hidden"
    take_back(code=members[second])
    assert not queries.page().statements
    settle(Finding.NOT_NAMED)
    assert (shown().index, shown().persons) == (first, 2)


@pytest.mark.overtaking
@pytest.mark.parametrize("overtaken", ["before", "after"])
def test_who_objects_while_it_moves_hides_it_or_finds_it_gone(register: Register, monkeypatch: pytest.MonkeyPatch, overtaken: str) -> None:
    _, members = family()
    first, second, _ = members

    def other() -> None:
        take_back(code=members[first])
        connection.close()

    thread = threading.Thread(target=other)
    holder, name = (objecting.carrying, "hold") if overtaken == "before" else (objecting.archive, "hide")
    act = getattr(holder, name)

    def meanwhile(**named: object) -> object:
        if threading.current_thread() is threading.main_thread():
            thread.start()
            thread.join(1.5)
        return act(**named)

    monkeypatch.setattr(holder, name, meanwhile)
    result = objection(first)
    thread.join()
    if overtaken == "before":
        assert (result, [one.index for one in queries.page().statements]) == ("taken", [second])
    else:
        assert (result, queries.page().statements) == ("hidden", [])
        assert not Statement.objects.exists()


def days_pass(register: Register) -> None:
    """Entries are voided and entered anew, and whatever waits for a reader is published."""
    for _ in range(9):
        register.later(1)
        decide()
        release()
        sealing.seal(force=True)
        actions.follow_voids()
        while review.claim_items(member=REVIEWER):
            review.decide_publication_items(member=REVIEWER, publish=[one.id for one in waiting.held_items(REVIEWER)[0]])
        actions.take_in()


@pytest.mark.parametrize("upheld", [None, Finding.NOTHING_AGAINST])
def test_a_correction_sheds_no_objection(register: Register, upheld: Finding | None) -> None:
    code = published("远山", text="我声明退出。王小明是坏人。")
    objection(shown().index)
    if upheld:
        settle(upheld)
    assert correct(code=code, correction=Correction((NewPerson("远云", 7),))) == "replaced"
    assert wish(code=code, publish=True) == ("barred" if upheld else "objected")
    days_pass(register)
    assert not Statement.objects.exists()
    assert wish(code=code, publish=True) == ("barred" if upheld else "objected")
    if not upheld:
        settle(Finding.NOT_NAMED)
        assert wish(code=code, publish=True) == "wished"
        days_pass(register)
        assert shown().name == "远云"


@pytest.mark.parametrize("upheld", [None, Finding.NOTHING_AGAINST])
def test_leaving_and_wishing_again_sheds_no_objection(register: Register, upheld: Finding | None) -> None:
    code, members = family()
    first = next(iter(members))
    objection(first)
    if upheld:
        settle(upheld)
    take_back(code=members[first])
    assert wish(code=code, publish=True) == ("barred" if upheld else "objected")
    assert not Publication.objects.exists()
    if not upheld:
        settle(Finding.NOT_NAMED)
        assert wish(code=code, publish=True) == "wished"


def test_of_a_group_of_which_one_is_left_nobody_is_voided(register: Register) -> None:
    """The text says who they were; of whom the objection is, nobody can tell."""
    code = published("平安", "晨光", text="我们：平安、晨光，声明退出。")
    own = next(one for one in (code.member(1), code.member(2)) if index_of(one) == shown().index)
    assert correct(code=own, correction=Correction((NewPerson("远云", 7),))) == "replaced"
    days_pass(register)
    assert (shown().persons, shown().name) == (1, "")
    objection(shown().index, Ground.NOT_DECLARED)
    settle(Finding.NOTHING_AGAINST)
    assert not Statement.objects.exists()
    days_pass(register)
    register.check(2)


def test_one_who_declared_alone_is_voided_also_when_it_was_published_later(register: Register) -> None:
    code = declare("远山")
    decide()
    sealing.seal(force=True)
    assert wish(code=code, publish=True) == "wished"
    days_pass(register)
    objection(shown().index, Ground.NOT_DECLARED)
    settle(Finding.NOTHING_AGAINST)
    sealing.seal(force=True)
    register.check(0)


def test_the_days_limit_does_not_tell_whether_a_text_waits(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    other = published("静雨")
    codes = {"waits": declare("远山", publish=True), "was never wished": declare("清泉")}
    decide()
    sealing.seal(force=True)
    monkeypatch.setattr(taking, "HIDES_A_DAY", 1)
    answers = {}
    for name, code in codes.items():
        number = index_of(code)
        assert number is not None
        answers[name] = (objection(number), objection(shown().index))
        Objection.objects.all().delete()
        Statement.objects.update(hidden=False)
    assert answers == dict.fromkeys(codes, ("taken", "taken"))
    assert shown().index == index_of(other)


@pytest.mark.overtaking
def test_who_objects_while_it_is_corrected_is_seen_or_finds_it_gone(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    code = published("远山")
    number = shown().index
    answers: list[str] = []

    def other() -> None:
        late = Code(random_bytes(16))
        answers.append(object_to(code=late, index=number, ground=Ground.NAMED, text="", language="en", there=True))
        connection.close()

    thread = threading.Thread(target=other)
    contested = waiting.contested

    def overtaken(indexes: list[int]) -> set[int]:
        found = contested(indexes)
        if threading.current_thread() is threading.main_thread() and thread.ident is None:
            thread.start()
            thread.join(1.5)
        return found

    monkeypatch.setattr(waiting, "contested", overtaken)
    assert correct(code=code, correction=Correction((NewPerson("远云", 7),))) == "replaced"
    thread.join()
    assert answers == ["gone"]
    assert not Objection.objects.exists()
