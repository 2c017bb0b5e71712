"""From screening to review and back to intake: once each, whatever fails between."""

import pytest
from tests.accounts.people import clock_ahead
from tests.review.cases import PHONE, A, arrive, case, take_all
from tests.screening.hand_in import hand_in

from tlog.promise import Outcome as Sentence
from tuidang.intake import queries as handed_in
from tuidang.intake.models import DeclarantState
from tuidang.review import actions, queries
from tuidang.review.actions import taking_in
from tuidang.review.content import DayTally
from tuidang.review.models import Case, Tally
from tuidang.review.policies import UNDO_HOURS
from tuidang.review.states import Decider, Pile, Refusal, Verdict, Wish
from tuidang.screening import actions as screening
from tuidang.screening.policies import BURST, Lane

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reviewers")]
STORY = "那年冬天父亲被带走之后，我就再也没有信过他们说的话。"


def standing() -> dict[tuple[Verdict, int], int]:
    """The tallies, all days together, without empty cells."""
    return {(row.verdict, row.reason): row.count for row in queries.decided(0, 10**6) if row.count}


def marks() -> set[bytes]:
    return {outcome.mark for outcome in handed_in.waiting_outcomes(100)}


def promises(declaration) -> list[bytes]:
    return [one.person.promise for one in handed_in.contents([declaration])[declaration].persons]


def states(declaration) -> set[int]:
    return {one.state for one in handed_in.contents([declaration])[declaration].persons}


def test_what_is_clear_counts_at_once_as_screened():
    (declaration,) = arrive(publish=True)
    found = case(declaration)
    assert (found.verdict, found.decided_by, found.assurance) == (Verdict.COUNT, Decider.MACHINE, 1)
    assert (found.queue, found.publication) == (Pile.CLEAR, Wish.WAITING)
    assert [one.declaration for one in queries.ready(after=None, at_most=5)] == [declaration]


def test_what_is_looked_at_waits():
    (declaration,) = arrive(text=PHONE)
    found = case(declaration)
    assert (found.verdict, found.decided_by, found.queue, found.publication) == (
        Verdict.WAITING,
        Decider.NOBODY,
        Pile.LOOK,
        Wish.NOT_WISHED,
    )
    assert queries.ready(after=None, at_most=5) == []


