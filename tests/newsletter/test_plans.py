"""With a million readers and letters: what the newsletter asks finds its rows by an index, sorts no table and counts no rows.

SQLite has no statistics, as in service, and plans alike whatever the number of rows. PostgreSQL gathers statistics by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from django.db import connections, transaction
from tests.newsletter.readers import ANNA, BOTH
from tests.plans.test_plans import BLOB, ID, NUMBERS

from tuidang.kernel import clock
from tuidang.newsletter import actions, adapters, mailings, queries
from tuidang.newsletter.forms import blank
from tuidang.newsletter.models import Delivery, Mailing, Subscriber, Wish
from tuidang.newsletter.policies import read_address
from tuidang.newsletter.states import Fate, Reason, Rhythm, Sending, Topic

NEWSLETTER = "newsletter"
MANY, FEWER, MAILINGS = 1_000_000, 100_000, 5_000
"""Readers and letters; wishes and addresses that are shut out; mailings, of which the last is being sent and the one before it paused."""
ROWS = {
    "newsletter_subscriber (id, mailbox, address, state, language, topics, rhythm, consent, asked, confirmed, letters, letters_day)": (
        "{id}, {id}, {blob}, CASE WHEN n % 1000 = 0 THEN 0 ELSE 1 END, 'en', 7, 1 + n % 3, 'x', {today} - n % 90, {today}, 0, 0",
        MANY,
    ),
    "newsletter_suppression (mailbox, reason, day)": ("{id}, 1, {today}", FEWER),
    "newsletter_wish (id, content, day)": ("{id}, {blob}, {today}", FEWER),
    "newsletter_mailing (id, topic, rhythms, sending, begun, boot, figures, batch)": (
        "{id}, 1, 14, CASE WHEN n = {mailings} THEN 1 WHEN n = {mailings} - 1 THEN 2 ELSE 3 END, {today} - {mailings} + n, '', '{{}}', '[]'",
        MAILINGS,
    ),
    "newsletter_delivery (mailing_id, subscriber_id, fate, tries)": ("{mailing}, {id}, CASE WHEN n % 10 = 0 THEN 0 ELSE 3 END, 0", MANY),
}
LAST = UUID(int=MAILINGS * 7919)
SOME = UUID(int=4 * 7919)
NOBODY = UUID(int=1 << 127)
MAILING = {
    "sqlite": "printf('%032x', ({mailings} - n % 2 * (n / 30000)) * 7919)",
    "postgresql": "lpad(to_hex((({mailings} - n % 2 * (n / 30000)) * 7919)::bigint), 32, '0')::uuid",
}
"""Half of the letters are of the last mailing, the others of the days before."""


@pytest.fixture(scope="module")
def filled(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The rows, once for all tests here, in a transaction that is rolled back."""
    connection = connections[NEWSLETTER]
    vendor = connection.vendor
    with django_db_blocker.unblock(), transaction.atomic(using=NEWSLETTER):
        adapters.mark(read_address(ANNA))  # makes the key, as long as there are no rows
        with connection.cursor() as cursor:
            for into, (row, many) in ROWS.items():
                mailing = MAILING[vendor].format(mailings=MAILINGS)
                values = row.format(id=ID[vendor], blob=BLOB[vendor], today=clock.today(), mailings=MAILINGS, mailing=mailing)
                cursor.execute(f"INSERT INTO {into} SELECT {values} FROM {NUMBERS[vendor].format(many=many)}", None)
                if vendor == "postgresql":
                    cursor.execute(f"ANALYZE {into.split()[0]}")
            assert "sqlite_stat1" not in connection.introspection.table_names(cursor)
        yield
        transaction.set_rollback(True, using=NEWSLETTER)


@pytest.fixture(autouse=True)
def undone(filled, db, monkeypatch) -> Iterator[None]:
    """What a test writes; else all foreign keys of a million rows would be checked at its end. No address of these readers was ever encrypted."""
    monkeypatch.setattr(queries, "address_of", lambda _found: ANNA)
    yield
    transaction.set_rollback(True, using=NEWSLETTER)


@contextmanager
def noted() -> Iterator[list[tuple[str, object]]]:
    """Every statement that runs, with its parameters, but for whether a table has a row at all."""
    statements: list[tuple[str, object]] = []

    def note(execute: Callable, sql: str, parameters: object, many: bool, context: dict) -> object:
        if re.match(r"\s*(SELECT|UPDATE|DELETE)", sql) and not many and not re.fullmatch(r'SELECT \S+ AS "a" FROM "\w+" LIMIT 1', sql):
            statements.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with connections[NEWSLETTER].execute_wrapper(note):
        yield statements


def plan(sql: str, parameters: object) -> list[str]:
    connection = connections[NEWSLETTER]
    with connection.cursor() as cursor:
        cursor.execute(("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ") + sql, parameters)
        return [str(row[-1]) for row in cursor.fetchall()]


def is_bad(line: str) -> bool:
    """A scan of a whole table, a count, or a sort of more than one row. An ordered walk along an index that ends at a limit is none."""
    if re.search(r"newsletter_(importproof|mailingtext)", line):
        return False
    if connections[NEWSLETTER].vendor == "sqlite":
        return "TEMP B-TREE" in line or bool(re.search(r"\bSCAN\b(?!.* USING (COVERING )?INDEX)", line))
    return "Seq Scan" in line or "Aggregate" in line or bool(re.search(r"\bSort\b.*\brows=(?!1 )", line))


