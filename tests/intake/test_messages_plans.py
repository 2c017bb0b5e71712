"""With a great many messages, of support and to those who run the register: every statement about them finds its rows by an index."""

import pytest
from django.db import connection
from tests.accounts.people import member_with
from tests.intake.supporting import message
from tests.review.test_plans import NUMBERS, RANDOM_ID, plan

from tuidang.accounts.policies import Role as Staff
from tuidang.intake.contact import actions as contact_actions
from tuidang.intake.contact import queries as contact
from tuidang.intake.contact.content import Letter
from tuidang.intake.contact.states import Role
from tuidang.intake.support import actions, queries
from tuidang.intake.support.content import Message
from tuidang.intake.support.states import Refusal
from tuidang.kernel import clock
from tuidang.kernel.randomness import random_bytes
from tuidang.vault import daykeys, rolekeys
from tuidang.vault.codes import Code

pytestmark = pytest.mark.django_db
MANY = 100_000
BIG = ("intake_supportmessage", "intake_support", "intake_contactmessage")
SUPPORT = "id, day, state, turn, refusal, undone, claim_until, purge_on, key_id, blob"
# Of ten, three wait, the rest are decided and are deleted one day after the other.
WAITING = "{id}, {today} - n % 50, CASE WHEN n % 10 < 3 THEN 0 ELSE 1 END, CASE WHEN n % 3 = 0 THEN 1 ELSE 0 END, 0, {no}, 0"
CONTACT = "id, role, day, state, turn, size, mark, key, sealed, reply_to, answer, purge_on"
LETTERS = (
    "{id}, CASE n % 4 WHEN 0 THEN 'press' WHEN 1 THEN 'points' WHEN 2 THEN 'joining' ELSE 'corrections' END, "
    "{today} - n % 150, CASE WHEN n % 10 < 2 THEN 0 ELSE 2 END, n % 2, 2"
)


def fill():
    vendor, today = connection.vendor, clock.today()
    numbers, number = NUMBERS[vendor].format(many=MANY), RANDOM_ID[vendor]
    no = "false" if vendor == "postgresql" else "0"
    empty = "''::bytea" if vendor == "postgresql" else "x''"
    waiting = WAITING.format(id=number, today=today, no=no)
    rest = f"CASE WHEN n % 10 < 3 THEN NULL ELSE {today} + 1 + n % 30 END, {daykeys.current_key().id}, {empty}"
    letters = LETTERS.format(id=number, today=today)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO intake_supportmessage ({SUPPORT}) SELECT {waiting}, {rest} FROM {numbers}", None)
        cursor.execute(
            f"INSERT INTO intake_support (message, day, name, country, text, language) SELECT {number}, {today}, 'x', 276, 'x', 'en' "
            f"FROM {numbers}",
            None,
        )
        cursor.execute(
            f"INSERT INTO intake_contactmessage ({CONTACT}) SELECT {letters}, {empty}, 'x', {empty}, {empty}, {empty}, {today} + 1 + n % 90 "
            f"FROM {numbers}",
            None,
        )
        if vendor == "postgresql":
            cursor.execute(f"ANALYZE {', '.join(BIG)}")


def every_statement():
    member, code = member_with(Staff.REVIEWER), Code(random_bytes(16))
    actions.take(code=code, message=message())
    queries.standing(code)
    queries.how_many_wait()
    queries.late(100)
    queries.page()
    queries.page(before=1_000)
    queries.one(7)
    actions.claim(member=member)
    held, _ = queries.held(member)
    actions.claim(member=member)
    actions.decide(member=member, publish=[one.id for one in held[:9]], refuse={one.id: Refusal.SPAM for one in held[9:]})
    queries.last_decided(member)
    actions.undo(member=member)
    actions.take_down(member=member, number=7)
    actions.take_back(code=code)
    actions.forget_old()
    actions.carry_over(old_key=daykeys.current_key().id + 1)
    contact_actions.register_key(role=Role.PRESS, public=rolekeys.public_of(rolekeys.new_secret()))
    contact_actions.take(code=code, role=Role.PRESS, letter=Letter(text="x", reach="", language="en"))
    contact.standing(code)
    contact.waiting(list(Role))
    contact.done(list(Role))
    contact.late(100)
    number = contact.message_id(code)
    contact.listed(number)
    contact_actions.fetch(member=member, roles=[Role.PRESS], message=number)
    contact_actions.answer(member=member, roles=[Role.PRESS], message=number, text="x")
    contact_actions.close(member=member, roles=[Role.PRESS], message=number)
    contact_actions.forget_old()


def is_bad(line):
    if connection.vendor == "sqlite":
        return "TEMP B-TREE" in line or ("SCAN" in line and "USING" not in line and any(table in line for table in BIG))
    return any(f"Seq Scan on {table}" in line for table in BIG) or "Sort" in line


def test_no_statement_about_messages_scans_or_sorts_a_great_many(monkeypatch):
    monkeypatch.setattr(queries, "opened", lambda _: Message(name="x", country=276, text="x", language="en"))
    fill()
    statements = []

    def note(execute, sql, parameters, many, context):
        if sql.startswith(("SELECT", "UPDATE", "DELETE")) and any(table in sql for table in BIG):
            statements.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(note):
        every_statement()
    assert len(statements) > 30
    bad = {sql: lines for sql, parameters in statements for lines in [plan(sql, parameters)] if any(map(is_bad, lines))}
    assert bad == {}, "\n".join(f"{sql[:60]} … {sql[-200:]}: {lines}" for sql, lines in bad.items())
