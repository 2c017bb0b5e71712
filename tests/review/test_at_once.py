"""Two processes at the same work: nothing is tallied twice, and nobody waits for who waits for them."""

import threading

import pytest
from django.db import connection
from tests.review.cases import PHONE, A, arrive, take_all
from tests.screening.hand_in import hand_in

from tuidang.intake import actions as intake
from tuidang.review import actions, queries
from tuidang.review.actions import taking_in
from tuidang.review.models import Tally
from tuidang.review.states import Refusal
from tuidang.screening.actions import screen_new


@pytest.mark.django_db(transaction=True)
def test_two_that_take_in_at_once_tally_once(monkeypatch):
    for _ in range(3):
        hand_in()
    screen_new()
    untaken, failures = taking_in.untaken, []

    def other():
        try:
            actions.take_in()
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is shown
            failures.append(repr(error))
        finally:
            connection.close()

    second = threading.Thread(target=other)

    def slowly(at_most):
        rows = untaken(at_most)
        if second.ident is None:
            second.start()
            second.join(1)
        return rows

    monkeypatch.setattr(taking_in, "untaken", slowly)
    actions.take_in()
    second.join()
    assert failures == []
    assert sum(Tally.objects.values_list("count", flat=True)) == 3
    take_all()
    assert sum(row.count for row in queries.decided(0, 10**6)) == 3


@pytest.mark.django_db
@pytest.mark.usefixtures("reviewers")
def test_refusals_lock_declarations_before_anything_and_the_tally_last(monkeypatch):
    ids = arrive(3, text=PHONE)
    actions.claim(member=A)
    actions.decide_screen(member=A, marked=dict.fromkeys(ids, Refusal.SPAM))
    written: list[str] = []
    lock = intake.lock
    monkeypatch.setattr(intake, "lock", lambda declarations: (written.append(f"lock {len(declarations)}"), lock(declarations=declarations)))

    def note(execute, sql, parameters, many, context):
        if sql.startswith(("UPDATE", "INSERT", "DELETE")) or "FOR UPDATE" in sql:
            written.append(sql)
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(note):
        assert actions.tell_intake(at_once=True) == 3
    tallied = [at for at, sql in enumerate(written) if "intake_tally" in sql and "UPDATE" in sql[:6]]
    assert written[0] == "lock 3"
    assert tallied == [len(written) - 1]
