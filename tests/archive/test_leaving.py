"""Some leave a group whose statement is published: it goes on standing for the others, and bears nothing of whoever left."""

from __future__ import annotations

import threading
from uuid import UUID

import pytest
from django.db import connection
from tests.archive.test_archive import REVIEWER, published, release
from tests.ledger.register import Register, decide, declaration, declare, index_of

from tuidang.archive import actions, carrying, queries
from tuidang.archive.models import Statement
from tuidang.archive.queries import Published
from tuidang.declarant.actions import correct, take_back, wish
from tuidang.intake import actions as intake
from tuidang.intake.content import Correction, NewDeclaration, NewPerson
from tuidang.kernel.randomness import random_bytes
from tuidang.ledger import actions as ledger
from tuidang.ledger import departures, sealing
from tuidang.ledger import queries as record
from tuidang.ledger.models import TextHolder
from tuidang.review import actions as review
from tuidang.review import queries as waiting
from tuidang.review.content import Complaint
from tuidang.review.models import Publication, Released
from tuidang.review.states import Ground, ItemState
from tuidang.vault.codes import Code

FAMILY = ("平安", "晨光", "小河")
TEXT = "我们：平安、晨光、小河，声明退出。"


def family(text: str = TEXT) -> tuple[Code, dict[int, Code]]:
    """A published family, and its members by registry number; the statement stands under the first."""
    code = published(*FAMILY, text=text)
    members = {index: member for number in range(1, 4) if (index := index_of(member := code.member(number))) is not None}
    assert shown().index == min(members)
    return code, dict(sorted(members.items()))


def shown() -> Published:
    (one,) = queries.page().statements
    return one


def days_pass(register: Register) -> None:
    for _ in range(9):
        register.later(1)
        decide()
        sealing.seal(force=True)
        actions.follow_voids()


def correction(code: Code) -> object:
    return correct(code=code, correction=Correction((NewPerson("远云", 3),)))


LEAVES = {
    "taken back": lambda code: take_back(code=code),
    "erased": lambda code: take_back(code=code, erase=True),
    "corrected": correction,
}


@pytest.mark.parametrize("how", LEAVES)
def test_it_moves_to_another_number_and_stays_there(register: Register, how: str) -> None:
    _, members = family()
    (first, own), (second, _), _ = members.items()
    LEAVES[how](own)
    now = shown()
    assert (now.index, now.persons, now.name, now.text) == (second, 2, "", "我们：○、○、○，声明退出。")
    days_pass(register)
    assert not record.is_live(first)
    assert shown() == now
    register.check(3 if how == "corrected" else 2)


@pytest.mark.parametrize("how", LEAVES)
def test_where_another_leaves_it_stays_for_one_fewer(register: Register, how: str) -> None:
    _, members = family()
    (first, _), (_, own), _ = members.items()
    LEAVES[how](own)
    assert (shown().index, shown().persons) == (first, 2)


@pytest.mark.parametrize("how", LEAVES)
def test_when_all_have_left_it_goes(register: Register, how: str) -> None:
    _, members = family()
    for left, own in enumerate(members.values(), 1):
        LEAVES[how](own)
        assert [one.persons for one in queries.page().statements] == ([3 - left] if left < 3 else [])
    assert not Statement.objects.exists()
    assert not Released.objects.exists()


def test_the_code_of_the_group_takes_it_down_for_all(register: Register) -> None:
    code, members = family()
    take_back(code=next(iter(members.values())))
    take_back(code=code)
    assert not Statement.objects.exists()


@pytest.mark.parametrize("what", ["a name", "the text"])
def test_the_code_of_the_group_corrects(register: Register, what: str) -> None:
    """One name: it stays for the others. The text: it goes, and the corrected one is read and stands for all of them again."""
    code, _ = family()
    text = TEXT if what == "a name" else "我们三人：平安、晨光、小河，声明退出。"
    persons = tuple(NewPerson(name, 7) for name in ("远云", *FAMILY[1:]))
    assert correct(code=code, correction=Correction(persons, ("", text, 0))) == "replaced"
    assert [one.persons for one in queries.page().statements] == ([2] if what == "a name" else [])
    days_pass(register)
    register.check(3)
    if what == "the text":
        (item,) = Publication.objects.values_list("index", flat=True)
        waits = waiting.text_that_waits(item)
        assert waits is not None
        assert (waits.text, waits.persons) == ("我们三人：○、○、○，声明退出。", 3)


def test_leaving_twice_is_the_same_as_once(register: Register) -> None:
    _, members = family()
    own = next(iter(members.values()))
    for erase in (False, False, True):
        take_back(code=own, erase=erase)
        assert shown().persons == 2


def test_it_is_not_handed_to_who_has_left_already(register: Register) -> None:
    _, members = family()
    first, second, third = members
    take_back(code=members[second])
    take_back(code=members[first])
    assert (shown().index, shown().persons) == (third, 1)


def test_it_is_not_handed_to_whom_an_operator_is_about_to_void(register: Register) -> None:
    _, members = family()
    first, second, third = members
    ledger.instruct_void(ref=second, reason=2)
    take_back(code=members[first])
    assert shown().index == third


