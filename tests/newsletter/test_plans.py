"""What the newsletter asks finds its rows by an index."""

import pytest
from django.db import connections
from tests.newsletter.readers import ANNA, BOTH

from tuidang.kernel import clock
from tuidang.newsletter import actions, adapters, queries
from tuidang.newsletter.forms import blank
from tuidang.newsletter.models import Subscriber
from tuidang.newsletter.policies import read_address

pytestmark = pytest.mark.django_db(databases=BOTH)
MANY = 2000


@pytest.fixture
def readers():
    proof = actions.note_proof(text="x")
    choices = blank("en").choices
    some = [actions.Imported(read_address(f"reader{number}@mail.example"), choices, clock.today()) for number in range(MANY)]
    assert set(actions.take_in(readers=some, proof=proof)) == {""}
    with connections["newsletter"].cursor() as cursor:
        cursor.execute("ANALYZE")


def plans(work) -> list[str]:
    """How the database goes about each statement of `work` about readers."""
    connection, said = connections["newsletter"], []

    def note(execute, sql, params, many, context):
        if "newsletter_subscriber" in sql and not sql.startswith(("EXPLAIN", "INSERT")):
            head = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
            with connection.cursor() as cursor:
                cursor.execute(head + sql, params)
                said.append("\n".join(str(row[-1]) for row in cursor.fetchall()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        work()
    return said


@pytest.mark.parametrize("work", ["forget", "find", "token", "leave", "take_up"])
def test_no_reader_is_looked_for_among_all(readers, work):
    anna = read_address(ANNA)
    some = Subscriber.objects.values_list("id", flat=True)[0]
    actions.wish(address=anna, choices=blank("en").choices, consent="x")
    done = {
        "forget": actions.forget_old,
        "find": lambda: queries.subscriber_of(anna),
        "token": lambda: queries.reader(some),
        "leave": lambda: actions.leave(subscriber=some),
        "take_up": lambda: actions.take_up(wish=adapters.wish_id(anna)),
    }
    found = plans(done[work])
    assert found
    assert [one for one in found if "SCAN newsletter_subscriber" in one or "Seq Scan on newsletter_subscriber" in one] == []