def test_a_crash_between_leaves_everything_as_it_was(monkeypatch):
    hand_in()
    screening.screen_new()

    def fail(**_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as crash:
        crash.setattr(screening, "mark_taken", fail)
        with pytest.raises(RuntimeError):
            actions.take_in()
    assert (Case.objects.count(), Tally.objects.count()) == (0, 0)
    assert [actions.take_in(), actions.take_in()] == [1, 0]
    assert standing() == {(Verdict.COUNT, 0): 1}


def test_taking_in_again_what_is_there_changes_nothing():
    (declaration,) = arrive(text=PHONE)
    actions.claim(member=A)
    actions.decide_screen(member=A, approve=[declaration])
    before = Case.objects.values().get()
    screening.Screening.objects.update(taken=False)
    assert actions.take_in() == 1
    assert Case.objects.values().get() == before
    assert standing() == {(Verdict.COUNT, 0): 1}


def test_when_a_flood_is_noticed_what_passed_before_waits_with_it():
    early = [hand_in(STORY, (f"名{number}",)) for number in range(BURST)]
    take_all()
    actions.claim(member=A, size=1, pile=Pile.CLEAR)
    being_read = Case.objects.get(claimed_by=A).declaration
    hand_in(STORY, ("又一个",))
    take_all()
    held = set(Case.objects.filter(queue=Pile.HOLD, verdict=Verdict.WAITING, lane=Lane.HOLD).values_list("declaration", flat=True))
    assert len(held) == BURST
    assert being_read not in held
    assert held.issuperset(set(early) - {being_read})
    assert standing() == {(Verdict.COUNT, 0): 1, (Verdict.WAITING, 0): BURST}


def test_intake_hears_of_a_refusal_only_when_it_cannot_be_undone(monkeypatch, tmp_path):
    (declaration,) = arrive(text=PHONE)
    actions.claim(member=A)
    actions.decide_screen(member=A, marked={declaration: Refusal.SPAM})
    assert (actions.tell_intake(), states(declaration), marks()) == (0, {DeclarantState.STANDS}, set())
    clock_ahead(monkeypatch, tmp_path, UNDO_HOURS * 3600)
    assert actions.tell_intake() == 1
    assert states(declaration) == {DeclarantState.REFUSED}
    assert marks() == {Sentence.REFUSED.hash(promise) for promise in promises(declaration)}
    assert (actions.tell_intake(), actions.undo(member=A), case(declaration).verdict) == (0, 0, Verdict.REFUSE)


def test_a_hold_is_told_once_and_the_case_comes_back_when_asked_for():
    (declaration,) = arrive(text=PHONE)
    actions.claim(member=A)
    actions.decide_screen(member=A, hold=[declaration])
    assert actions.tell_intake(at_once=True) == 1
    assert marks() == {Sentence.HELD.hash(promise) for promise in promises(declaration)}
    assert actions.claim(member=A) == 0
    assert actions.claim(member=A, pile=Pile.HELD) == 1
    actions.decide_screen(member=A, hold=[declaration])
    assert actions.tell_intake(at_once=True) == 0
    actions.claim(member=A, pile=Pile.HELD)
    actions.decide_screen(member=A, approve=[declaration])
    assert (case(declaration).verdict, len(marks())) == (Verdict.COUNT, 1)


def test_what_was_refused_is_removed_after_thirty_days(monkeypatch, tmp_path):
    refused, kept = arrive(2, text=PHONE)
    actions.claim(member=A)
    actions.decide_screen(member=A, approve=[kept], marked={refused: Refusal.INVENTED})
    actions.tell_intake(at_once=True)
    clock_ahead(monkeypatch, tmp_path, 29 * 86_400)
    assert actions.purge_refused() == 0
    clock_ahead(monkeypatch, tmp_path, 31 * 86_400)
    assert (actions.purge_refused(), actions.purge_refused()) == (1, 0)
    assert set(handed_in.contents([refused, kept])) == {kept}
    assert list(Case.objects.values_list("declaration", flat=True)) == [kept]
    assert screening.Screening.objects.count() == 1
    assert standing() == {(Verdict.COUNT, 0): 1, (Verdict.REFUSE, Refusal.INVENTED): 1}


def test_tallies_always_say_how_things_stand():
    ids = arrive(3, text=PHONE)
    actions.claim(member=A)
    actions.decide_screen(member=A, approve=ids[:1], marked={ids[1]: Refusal.SPAM}, hold=ids[2:])
    assert standing() == {(Verdict.COUNT, 0): 1, (Verdict.REFUSE, Refusal.SPAM): 1, (Verdict.HELD, 0): 1}
    actions.undo(member=A)
    assert standing() == {(Verdict.WAITING, 0): 3}
    assert all(isinstance(row, DayTally) and row.count >= 0 for row in queries.decided(0, 10**6))


def test_how_one_declaration_stands():
    (declaration,) = arrive(text=PHONE)
    assert queries.verdict(declaration) is Verdict.WAITING
    assert queries.verdict(A) is None


def test_what_is_forgotten_before_it_is_held_leaves_no_case(monkeypatch):
    declaration = hand_in()
    screening.screen_new()
    lock = taking_in.intake.lock

    def lock_later(*, declarations):
        actions.forget(declarations=declarations)  # as who corrects or erases does, who held it first
        lock(declarations=declarations)

    monkeypatch.setattr(taking_in.intake, "lock", lock_later)
    assert actions.take_in() == 1
    assert not Case.objects.filter(declaration=declaration).exists()