def test_what_the_others_left_is_what_it_says(register: Register) -> None:
    code = Code(random_bytes(16))
    new = declaration(*FAMILY, publish=True)
    fields = {name: getattr(new, name) for name in NewDeclaration.__slots__}
    persons = tuple(NewPerson(name, organisations) for name, organisations in zip(FAMILY, (1, 2, 4), strict=True))
    intake.accept(declaration=NewDeclaration(**{**fields, "persons": persons}), code=code)
    decide()
    release()
    sealing.seal(force=True)
    actions.take_in()
    assert shown().organisations == 7
    take_back(code=code.member(2))
    assert shown().organisations == 5


def test_a_name_of_who_left_that_the_words_still_have_is_read_anew(register: Register) -> None:
    _, members = family()
    (first, own), (second, _), _ = members.items()
    name = record.opened_by(own)[0].sealed[0][1].content.name
    Statement.objects.filter(index=first).update(text=f"我和{name}声明退出。", title=f"{name}声明")
    take_back(code=own)
    assert not Statement.objects.exists()
    (item,) = Publication.objects.all()
    assert (item.index, item.state) == (second, ItemState.WAITING)
    text = waiting.text_that_waits(second)
    assert text is not None
    assert (text.title, text.text, text.persons) == ("○声明", "我和○声明退出。", 2)
    assert not Released.objects.exists()


def test_an_alias_that_was_published_goes_with_who_bore_it(register: Register) -> None:
    _, members = family()
    first = next(iter(members))
    Statement.objects.update(name="平安", suggested=True)
    take_back(code=members[first])
    assert (shown().name, shown().suggested) == ("", False)


def test_what_waits_to_be_read_moves_and_is_taken_from_the_screen_it_is_on(register: Register) -> None:
    code = declare(*FAMILY, text=TEXT, publish=True)
    decide()
    sealing.seal(force=True)
    (item,) = Publication.objects.all()
    review.claim_items(member=REVIEWER)
    members = {record.opened_by(own)[0].sealed[0][1].index: own for own in map(code.member, (1, 2, 3))}
    take_back(code=members[item.index])
    moved = Publication.objects.get()
    assert (moved.index, moved.claimed_by) == (sorted(members)[1], None)
    text = waiting.text_that_waits(moved.index)
    assert text is not None
    assert text.persons == 2


def test_what_was_released_is_published_for_who_is_left(register: Register) -> None:
    code = declare(*FAMILY, text=TEXT, publish=True)
    decide()
    release()
    sealing.seal(force=True)
    (index,) = Publication.objects.values_list("index", flat=True)
    members = {index_of(own): own for own in map(code.member, (1, 2, 3))}
    take_back(code=members[index])
    assert actions.take_in() == 1
    assert (shown().index, shown().persons) == (sorted(filter(None, members))[1], 2)


def test_who_released_it_can_take_it_down_under_its_new_number(register: Register) -> None:
    _, members = family()
    take_back(code=next(iter(members.values())))
    assert review.withdraw(member=REVIEWER, index=shown().index)
    actions.follow_withdrawals()
    assert not Statement.objects.exists()


def test_what_somebody_objects_to_is_not_moved(register: Register) -> None:
    _, members = family()
    first = next(iter(members))
    review.object_to(objection=UUID(int=1), index=first, ground=Ground.NAMED, complaint=Complaint(text="", language="en"))
    actions.hide(index=first)
    take_back(code=members[first])
    assert not Statement.objects.exists()


def test_a_number_that_nothing_is_to_be_published_under_again_does_not_take_over(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, members = family()
    first, second, third = members
    monkeypatch.setattr(waiting, "barred", lambda numbers: {second} & set(numbers))
    take_back(code=members[first])
    assert shown().index == third


def test_of_a_group_from_before_the_numbers_it_goes(register: Register) -> None:
    _, members = family()
    TextHolder.objects.update(blob=b"")
    take_back(code=next(iter(members.values())))
    assert not Statement.objects.exists()


def test_nobody_without_the_texts_key_can_tell_who_belongs_together(register: Register) -> None:
    _, members = family()
    blobs = [bytes(one) for one in TextHolder.objects.values_list("blob", flat=True)]
    assert len({len(one) for one in blobs}) == 1
    assert not any(index.to_bytes(8, "big") in blob for index in members for blob in blobs)
    for index, own in members.items():
        (found,) = departures.departures(record.opened_by(own))
        assert (found.leaving, found.others) == ((index,), tuple(one for one in members if one != index))


def test_the_declarant_finds_it_published_and_can_unpublish_it(register: Register) -> None:
    code, members = family()
    take_back(code=next(iter(members.values())))
    assert wish(code=code, publish=True) == "same"
    assert wish(code=code, publish=False) == "wished"
    assert not Statement.objects.exists()


@pytest.mark.overtaking
def test_two_who_leave_at_once_leave_it_to_the_third(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    _, members = family()
    first, second, third = members
    carry_on = carrying.carry_on

    def other() -> None:
        take_back(code=members[second])
        connection.close()

    thread = threading.Thread(target=other)

    def overtaken(**named: object) -> None:
        if threading.current_thread() is threading.main_thread():
            thread.start()
            thread.join(1.5)
        carry_on(**named)  # type: ignore[arg-type]

    monkeypatch.setattr(carrying, "carry_on", overtaken)
    take_back(code=members[first])
    thread.join()
    assert (shown().index, shown().persons) == (third, 1)
