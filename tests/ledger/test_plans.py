"""With a million rows: every statement of intake and ledger finds its rows by an index, and sorts nothing but the few it has found.

SQLite has no statistics, as in service, and plans alike whatever the number of rows: there a twentieth of them tells as much.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from django.db import connection
from tests.ledger.register import declaration
from tests.review.test_plans import NUMBERS, RANDOM_ID

from tlog.entry import Kind
from tuidang.intake import actions as intake_actions
from tuidang.intake import queries as intake
from tuidang.kernel import clock
from tuidang.kernel.randomness import random_bytes
from tuidang.ledger import actions, adapters, gathering, instructions, queries, stage
from tuidang.ledger.instructions import Payload
from tuidang.vault import daykeys
from tuidang.vault.codes import Code

pytestmark = pytest.mark.django_db
MANY, SOME = (1_000_000, 100_000) if connection.vendor == "postgresql" else (50_000, 5_000)
BYTES = {"sqlite": "randomblob(32)", "postgresql": "decode(md5(n::text) || md5((-n)::text), 'hex')"}
TABLES = (
    "intake_declaration",
    "intake_declarant",
    "intake_spent",
    "ledger_sealedrecord",
    "ledger_sealedtext",
    "ledger_instruction",
    "ledger_change",
    "ledger_notice",
    "ledger_batch",
)
# A walk along one of these is a walk along the few rows that wait for something.
WAITING = "declaration_new|declarant_taken_back|instruction_due|instruction_waiting"


def fill(key: int) -> None:
    """A million declarations with one person each, and as many records; a tenth of the rest, instructions whose day has not come among it."""
    vendor = connection.vendor
    number = "printf('%032x', n)" if vendor == "sqlite" else "lpad(to_hex(n), 32, '0')::uuid"
    yes = "1" if vendor == "sqlite" else "true"
    no = "0" if vendor == "sqlite" else "false"
    envelope = "'" + "0" * 32 + "'"
    late, data, id_ = clock.today() + 100, BYTES[vendor], RANDOM_ID[vendor]
    rows: dict[str, tuple[int, str]] = {
        "intake_declaration (id, key_id, day, persons, state, answered_twice, blob)": (MANY, f"{number}, {key}, 20000, 1, 1, {no}, {data}"),
        "intake_declarant (declaration_id, seq, lookup, commitment, key_id, state, blob)": (
            MANY,
            f"{number}, 1, {id_}, {data}, {key}, 0, {data}",
        ),
        'ledger_sealedrecord (lookup, "index", envelope_id, own, epoch)': (
            MANY,
            f"{id_}, n, {envelope}, {data}, {data}",
        ),
        "ledger_instruction (id, kind, not_before, ref, commitment, key_id, blob)": (SOME, f"{id_}, 2, {late}, n, NULL, {key}, {data}"),
        'ledger_change ("index", at, void, raised)': (SOME, f"n, n + 1, {yes}, {no}"),
        "intake_spent (id, mark, expires)": (SOME, f"{id_}, {data}, {clock.hour() + 40}"),
        "ledger_sealedtext (id, blob)": (SOME, f"{id_}, {data}"),
        'ledger_notice ("index", kind, commitment)': (SOME, f"n, 5 + n % 8, {data}"),
        "ledger_batch (size, base, root, day, count)": (SOME, f"n, n - 1, {data}, 20000, '{{}}'"),
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO ledger_envelope (id, epoch, blob) SELECT {envelope}, '2026Q4', {data} FROM {NUMBERS[vendor].format(many=1)}"
        )
        for into, (many, values) in rows.items():
            cursor.execute(f"INSERT INTO {into} SELECT {values} FROM {NUMBERS[vendor].format(many=many)}")
        if vendor == "postgresql":
            cursor.execute(f"ANALYZE {', '.join(TABLES)}")


@contextmanager
def noted() -> Iterator[list[tuple[str, object]]]:
    """Every statement that runs on these tables, with its parameters."""
    statements: list[tuple[str, object]] = []

    def note(execute: Callable, sql: str, parameters: object, many: bool, context: dict) -> object:
        if re.match(r"\s*(SELECT|UPDATE|DELETE)", sql) and any(table in sql for table in TABLES):
            statements.extend((sql, one) for one in (list(parameters)[:1] if many else [parameters]))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(note):
        yield statements


def plan(sql: str, parameters: object) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ") + sql, parameters)
        return [str(row[-1]) for row in cursor.fetchall()]


def is_bad(line: str) -> bool:
    """A scan of a table, or a sort of more than what was just found. A walk along an index that ends at a limit is neither."""
    if connection.vendor == "sqlite":
        return "TEMP B-TREE" in line or bool(
            re.search(rf"\bSCAN\b(?!.* USING (COVERING )?INDEX ({WAITING}|sqlite_autoindex|notice_latest))", line)
        )
    return "Seq Scan" in line or "Sort" in line


def quietly(read: Callable[[], object]) -> None:
    """What is found here is no register: whoever goes on to read a ledger's file or to decrypt a row fails, after its statements."""
    try:
        read()
    except Exception:  # noqa: BLE001 -- as said
        return


def every_statement(key: int, unused: int) -> None:
    """What pages, loops and sealing ask of intake and ledger."""
    code, ids = Code(random_bytes(16)), [UUID(bytes=random_bytes(16)) for _ in range(20)]
    commitments = [random_bytes(32) for _ in range(500)]
    assert intake_actions.accept(declaration=declaration("远山"), code=code).result == "new"
    intake.new_declarations(500)
    intake.contents([code.declaration_id(), *ids])
    intake.by_code(code)
    intake.by_member_code(code)
    intake.states(commitments)
    intake.with_standing(ids)
    intake.declarants_with(commitments)
    intake_actions.lock(declarations=ids)
    intake.of_codes(code.versions())
    intake_actions.forget_spent()
    intake_actions.purge_taken_back()
    intake_actions.remove_declarants(persons=[(one, 1) for one in ids])
    for carry_over in (intake_actions.carry_over, instructions.carry_over):
        assert carry_over(old_key=unused) == 0
    assert actions.take_back(code=code) == "taken_back"
    actions.take_back(code=Code(random_bytes(16)))
    gathering.due_instructions(MANY)
    instructions.drop(ids)
    instructions.drop_unneeded()
    instructions.leave(kind=Kind.VOID, ref=5, payload=Payload(reason=3), not_before=0)
    adapters.head()
    for kind in (Kind.CODES, Kind.BASELINE):
        quietly(lambda kind=kind: adapters.list_in_force(kind))
        quietly(lambda kind=kind: adapters.list_in_force(kind, 50_000))
    for read in (queries.snapshot, lambda: queries.opened(code), lambda: queries.receipt(code), lambda: queries.is_live(5)):
        quietly(read)
    queries.codes_opened_by(code)
    adapters.TableHistory(MANY)
    assert stage.names() == []


def test_no_statement_scans_a_million_rows(tmp_path, monkeypatch):
    monkeypatch.setenv("TUIDANG_DATA", str(tmp_path / "data"))
    daykeys.forget()
    unused = daykeys.rotate().id
    key = daykeys.rotate().id
    fill(key)
    with noted() as statements:
        every_statement(key, unused)
    daykeys.forget()
    assert len(statements) > 30
    bad = {sql: lines for sql, parameters in statements for lines in [plan(sql, parameters)] if any(map(is_bad, lines))}
    assert bad == {}, list(bad.items())
