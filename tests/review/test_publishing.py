"""Publishing is decided apart: only what is wished, only after a person read it, and for seven days at most."""

import pytest
from tests.accounts.people import clock_ahead
from tests.review.cases import PHONE, A, B, arrive, case, entries

from tuidang.accounts import queries as staff
from tuidang.review import actions, queries
from tuidang.review.content import Decided
from tuidang.review.models import Case, Publication, Released
from tuidang.review.policies import PUBLISH_DAYS
from tuidang.review.states import Refusal, Verdict, Wish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reviewers")]


def items(count: int = 1) -> list:
    """Sealed texts that wait, in the order of their index."""
    for number, declaration in enumerate(arrive(count, publish=True)):
        actions.sealed(entries=entries(declaration, first=100 * number))
    return list(Publication.objects.order_by("index").values_list("id", flat=True))


def test_counting_decides_nothing_about_publishing():
    (declaration,) = arrive(text=PHONE, publish=True)
    actions.claim(member=A)
    actions.decide_screen(member=A, approve=[declaration])
    assert (case(declaration).verdict, case(declaration).publication) == (Verdict.COUNT, Wish.WAITING)


def test_publishing_decides_nothing_about_counting():
    (declaration,) = arrive(publish=True)
    actions.claim_publishing(member=A)
    assert actions.decide_publication(member=A, publish=[declaration]) == 1
    assert (case(declaration).publication, case(declaration).assurance) == (Wish.PUBLISH, 1)


def test_only_what_counts_and_is_wished_comes_to_be_decided():
    wished, _ = arrive(publish=True), arrive()
    arrive(text=PHONE, publish=True)
    assert actions.claim_publishing(member=A) == 1
    assert [one.declaration for one in queries.held_publishing(A)[0]] == wished


def test_what_is_not_wished_cannot_be_published():
    (declaration,) = arrive()
    Case.objects.update(claimed_by=A, claim_until=2**40)
    assert actions.decide_publication(member=A, publish=[declaration]) == 0
    assert case(declaration).publication == Wish.NOT_WISHED


def test_a_wish_that_changes_before_sealing_is_followed_and_read_anew():
    (declaration,) = arrive(publish=True)
    actions.claim_publishing(member=A)
    actions.decide_publication(member=A, publish=[declaration])
    actions.wish(declaration=declaration, publish=True)
    assert case(declaration).publication == Wish.PUBLISH
    actions.wish(declaration=declaration, publish=False)
    assert case(declaration).publication == Wish.NOT_WISHED
    actions.undo(member=A)
    assert case(declaration).publication == Wish.NOT_WISHED
    actions.wish(declaration=declaration, publish=True)
    assert case(declaration).publication == Wish.WAITING


def test_one_screen_with_both_decisions_is_undone_as_one():
    one, other = arrive(2, text=PHONE, publish=True)
    actions.claim(member=A)
    number = type(A)(int=99)
    actions.decide_publication(member=A, publish=[one], decline=[other], screen=number)
    assert actions.decide_screen(member=A, approve=[one], marked={other: Refusal.SPAM}, screen=number) == Decided(1, 1)
    assert actions.undo(member=A) == 2
    assert {(case(each).verdict, case(each).publication) for each in (one, other)} == {(Verdict.WAITING, Wish.WAITING)}


def test_sealed_texts_are_decided_by_whoever_claimed_them():
    every = set(items(3))
    assert (actions.claim_items(member=A, size=2), actions.claim_items(member=B)) == (2, 1)
    good, bad = (one.id for one in queries.held_items(A)[0])
    (other,) = every - {good, bad}
    assert actions.decide_publication_items(member=A, publish=[good, other], decline=[bad]) == 2
    assert [one.id for one in actions.hand_over(at_most=9)] == [good]
    assert set(Publication.objects.values_list("id", flat=True)) == {good, other}
    assert bad in Released.objects.values_list("id", flat=True), "as long as it can be undone"
    assert {trace.verb for _, trace in staff.trail()} == {"review.publish", "review.decline"}


def test_the_archive_takes_each_once():
    (item,) = items()
    actions.publication_taken(ids=[item])
    assert Publication.objects.exists()
    actions.claim_items(member=A)
    actions.decide_publication_items(member=A, publish=[item])
    actions.publication_taken(ids=[item])
    assert actions.hand_over(at_most=9) == []


def test_what_nobody_read_in_time_is_dropped_and_what_was_approved_is_not(monkeypatch, tmp_path):
    approved, _ = items(2)
    actions.claim_items(member=A, size=2)
    actions.decide_publication_items(member=A, publish=[approved])
    clock_ahead(monkeypatch, tmp_path, PUBLISH_DAYS * 86_400)
    assert actions.expire_publications() == 0
    clock_ahead(monkeypatch, tmp_path, (PUBLISH_DAYS + 1) * 86_400)
    assert (actions.expire_publications(), actions.expire_publications()) == (1, 0)
    assert list(Publication.objects.values_list("id", flat=True)) == [approved]


def test_a_declarant_who_no_longer_wishes_it_is_followed_after_sealing():
    items(2)
    actions.unpublish_items(indexes=[1])
    assert [row.index for row in Publication.objects.all()] == [101]