def numbers(fate: Fate = Fate.WAITING) -> list[int]:
    return list(Delivery.objects.filter(mailing=LAST, fate=fate.value).order_by("id").values_list("id", flat=True)[:5])


def taken_up() -> list[int]:
    return list(mailings.take(mailing=LAST, deliveries=numbers()))


def filling() -> None:
    Mailing.objects.filter(id=LAST).update(sending=Sending.FILLING.value, filled_to=UUID(int=(MANY - 500) * 7919))
    Delivery.objects.filter(mailing=LAST, subscriber__gt=UUID(int=(MANY - 500) * 7919)).delete()


def a_wish() -> UUID:
    actions.wish(address=read_address(ANNA), choices=blank("en").choices, consent="x")
    return adapters.wish_id(read_address(ANNA))


def imported() -> list[str]:
    reader = actions.Imported(read_address("new@mail.example"), blank("en").choices, clock.today())
    return actions.take_in(readers=[reader], proof=actions.note_proof(text="x"))


ASKED: dict[str, tuple[Callable[[], object], Callable[[object], object]]] = {
    "who reads by a link": (lambda: None, lambda _: queries.reader(SOME)),
    "who reads under an address": (lambda: None, lambda _: (queries.subscriber_of(read_address(ANNA)), queries.held(read_address(ANNA)))),
    "what waits for a letter": (lambda: None, lambda _: queries.wishes(without=[NOBODY], most=10)),
    "what an operator must know": (lambda: None, lambda _: queries.standing()),
    "a wish is taken up": (a_wish, lambda wish: actions.take_up(wish=wish)),
    "a letter went out": (
        a_wish,
        lambda wish: actions.settle(owed=actions.take_up(wish=wish), taken=True),
    ),
    "confirming": (lambda: None, lambda _: actions.confirm(subscriber=SOME)),
    "choosing": (lambda: None, lambda _: actions.choose(subscriber=SOME, choices=blank("en").choices)),
    "leaving": (lambda: None, lambda _: actions.leave(subscriber=SOME)),
    "erasing": (lambda: None, lambda _: actions.erase(address=read_address(ANNA), never=True)),
    "shutting out": (lambda: None, lambda _: actions.shut_out(address=read_address(ANNA), reason=Reason.BOUNCED)),
    "allowing": (lambda: None, lambda _: actions.allow(address=read_address(ANNA))),
    "taking in": (lambda: None, lambda _: imported()),
    "forgetting who did not confirm": (lambda: Wish.objects.all().delete(), lambda _: actions.forget_old()),
    "beginning": (
        lambda: None,
        lambda _: mailings.begin(mailing=NOBODY, topic=Topic.NEWS, rhythms=[Rhythm.EACH], texts=[]),
    ),
    "the mailing whose turn it is": (lambda: None, lambda _: (mailings.next_open(), mailings.is_open(LAST), mailings.texts(LAST))),
    "how far mailings are": (lambda: None, lambda _: (mailings.standings(), mailings.standing(LAST), mailings.known([LAST, NOBODY]))),
    "pausing, going on, stopping": (
        lambda: None,
        lambda _: (mailings.pause(mailing=LAST), mailings.resume(mailing=LAST), mailings.stop(mailing=LAST)),
    ),
    "listing readers": (filling, lambda _: mailings.fill(mailing=LAST)),
    "letters that wait": (lambda: None, lambda _: mailings.waiting(LAST, after=MANY // 2)),
    "taking up": (numbers, lambda found: mailings.take(mailing=LAST, deliveries=found)),
    "handing over": (taken_up, lambda found: mailings.step_on(done={found[0]: Fate.SENT}, hand=found[1])),
    "wanted later": (taken_up, lambda found: mailings.wanted_later(delivery=found[0], most=3)),
    "ending a batch": (taken_up, lambda found: mailings.end_batch(mailing=LAST, deliveries=found)),
    "giving up": (numbers, lambda found: mailings.give_up(mailing=LAST, deliveries=found)),
    "after a crash": (taken_up, lambda _: mailings.recover(mailing=LAST)),
    "what was perhaps sent, again": (lambda: None, lambda _: mailings.send_unknown(mailing=LAST)),
    "whether it is done": (lambda: None, lambda _: mailings.finish(mailing=LAST)),
    "one came back": (lambda: numbers(Fate.SENT), lambda found: mailings.came_back(delivery=found[0], fate=Fate.BOUNCED)),
    "a month later": (lambda: None, lambda _: mailings.forget_old()),
}


@pytest.mark.django_db(databases=BOTH)
@pytest.mark.parametrize("name", ASKED)
def test_what_is_asked_scans_sorts_and_counts_no_table(name):
    before, work = ASKED[name]
    given = before()
    with noted() as statements:
        work(given)
    plans = {sql: plan(sql, parameters) for sql, parameters in statements}
    assert plans
    bad = [(sql, lines) for sql, lines in plans.items() if any(map(is_bad, lines)) or "COUNT(" in sql.upper()]
    assert bad == []


@pytest.mark.django_db(databases=BOTH)
def test_these_tests_see_what_walks_all_rows():
    with noted() as statements:
        list(Subscriber.objects.filter(language="xx"))
        list(Delivery.objects.filter(mailing=LAST).order_by("tries")[:5])
    plans = [plan(sql, parameters) for sql, parameters in statements]
    assert [any(map(is_bad, lines)) for lines in plans] == [True, True]
