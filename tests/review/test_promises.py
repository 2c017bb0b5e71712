"""No promise lapses in silence: what nobody has decided is held before thirty days are over, and the operator hears of what stays."""

import pytest
from tests.accounts.people import clock_ahead
from tests.review.cases import PHONE, A, arrive, case

from tlog.promise import Outcome as Sentence
from tuidang.intake import queries as handed_in
from tuidang.ops import doctor
from tuidang.review import actions, queries
from tuidang.review.states import Pile, Verdict

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reviewers")]
DAY = 86_400


def marks() -> list[bytes]:
    return [outcome.mark for outcome in handed_in.waiting_outcomes(100)]


def held(declaration) -> list[bytes]:
    return [Sentence.HELD.hash(one.person.promise) for one in handed_in.contents([declaration])[declaration].persons]


def test_what_waits_for_28_days_is_held_once_and_stays_in_its_pile(monkeypatch, tmp_path):
    (waiting,) = arrive(text=PHONE)
    arrive()
    clock_ahead(monkeypatch, tmp_path, 27 * DAY)
    assert (actions.hold_overdue(), marks()) == (0, [])
    clock_ahead(monkeypatch, tmp_path, 28 * DAY)
    assert (actions.hold_overdue(), actions.hold_overdue()) == (1, 0)
    assert marks() == held(waiting)
    assert (case(waiting).verdict, case(waiting).queue) == (Verdict.HELD, Pile.LOOK)
    assert {row.verdict: row.count for row in queries.decided(0, 10**6) if row.count} == {Verdict.COUNT: 1, Verdict.HELD: 1}
    assert actions.claim(member=A, pile=Pile.LOOK) == 1
    actions.decide_screen(member=A, hold=[waiting])
    assert (actions.tell_intake(at_once=True), case(waiting).queue) == (0, Pile.HELD)
    assert marks() == held(waiting)


def test_what_a_person_held_or_is_reading_is_left_to_them(monkeypatch, tmp_path):
    by_hand, _ = arrive(2, text=PHONE)
    actions.claim(member=A)
    actions.decide_screen(member=A, hold=[by_hand])
    actions.tell_intake(at_once=True)
    clock_ahead(monkeypatch, tmp_path, 28 * DAY)
    actions.claim(member=A)
    assert (actions.hold_overdue(), marks()) == (0, held(by_hand))


def test_the_doctor_names_what_waits_when_the_extension_ends(monkeypatch, tmp_path):
    late, decided = arrive(2, text=PHONE)
    actions.claim(member=A)
    actions.decide_screen(member=A, approve=[decided], hold=[late])
    clock_ahead(monkeypatch, tmp_path, 57 * DAY)
    assert list(doctor._promises()) == []
    clock_ahead(monkeypatch, tmp_path, 58 * DAY)
    (finding,) = doctor._promises()
    assert (finding.level, finding.text.split()[0]) == ("fault", "1")
