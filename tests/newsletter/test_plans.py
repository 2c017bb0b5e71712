"""What the newsletter asks finds its rows by an index."""

import pytest
from django.db import connections
from tests.newsletter.mailed import begun
from tests.newsletter.readers import ANNA, BOTH

from tuidang.kernel import clock
from tuidang.newsletter import actions, adapters, mailings, queries
from tuidang.newsletter.forms import blank
from tuidang.newsletter.models import Delivery, Subscriber
from tuidang.newsletter.policies import read_address
from tuidang.newsletter.states import Fate, Rhythm

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


def plans(work, table: str = "newsletter_subscriber") -> list[str]:
    """How the database goes about each statement of `work` about readers, or another table."""
    connection, said = connections["newsletter"], []

    def note(execute, sql, params, many, context):
        if table in sql and not sql.startswith(("EXPLAIN", "INSERT")):
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


@pytest.mark.parametrize("work", ["open", "waiting", "take", "step", "recover", "finish", "leaving", "back", "standing"])
def test_no_delivery_is_looked_for_among_all(readers, work):
    mailing = begun(rhythms=list(Rhythm))
    while mailings.fill(mailing=mailing):
        pass
    numbers = list(Delivery.objects.order_by("id").values_list("id", flat=True))
    assert len(numbers) == MANY
    mailings.step_on(done=dict.fromkeys(numbers[100:], Fate.SENT), hand=None)
    with connections["newsletter"].cursor() as cursor:
        cursor.execute("ANALYZE")
    some = Delivery.objects.get(id=numbers[-1]).subscriber_id
    done = {
        "open": mailings.next_open,
        "waiting": lambda: mailings.waiting(mailing, after=0, at_most=5),
        "take": lambda: mailings.take(mailing=mailing, deliveries=numbers[:5]),
        "step": lambda: mailings.step_on(done={numbers[0]: Fate.SENT}, hand=numbers[1]),
        "recover": lambda: mailings.recover(mailing=mailing),
        "finish": lambda: mailings.finish(mailing=mailing),
        "leaving": lambda: mailings.note_leaving(subscriber=some),
        "back": lambda: mailings.came_back(delivery=numbers[-1], fate=Fate.BOUNCED),
        "standing": lambda: mailings.known([mailing]),
    }
    found = plans(done[work], "newsletter_mailing" if work in ("open", "standing") else "newsletter_delivery")
    assert found
    assert [one for one in found if "SCAN newsletter_delivery" in one or "Seq Scan on newsletter_delivery" in one] == []
