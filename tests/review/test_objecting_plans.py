"""With a million objections, open and answered: every statement about them finds its rows by an index."""

import pytest
from django.db import connection
from tests.review.cases import A
from tests.review.objecting import object_to
from tests.review.test_plans import MANY, NUMBERS, RANDOM_ID, plan

from tuidang.kernel import clock
from tuidang.kernel.randomness import random_id
from tuidang.review import actions, queries
from tuidang.review.content import Complaint
from tuidang.review.models import Objection
from tuidang.review.states import Finding, Ground
from tuidang.vault import daykeys

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reviewers")]
TABLES = ("review_objection", "review_judgement", "review_publication")
COLUMNS = 'id, "index", ground, day, finding, hides, turn, purge_on, key_id, blob'
# Of ten, nine are answered and one is open; of a hundred, one hid something on the day on which it came.
ROW = (
    "{id}, n, 1, {today} - n % 50, CASE WHEN n % 10 = 0 THEN 0 ELSE 11 END, n % 100 = 0, CASE WHEN n % 1000 = 0 THEN 0 ELSE 1 END, "
    "CASE WHEN n % 10 = 0 THEN NULL ELSE {today} + 1 + n % 30 END, {key}, ''"
)


def fill():
    vendor = connection.vendor
    numbers = NUMBERS[vendor].format(many=MANY)
    row = ROW.format(id=RANDOM_ID[vendor], today=clock.today(), key=daykeys.current_key().id)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO review_objection ({COLUMNS}) SELECT {row} FROM {numbers}", None)
        cursor.execute(f'INSERT INTO review_judgement ("index", ground, upheld) SELECT n, 1, n % 2 = 0 FROM {numbers}', None)
        if vendor == "postgresql":
            cursor.execute("ANALYZE review_objection, review_judgement")


def every_statement():
    name = random_id()
    object_to(MANY + 7, objection=name)
    object_to(70, Ground.NAMED)
    queries.answer(name)
    queries.objections(51)
    queries.late_objections(1000)
    queries.hidden([7, 70])
    queries.barred([7, 70])
    actions.hid_nothing(objection=name)
    actions.decide_objections(member=A, objections=[name], finding=Finding.NOT_NAMED)
    actions.decide_objections(member=A, objections=[row.id for row in queries.objections(1)], finding=Finding.PLAIN)
    actions.purge_objections()
    actions.carry_over(old_key=daykeys.current_key().id + 1)


def is_bad(line):
    if connection.vendor == "sqlite":
        return "TEMP B-TREE" in line or ("SCAN" in line and "USING" not in line)
    return "Seq Scan on review_objection" in line or "Seq Scan on review_judgement" in line or "Sort" in line


def test_no_statement_about_objections_scans_or_sorts_a_million_rows(monkeypatch):
    monkeypatch.setattr(queries, "open_complaint", lambda _: Complaint(text="", language="en"))
    monkeypatch.setattr(daykeys, "key", lambda _: daykeys.current_key())
    fill()
    statements = []

    def note(execute, sql, parameters, many, context):
        if sql.startswith(("SELECT", "UPDATE", "DELETE")) and any(table in sql for table in TABLES):
            statements.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(note):
        every_statement()
    assert len(statements) > 20
    assert Objection.objects.filter(day=clock.today(), hides=True)[:200].count() > 100, "the bound is reached: what counts stops there"
    bad = {sql: lines for sql, parameters in statements for lines in [plan(sql, parameters)] if any(map(is_bad, lines))}
    assert bad == {}, list(bad.items())
