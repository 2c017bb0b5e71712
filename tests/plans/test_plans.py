"""With a million declarations: what intake, the ledger and the archive ask finds its rows by an index and sorts no table.

SQLite has no statistics, as in service, and plans alike whatever the number of rows: there a twentieth of them. PostgreSQL gathers statistics
by itself. `Tally` has a row a day and channel: its sums walk all of it.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from django.db import connection, transaction

from tlog.entry import Kind
from tuidang.archive import queries as archive
from tuidang.intake import actions as intake
from tuidang.intake import claims
from tuidang.intake import queries as handed_in
from tuidang.intake.models import Declarant, Spent
from tuidang.kernel import clock
from tuidang.ledger import adapters, gathering, instructions, queries
from tuidang.ledger.models import Change, Instruction, Notice, SealedRecord
from tuidang.vault import daykeys
from tuidang.vault.codes import Code
from tuidang.vault.formkeys import FormToken
from tuidang.vault.mailkeys import Claim

MANY, FEWER = (1_000_000, 100_000) if connection.vendor == "postgresql" else (50_000, 5_000)
"""Rows a table that grows with declarations has here, and one that grows with batches or wishes."""
CODE = Code(bytes(16))
SOME = UUID(int=1 << 127)
NUMBERS = {
    "sqlite": "(WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {many}) SELECT n FROM numbers)",
    "postgresql": "generate_series(1, {many}) AS n",
}
ID = {"sqlite": "printf('%032x', n * 7919)", "postgresql": "lpad(to_hex(n * 7919::bigint), 32, '0')::uuid"}
BLOB = {"sqlite": "CAST(printf('%032x', n) AS BLOB)", "postgresql": "decode(lpad(to_hex(n), 64, '0'), 'hex')"}
ROWS = {
    "intake_declaration (id, key_id, day, persons, state, answered_twice, blob)": (
        "{id}, {key}, {today} - n % 50, 1, CASE WHEN n % 1000 = 0 THEN 0 ELSE 1 END, n < 0, {blob}"
    ),
    "intake_declarant (declaration_id, seq, lookup, commitment, key_id, state, blob)": (
        "{id}, 1, {id}, {blob}, {key}, CASE WHEN n % 10000 = 0 THEN 1 ELSE 0 END, {blob}"
    ),
    "intake_spent (id, mark, expires)": "{id}, {blob}, {hour} + 1 + n % 5",
    "intake_claim (id, fades, expires)": "{id}, {hour} + n % 200, {hour} + 1 + n % 500",
    "ledger_batch (size, base, root, day, count)": "n, n - 1, {blob}, 20000, '{{}}'",
    'ledger_notice ("index", kind, commitment)': "n, 5 + n % 8, {blob}",
    'ledger_change ("index", void, raised, at)': "n, n > 0, n < 0, n",
    "ledger_instruction (id, kind, not_before, ref, commitment, key_id, blob)": (
        "{id}, 2, {today} + 1 + n % 7, CASE WHEN n % 2 = 0 THEN n END, CASE WHEN n % 2 = 1 THEN {blob} END, {key}, {blob}"
    ),
    'archive_statement ("index", day, region, organisations, persons, language, name, suggested, title, text)': (
        "n, 20000, 0, 1, 1, 'en', '', n > 0, '', 't'"
    ),
    'ledger_sealedrecord (lookup, "index", envelope_id, own, epoch)': "{id}, n, {envelope}, {blob}, {blob}",
}
LARGE = ("intake_declaration", "intake_declarant", "ledger_sealedrecord")


@pytest.fixture(scope="module")
def filled(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The rows, once for all tests here, in a transaction that is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        vendor = connection.vendor
        with connection.cursor() as cursor:
            first = "printf('%032x', 1)" if vendor == "sqlite" else "lpad('1', 32, '0')::uuid"
            blob = "x'00'" if vendor == "sqlite" else "'\\x00'::bytea"
            cursor.execute(f"INSERT INTO ledger_envelope (id, epoch, blob) SELECT {first}, '2026Q1', {blob}", None)
            key = daykeys.current_key().id
            for into, row in ROWS.items():
                values = row.format(id=ID[vendor], blob=BLOB[vendor], key=key, today=clock.today(), hour=clock.hour(), envelope=first)
                many = MANY if into.startswith(LARGE) else FEWER
                cursor.execute(f"INSERT INTO {into} SELECT {values} FROM {NUMBERS[vendor].format(many=many)}", None)
                if vendor == "postgresql":
                    cursor.execute(f"ANALYZE {into.split()[0]}")
            assert "sqlite_stat1" not in connection.introspection.table_names(cursor)
        yield
        transaction.set_rollback(True)
    daykeys.forget()


@contextmanager
def noted() -> Iterator[list[tuple[str, object]]]:
    """Every statement that runs, with its parameters."""
    statements: list[tuple[str, object]] = []

    def note(execute: Callable, sql: str, parameters: object, many: bool, context: dict) -> object:
        if re.match(r"\s*(SELECT|UPDATE|DELETE)", sql) and not many:
            statements.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(note):
        yield statements


def plan(sql: str, parameters: object) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ") + sql, parameters)
        return [str(row[-1]) for row in cursor.fetchall()]


def is_bad(line: str) -> bool:
    """A scan of a whole table, or a sort. An ordered walk along a key or a partial index that ends at a limit is neither."""
    if re.search(r"vault_|ledger_envelope|followed", line):
        return False
    if connection.vendor == "sqlite":
        return "TEMP B-TREE" in line or bool(re.search(r"\bSCAN\b(?!.* USING (COVERING )?INDEX)", line))
    return "Seq Scan" in line or "Sort" in line


ASKED = {
    "new declarations": lambda: handed_in.new_declarations(500),
    "spent": lambda: list(Spent.objects.filter(id=SOME)),
    "spent that has expired": intake.forget_spent,
    "claims that have expired": claims.forget_old,
    "a claim": lambda: claims.show(claim=Claim.of_mail(bytes(32), day=clock.today(), persons=1), page=FormToken.fresh()),
    "declarant by lookup": lambda: list(Declarant.objects.filter(lookup=SOME)),
    "declarant by commitment": lambda: list(Declarant.objects.filter(commitment__in=[bytes(32)])),
    "who stands": lambda: handed_in.with_standing([SOME]),
    "contents": lambda: handed_in.contents([SOME]),
    "taken back and due": intake.purge_taken_back,
    "the last batch": adapters.head,
    "the list in force": lambda: Notice.objects.filter(kind=Kind.CODES).order_by("-index").first(),
    "the list in force before": lambda: Notice.objects.filter(kind=Kind.CODES, index__lt=99).order_by("-index").first(),
    "instructions that are due": lambda: gathering.due_instructions(MANY),
    "instructions that wait": lambda: list(Instruction.objects.filter(commitment=bytes(32))),
    "an instruction for an entry": lambda: instructions._there_is_none(Kind.VOID, 7, None),
    "a change": lambda: list(Change.objects.filter(index=7, void=True)),
    "voids since": lambda: queries.voided_after(FEWER // 2),
    "a sealed record by its code": lambda: (queries.codes_opened_by(CODE), queries.opened(CODE)),
    "a sealed record by its index": lambda: list(SealedRecord.objects.filter(index=MANY + 1)),
    "a page of the archive": lambda: archive.page(before=FEWER // 2),
    "a statement": lambda: archive.statement(7),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", ASKED)
def test_what_is_asked_scans_and_sorts_no_table(filled, name):
    with noted() as statements:
        ASKED[name]()
    plans = {sql: plan(sql, parameters) for sql, parameters in statements}
    transaction.set_rollback(True)  # else all foreign keys of a million rows would be checked at the end
    assert plans
    bad = [lines for lines in plans.values() if any(map(is_bad, lines))]
    assert bad == []
