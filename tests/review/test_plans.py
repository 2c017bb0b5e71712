"""With a million cases: every statement of review finds its rows by an index, and sorts nothing but the few it has found.

SQLite has no statistics, as in service, and plans alike whatever the number of rows: there a twentieth of them tells as much.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from django.db import connection
from tests.review.cases import A

from tuidang.kernel import clock
from tuidang.review import actions, queries
from tuidang.review.states import Pile, Refusal
from tuidang.screening import actions as screening
from tuidang.screening.queries import untaken
from tuidang.vault import daykeys

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reviewers")]
MANY = 1_000_000 if connection.vendor == "postgresql" else 50_000
TABLES = ("review_case", "review_publication", "review_released", "screening_screening")
COLUMNS = (
    "declaration, lane, cluster, persons, since, verdict, "
    "decided_by, assurance, reason, publication, queue, claimed_by, claim_until, screen, before, tell_at, purge_on, marked, claimed_for"
)
# Of a thousand: 970 counted and unread, 10 each to look at, held together, and settled by a person; a third wishes publication.
CASE = """{id}, CASE WHEN n % 1000 < 970 THEN 2 WHEN n % 1000 < 985 THEN 1 ELSE 0 END, {cluster}, 1, 20000 + n % 7,
 CASE WHEN n % 1000 < 970 THEN 1 WHEN n % 1000 < 990 THEN 0 ELSE 2 END, CASE WHEN n % 1000 < 970 THEN 1 ELSE 0 END, 1, 0,
 CASE WHEN n % 3 = 0 THEN 1 ELSE 0 END, CASE WHEN n % 1000 < 970 THEN 2 WHEN n % 1000 < 980 THEN 1 WHEN n % 1000 < 990 THEN 0 END,
 NULL, 0, CASE WHEN n % 10000 = 0 THEN {id} END, '[]', CASE WHEN n % 1000 = 995 THEN {soon} END, CASE WHEN n % 1000 = 996 THEN 99999 END, '[]', 0"""
NUMBERS = {
    "sqlite": "(WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {many}) SELECT n FROM numbers)",
    "postgresql": "generate_series(1, {many}) AS n",
}
RANDOM_ID = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}
CLUSTER = {"sqlite": "printf('%032x', n % 1000)", "postgresql": "lpad(to_hex(n % 1000), 32, '0')::uuid"}
SOME = UUID(int=7)
"""A cluster of a thousand."""


def fill() -> None:
    """A million cases and screenings, a tenth as many texts. Statistics as each database has them: PostgreSQL gathers them by itself."""
    vendor = connection.vendor
    numbers, random_id = NUMBERS[vendor].format(many=MANY), RANDOM_ID[vendor]
    case = CASE.format(id=random_id, cluster=CLUSTER[vendor], soon=clock.hour() + 1_000)
    screened = f"{random_id}, 2, 0, '[]', NULL, 1, 20000, n % 2 = 0, n % 100 > 0"
    text = f"{random_id}, n, {daykeys.current_key().id}, '', CASE WHEN n % 10 = 0 THEN 1 ELSE 0 END, 20000 + n % 7, NULL, 0"
    released = f"{random_id}, n, {daykeys.current_key().id}, '', n % 2, 20000 + n % 7, {CLUSTER[vendor]}, {random_id}"
    inserts = {
        f"review_case ({COLUMNS})": f"{case} FROM {numbers}",
        "screening_screening (declaration, lane, score, reasons, cluster, persons, since, wished, taken)": f"{screened} FROM {numbers}",
        'review_publication (id, "index", key_id, blob, state, due, claimed_by, claim_until)': f"{text} FROM {numbers} WHERE n % 10 < 2",
        'review_released (id, "index", key_id, blob, state, due, member, screen)': f"{released} FROM {numbers} WHERE n % 10 > 7",
    }
    with connection.cursor() as cursor:
        for into, rows in inserts.items():
            cursor.execute(f"INSERT INTO {into} SELECT {rows}", None)
        if vendor == "postgresql":
            cursor.execute("ANALYZE review_case, screening_screening, review_publication, review_released")


@contextmanager
def noted() -> Iterator[list[tuple[str, object]]]:
    """Every statement that runs, with its parameters."""
    statements: list[tuple[str, object]] = []

    def note(execute: Callable, sql: str, parameters: object, many: bool, context: dict) -> object:
        if re.match(r"\s*(SELECT|UPDATE|DELETE)", sql) and any(table in sql for table in TABLES):
            statements.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(note):
        yield statements


def plan(sql: str, parameters: object) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ") + sql, parameters)
        return [str(row[-1]) for row in cursor.fetchall()]


def is_bad(line: str) -> bool:
    """A scan of a table, or a sort. An ordered walk along an index that ends at a limit is neither."""
    if connection.vendor == "sqlite":
        return "TEMP B-TREE" in line or bool(
            re.search(r"\bSCAN\b(?!.* USING (COVERING )?INDEX (case|publication|released|screening)_)", line)
        )
    return "Seq Scan" in line or "Sort" in line


def every_statement() -> None:
    """What loops, pages and the ledger ask of review."""
    some = UUID(int=1 << 127)
    for pile in (None, *Pile):
        actions.claim(member=A, size=50, pile=pile)
        actions.claim(member=A, size=50, pile=pile)
    actions.claim_publishing(member=A)
    actions.claim_publishing(member=A)
    actions.claim_items(member=A)
    for read in (queries.held_screen, queries.held_publishing, queries.held_items, queries.last_screen):
        read(A)
    queries.queues()
    queries.ready(after=None, at_most=500)
    queries.ready(after=some, at_most=500)
    actions.hand_over(at_most=500)
    queries.cluster_sample(SOME, 20)
    queries.verdict(some)
    actions.decide_screen(member=A, approve=[some], marked={A: Refusal.SPAM})
    actions.decide_publication(member=A, publish=[some])
    actions.decide_cluster(member=A, cluster=SOME, refusal=None)
    actions.undo(member=A)
    actions.decide_publication_items(member=A, publish=[some])
    queries.last_screen(A)
    queries.released(A)
    actions.publication_taken(ids=[some])
    actions.to_take_down()
    actions.taken_down(indexes=[1])
    actions.withdraw(member=A, index=1)
    actions.undo(member=A)
    actions.tell_intake()
    actions.hold_overdue()
    queries.overdue(1_000)
    actions.purge_refused()
    actions.expire_publications()
    actions.forget(declarations=[some])
    untaken(500)
    screening.mark_taken(declarations=[some])
    actions.take_in()


def test_no_statement_scans_or_sorts_a_million_rows(monkeypatch):
    monkeypatch.setattr(queries, "open_text", lambda row: row.index)
    monkeypatch.setattr("tuidang.review.actions.publishing.open_text", lambda row: row.index)
    monkeypatch.setattr(queries, "_item", lambda row: row.index)
    fill()
    with noted() as statements:
        every_statement()
    assert len(statements) > 40
    bad = {sql: lines for sql, parameters in statements for lines in [plan(sql, parameters)] if any(map(is_bad, lines))}
    assert bad == {}, list(bad.values())
