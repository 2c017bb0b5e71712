"""An objection hides what it names at once, hides nothing else, and cannot be used to hide everything. A person's word stands."""

import threading

import pytest
from django.db import connection
from tests.review.cases import A, B
from tests.review.objecting import TEXT, decide, object_to, state, waiting_text

from tuidang.accounts.models import Event
from tuidang.kernel import clock
from tuidang.kernel.errors import RefusedError
from tuidang.kernel.randomness import random_id
from tuidang.review import actions, queries
from tuidang.review.content import Complaint, LateObjections
from tuidang.review.models import Judgement, Objection, Publication
from tuidang.review.policies import ANSWERED_DAYS, HIDES_A_DAY, PUBLISH_DAYS
from tuidang.review.states import Finding, Ground, ItemState
from tuidang.vault import daykeys

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reviewers")]
UPHELD = [one for one in Finding if one.upheld]
DISMISSED = [one for one in Finding if one is not Finding.OPEN and not one.upheld]


def later(monkeypatch, days):
    """Moves the calendar of this process on."""
    then = clock.today() + days
    monkeypatch.setattr(clock, "today", lambda: then)


def test_the_same_objection_twice_is_one():
    name = random_id()
    assert object_to(7, objection=name).result == "new"
    assert object_to(7, objection=name).result == "same"
    assert Objection.objects.count() == 1


@pytest.mark.parametrize(
    ("index", "ground", "text"), [(8, Ground.NOT_DECLARED, TEXT.text), (7, Ground.NAMED, TEXT.text), (7, Ground.NOT_DECLARED, "anders")]
)
def test_another_objection_under_the_same_code_changes_nothing(index, ground, text):
    name = random_id()
    object_to(7, objection=name)
    assert object_to(index, ground, Complaint(text=text, language="zh-hans"), name).result == "other"
    (only,) = queries.objections(9)
    assert (only.index, only.ground, only.complaint) == (7, Ground.NOT_DECLARED, TEXT)


def test_a_text_that_is_not_published_yet_is_held_back_whether_somebody_reads_it_or_not():
    read, unread = waiting_text(), waiting_text()
    actions.claim_items(member=A)
    actions.decide_publication_items(member=A, publish=list(Publication.objects.filter(index=read).values_list("id", flat=True)))
    assert object_to(read).hides
    assert object_to(unread).hides
    assert (state(read), state(unread)) == (ItemState.OBJECTED, ItemState.OBJECTED)
    assert queries.held_items(A)[0] == []
    assert actions.hand_over(at_most=9) == []


def test_a_text_that_waits_for_a_decision_is_dropped_in_its_time_like_others(monkeypatch):
    index = waiting_text()
    object_to(index)
    later(monkeypatch, PUBLISH_DAYS)
    actions.expire_publications()
    assert state(index) == ItemState.OBJECTED
    later(monkeypatch, 1)
    actions.expire_publications()
    assert state(index) is None
    decide(index, Finding.NOT_NAMED)
    assert state(index) is None


@pytest.mark.parametrize("finding", DISMISSED)
def test_what_a_person_let_stand_is_read_again_and_not_hidden_again_on_the_same_ground(finding):
    index = waiting_text()
    object_to(index)
    decide(index, finding)
    assert state(index) == ItemState.WAITING
    assert not object_to(index).hides
    assert state(index) == ItemState.WAITING
    assert object_to(index, Ground.COPYRIGHT).hides, "another ground was not looked at"


@pytest.mark.parametrize("finding", UPHELD)
def test_what_was_upheld_is_dropped_and_barred_for_good(finding):
    index = waiting_text()
    object_to(index)
    decide(index, finding)
    assert state(index) is None
    assert queries.barred([index, index + 1]) == {index}
    object_to(index)
    decide(index, Finding.NOTHING_PUBLISHED)
    assert queries.barred([index]) == {index}, "a later objection changes nothing about it"


def test_an_objection_hides_what_it_names_and_nothing_else():
    one, other = waiting_text(), waiting_text()
    object_to(one)
    assert queries.hidden([one, other]) == {one}
    assert state(other) == ItemState.WAITING


def test_what_two_grounds_hide_comes_back_with_the_second_decision():
    index = waiting_text()
    object_to(index, Ground.NAMED)
    object_to(index, Ground.COPYRIGHT)
    decide(index, Finding.NOT_NAMED, Ground.NAMED)
    assert (state(index), queries.hidden([index])) == (ItemState.OBJECTED, {index})
    decide(index, Finding.NOT_COPIED, Ground.COPYRIGHT)
    assert (state(index), queries.hidden([index])) == (ItemState.WAITING, set())


def test_what_came_while_a_person_read_hides_nothing_any_more_and_waits_for_its_own_answer():
    index, later = waiting_text(), random_id()
    object_to(index)
    object_to(index, objection=later)
    first = Objection.objects.exclude(id=later).get()
    actions.decide_objections(member=A, objections=[first.id], finding=Finding.NOT_NAMED)
    assert queries.hidden([index]) == set()
    assert [one.id for one in queries.objections(9)] == [later]


def flood(number: int = HIDES_A_DAY) -> None:
    """So many objections of today hide what they name."""
    assert all(object_to(1000 + one).hides for one in range(number))


def test_of_a_flood_only_so_many_hide_and_all_are_taken():
    flood()
    beyond = object_to(10**6)
    assert (beyond.result, beyond.hides) == ("new", False)
    assert len(queries.objections(HIDES_A_DAY * 2)) == HIDES_A_DAY + 1


def test_what_can_still_be_seen_is_read_before_all_that_is_hidden():
    flood()
    object_to(10**6)
    first, *others = queries.objections(HIDES_A_DAY * 2)
    assert (first.index, first.first) == (10**6, True)
    assert not any(one.first for one in others)


