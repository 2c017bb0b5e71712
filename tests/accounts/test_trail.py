"""The audit trail: added to with what it tells of, never changed, and never a place for names."""

import pytest
from django.db import DatabaseError, connection, transaction
from tests.accounts.people import member_with

from tuidang.accounts import actions, queries
from tuidang.accounts.models import Event
from tuidang.accounts.policies import Role
from tuidang.kernel import clock

pytestmark = pytest.mark.django_db


def recorded() -> Event:
    actions.record(member=None, verb="review.count", subject="0123456789abcdef")
    return Event.objects.get()


@pytest.mark.parametrize(
    "statement", ["UPDATE accounts_event SET verb = 'other'", "DELETE FROM accounts_event", "UPDATE accounts_event SET hour = hour - 1"]
)
def test_the_database_refuses_to_change_what_is_recorded(statement):
    before = recorded()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    after = Event.objects.get()
    assert (after.id, after.verb, after.hour) == (before.id, before.verb, before.hour)


def test_what_is_rolled_back_leaves_no_trace():
    @transaction.atomic
    def fail() -> None:
        recorded()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert queries.trail() == []


@pytest.mark.parametrize(
    ("verb", "subject"), [("review.count", "王明"), ("review.count", "Wang Ming"), ("Review", ""), ("x y", ""), ("review.count", "a\nb")]
)
def test_a_name_or_a_text_cannot_be_recorded(verb, subject):
    with pytest.raises(ValueError, match="never names"):
        actions.record(member=None, verb=verb, subject=subject)
    assert queries.trail() == []


def test_times_are_whole_hours():
    assert recorded().hour == clock.seconds() // 3600


def test_every_change_of_staff_is_recorded_with_who_did_it():
    operator = member_with(Role.OPERATOR)
    token = actions.invite(name="Li", roles=[Role.REVIEWER, Role.EDITOR], by=operator)
    member = actions.use_link(token=token).id
    actions.revoke(member=member, by=operator)
    assert [(trace.member, trace.verb) for _, trace in queries.trail()] == [
        (None, "staff.invite"),
        (operator, "staff.invite"),
        (member, "staff.sign_in"),
        (operator, "staff.revoke"),
    ]
    assert "Li" not in "".join(trace.subject for _, trace in queries.trail())
    assert "editor reviewer" in queries.trail()[1][1].subject


def test_the_trail_is_read_in_pieces():
    for _ in range(5):
        actions.record(member=None, verb="review.count", subject="")
    first = queries.trail(at_most=3)
    rest = queries.trail(after=first[-1][0])
    assert (len(first), len(rest)) == (3, 2)
