"""Screens of reviewers: alone for ten minutes, decided at once, undone at once."""

import threading

import pytest
from django.db import connection
from tests.accounts.people import clock_ahead, member_with
from tests.review.cases import PHONE, A, B, arrive, case
from tests.screening.hand_in import hand_in

from tuidang.accounts import queries as staff
from tuidang.accounts.policies import Role
from tuidang.intake import actions as intake
from tuidang.intake import queries as handed_in
from tuidang.review import actions, queries
from tuidang.review.content import Decided
from tuidang.review.models import Case
from tuidang.review.policies import LEASE_SECONDS
from tuidang.review.states import Decider, Pile, Refusal, Verdict
from tuidang.screening.policies import BURST
from tuidang.vault import daykeys

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reviewers")]
STORY = "那年冬天父亲被带走之后，我就再也没有信过他们说的话。"


@pytest.fixture
def reviewer():
    return member_with(Role.REVIEWER)


def on_screen(member) -> list:
    return [one.declaration for one in queries.held_screen(member)[0]]


def test_what_is_held_together_comes_first_then_what_was_noticed_then_what_is_unread():
    clear, look, hold = arrive(), arrive(text=PHONE), arrive(text="微信群号 138123")
    Case.objects.filter(declaration=hold[0]).update(queue=Pile.HOLD)
    actions.claim(member=A)
    assert on_screen(A) == [*hold, *look, *clear]


def test_two_reviewers_never_have_the_same_declaration():
    arrive(7, text=PHONE)
    assert [actions.claim(member=member, size=5) for member in (A, B)] == [5, 2]
    assert set(on_screen(A)).isdisjoint(on_screen(B))


def test_a_screen_that_is_asked_for_again_is_the_same():
    arrive(4, text=PHONE)
    actions.claim(member=A, size=2)
    before = on_screen(A)
    assert (actions.claim(member=A, size=2), on_screen(A)) == (2, before)


def test_a_lease_runs_out_and_someone_else_goes_on(monkeypatch, tmp_path):
    ids = arrive(2, text=PHONE)
    actions.claim(member=A)
    assert actions.claim(member=B) == 0
    clock_ahead(monkeypatch, tmp_path, LEASE_SECONDS + 1)
    assert on_screen(A) == []
    assert actions.claim(member=B) == 2
    assert actions.decide_screen(member=A, approve=ids) == Decided(late=2)
    assert {case(one).verdict for one in ids} == {Verdict.WAITING}
    assert actions.decide_screen(member=B, approve=ids) == Decided(counted=2)


def test_who_is_late_but_nobody_took_over_has_not_worked_for_nothing(monkeypatch, tmp_path):
    ids = arrive(2, text=PHONE)
    actions.claim(member=A)
    clock_ahead(monkeypatch, tmp_path, LEASE_SECONDS + 1)
    assert actions.decide_screen(member=A, approve=ids) == Decided(counted=2)


def test_all_but_the_marked_are_counted_as_reviewed():
    good, bad, unsure = arrive(3, text=PHONE)
    actions.claim(member=A)
    done = actions.decide_screen(member=A, approve=[good, bad], marked={bad: Refusal.PRIVATE_PERSON}, hold=[unsure])
    assert done == Decided(counted=1, refused=1, held=1)
    assert (case(good).verdict, case(good).assurance, case(good).decided_by) == (Verdict.COUNT, 2, Decider.PERSON)
    assert (case(bad).verdict, case(bad).reason, case(bad).assurance) == (Verdict.REFUSE, Refusal.PRIVATE_PERSON, 0)
    assert (case(unsure).verdict, case(unsure).queue) == (Verdict.HELD, Pile.HELD)
    assert {one.declaration: one.assurance for one in queries.ready(after=None, at_most=9)} == {good: 2}


def test_reading_what_counted_already_raises_its_assurance():
    (declaration,) = arrive()
    actions.claim(member=A)
    actions.decide_screen(member=A, approve=[declaration])
    assert (case(declaration).assurance, case(declaration).queue) == (2, None)


def test_nobody_decides_what_they_have_not_claimed():
    ids = arrive(2, text=PHONE)
    assert actions.decide_screen(member=A, approve=ids) == Decided(late=2)
    assert {case(one).verdict for one in ids} == {Verdict.WAITING}


def test_a_screen_sent_twice_is_decided_once(reviewer):
    ids = arrive(2, text=PHONE)
    actions.claim(member=reviewer)
    assert actions.decide_screen(member=reviewer, approve=ids).counted == 2
    trail = staff.trail()
    assert actions.decide_screen(member=reviewer, marked=dict.fromkeys(ids, Refusal.SPAM)) == Decided(late=2)
    assert {case(one).verdict for one in ids} == {Verdict.COUNT}
    assert staff.trail() == trail