def test_each_decision_makes_room_for_one_more_that_hides():
    flood()
    assert not object_to(10**6).hides
    decide(1000, Finding.NOT_NAMED)
    assert object_to(10**6 + 1).hides
    assert not object_to(10**6 + 2).hides


def test_beyond_the_limit_a_text_that_waits_to_be_published_is_not_held_back():
    index = waiting_text()
    flood()
    beyond = object_to(index)
    assert (beyond.waits, state(index)) == (True, ItemState.WAITING)


def test_a_new_day_hides_again_what_the_day_before_could_not(monkeypatch):
    flood()
    assert not object_to(10**6).hides
    later(monkeypatch, 1)
    assert object_to(10**6).hides


def test_what_was_let_stand_comes_in_its_turn_even_in_a_flood():
    object_to(7)
    decide(7, Finding.OFFICE)
    flood()
    object_to(7)
    assert not any(one.first for one in queries.objections(HIDES_A_DAY * 2))


def test_late_is_what_can_be_seen_from_the_next_day_and_what_is_hidden_from_the_day_after(monkeypatch):
    flood()
    object_to(10**6)
    found = []
    for _ in range(3):
        found.append(queries.late_objections(50))
        later(monkeypatch, 1)
    assert [(one.visible, one.others) for one in found] == [(0, 0), (1, 0), (1, 50)]
    decide(10**6, Finding.PLAIN)
    assert queries.late_objections(500) == LateObjections(0, HIDES_A_DAY)


def test_an_objection_that_found_nothing_to_hide_takes_a_place_like_any_other_and_is_never_urgent():
    for index in range(HIDES_A_DAY):
        name = random_id()
        object_to(index, objection=name)
        actions.hid_nothing(objection=name)
    assert not object_to(10**6).hides
    name = random_id()
    object_to(7_000_000, objection=name)
    actions.hid_nothing(objection=name)
    assert [one.index for one in queries.objections(HIDES_A_DAY * 3) if one.first] == [10**6]


def test_the_second_of_two_reviewers_changes_nothing():
    index = waiting_text()
    object_to(index)
    ids = list(Objection.objects.values_list("id", flat=True))
    assert len(actions.decide_objections(member=A, objections=ids, finding=Finding.PLAIN)) == 1
    assert actions.decide_objections(member=B, objections=ids, finding=Finding.NOT_NAMED) == []
    assert Objection.objects.get().finding == Finding.PLAIN
    assert Judgement.objects.get().upheld


def test_to_decide_nothing_is_refused():
    object_to(7)
    with pytest.raises(RefusedError):
        decide(7, Finding.OPEN)
    assert len(queries.objections(9)) == 1


def test_the_trail_says_who_decided_what_and_nothing_of_the_objection():
    name = random_id()
    object_to(123_456_789, objection=name)
    decide(123_456_789, Finding.OFFICE)
    event = Event.objects.get(verb="review.objection.office")
    assert event.member_id == A
    assert event.subject == daykeys.current_key().trail_name(name.bytes)
    assert name.hex not in event.subject


def test_an_answer_can_be_read_for_thirty_days_and_then_everything_is_gone_but_the_word(monkeypatch):
    name, today = random_id(), clock.today()
    object_to(7, objection=name)
    for days in (0, 400):
        monkeypatch.setattr(clock, "today", lambda days=days: today + days)
        assert actions.purge_objections() == 0, "what nobody answered stays"
    decide(7, Finding.NOT_NAMED)
    answered = clock.today()
    assert queries.answer(name).until == answered + ANSWERED_DAYS
    monkeypatch.setattr(clock, "today", lambda: answered + ANSWERED_DAYS)
    assert actions.purge_objections() == 0
    monkeypatch.setattr(clock, "today", lambda: answered + ANSWERED_DAYS + 1)
    assert actions.purge_objections() == 1
    assert queries.answer(name) is None
    assert not object_to(7).hides


def test_objections_outlive_their_day_key():
    object_to(waiting_text())
    old = daykeys.current_key().id
    daykeys.rotate()
    object_to(waiting_text())
    while actions.carry_over(old_key=old, at_most=1):
        pass
    assert not Objection.objects.filter(key_id=old).exists()
    assert not Publication.objects.filter(key_id=old).exists()
    assert [one.complaint for one in queries.objections(9)] == [TEXT, TEXT]


def test_what_is_stored_shows_nothing_of_what_was_written():
    object_to(7)
    row = Objection.objects.get()
    assert not any(TEXT.text.encode() in (value if isinstance(value, bytes) else str(value).encode()) for value in vars(row).values())


def test_an_objection_whose_key_is_lost_can_still_be_decided(monkeypatch):
    name = random_id()
    object_to(7, objection=name)
    monkeypatch.setattr(daykeys, "lost", lambda _: True)
    assert queries.objections(9)[0].complaint is None
    assert object_to(7, objection=name).result == "same"
    assert decide(7, Finding.NOTHING_AGAINST) == 1


@pytest.mark.django_db(transaction=True)
def test_two_that_send_one_form_at_once_are_one_objection(monkeypatch):
    name, found = random_id(), []
    save = Objection.save

    def other():
        try:
            found.append(object_to(7, objection=name).result)
        finally:
            connection.close()

    second = threading.Thread(target=other)

    def slowly(row, **options):
        if second.ident is None:
            second.start()
            second.join(1)
        save(row, **options)

    monkeypatch.setattr(Objection, "save", slowly)
    found.append(object_to(7, objection=name).result)
    second.join()
    assert sorted(found) == ["new", "same"]
    assert Objection.objects.count() == 1