def test_undo_brings_the_last_screen_back_to_whoever_decided_it():
    ids = arrive(3, text=PHONE)
    before = list(Case.objects.order_by("declaration").values("verdict", "decided_by", "assurance", "reason", "queue", "tell_at"))
    actions.claim(member=A)
    actions.decide_screen(member=A, approve=ids[:1], marked={ids[1]: Refusal.SPAM}, hold=ids[2:])
    last = queries.last_screen(A)
    assert (last.counted, last.refused, last.held, last.back, last.stay) == (1, 1, 1, 3, 0)
    assert (actions.undo(member=B), actions.undo(member=A), actions.undo(member=A)) == (0, 3, 0)
    assert list(Case.objects.order_by("declaration").values("verdict", "decided_by", "assurance", "reason", "queue", "tell_at")) == before
    assert set(on_screen(A)) == set(ids)
    assert actions.tell_intake(at_once=True) == 0


def test_undo_does_not_reach_behind_the_last_screen():
    first, second = arrive(text=PHONE), arrive(text=PHONE)
    for one in (first, second):
        actions.claim(member=A)
        Case.objects.filter(declaration__in=one).update(claimed_by=A)
        actions.decide_screen(member=A, approve=one)
    actions.undo(member=A)
    assert (case(first[0]).verdict, case(second[0]).verdict) == (Verdict.COUNT, Verdict.WAITING)


def test_what_was_erased_meanwhile_is_on_no_screen():
    gone, here = arrive(2, text=PHONE)
    content = handed_in.contents([gone])[gone]
    intake.remove_declarants(persons=[(one.declaration, one.seq) for one in content.persons])
    assert actions.claim(member=A) == 1
    assert on_screen(A) == [here]
    assert not Case.objects.filter(declaration=gone).exists()


def test_a_cluster_is_released_or_refused_as_a_whole(reviewer):
    ids = [hand_in(STORY, (f"名{number}",)) for number in range(BURST + 20)]
    arrive(text=PHONE)
    cluster = case(ids[0]).cluster
    assert len(queries.cluster_sample(cluster, 5)) == 5
    assert actions.decide_cluster(member=reviewer, cluster=cluster, refusal=Refusal.SPAM, at_most=30).refused == 30
    assert actions.undo(member=reviewer) == 30
    assert not Case.objects.filter(claimed_by=reviewer).exists(), "more than anyone can read goes back to its pile"
    assert actions.decide_cluster(member=reviewer, cluster=cluster, refusal=None).counted == BURST + 20
    assert set(Case.objects.filter(cluster=cluster).values_list("verdict", "assurance")) == {(Verdict.COUNT, 1)}
    assert queries.cluster_sample(cluster, 5) == []


def test_the_trail_says_who_decided_how_and_never_on_whom(reviewer):
    good, bad = arrive(2, text=PHONE)
    actions.claim(member=reviewer)
    actions.decide_screen(member=reviewer, approve=[good], marked={bad: Refusal.NOT_A_DECLARATION})
    key = daykeys.current_key()
    found = {trace.verb: trace for _, trace in staff.trail() if trace.verb.startswith("review.")}
    assert {verb: trace.subject for verb, trace in found.items()} == {
        "review.count": key.trail_name(good.bytes),
        "review.refuse.not_a_declaration": key.trail_name(bad.bytes),
    }
    assert {trace.member for trace in found.values()} == {reviewer}
    assert good.hex not in str(found)


@pytest.mark.django_db(transaction=True)
def test_reviewers_who_claim_at_the_same_moment_share_the_queue_without_overlap():
    ids = arrive(40, text=PHONE)
    members, together = [type(A)(int=number) for number in range(10, 14)], threading.Barrier(4)
    taken: dict = {}

    def take(member) -> None:
        together.wait()
        actions.claim(member=member, size=10)
        taken[member] = on_screen(member)
        connection.close()

    threads = [threading.Thread(target=take, args=[member]) for member in members]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    every = [one for claimed in taken.values() for one in claimed]
    assert len(every) == len(set(every))
    assert set(every) <= set(ids)
    assert len(every) >= 10
    left = sum(actions.claim(member=type(A)(int=number), size=10) for number in range(20, 24))
    assert len(every) + left == 40


def test_after_an_undo_the_screen_holds_what_was_undone_and_nothing_taken_meanwhile(reviewer):
    first = arrive(3)
    actions.claim(member=reviewer, size=3)
    actions.decide_screen(member=reviewer, approve=first)
    later = arrive(2)
    assert actions.claim(member=reviewer, size=3) == 2
    assert actions.undo(member=reviewer) == 3
    assert {case(one).claimed_by for one in first} == {reviewer}
    assert {case(one).claimed_by for one in later} == {None}
