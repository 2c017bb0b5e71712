"""Declarations on their way through review, for tests."""

from uuid import UUID

from django.db import connection
from tests.screening.hand_in import hand_in

from tuidang.intake import queries as handed_in
from tuidang.review import actions
from tuidang.review.content import SealedEntry
from tuidang.review.models import Case
from tuidang.screening.actions import screen_new

PHONE = "电话13812345678"
"""A text that is looked at."""
A, B = UUID(int=1), UUID(int=2)
"""Two reviewers."""


def arrive(count: int = 1, text: str = "我声明退出。", **more: object) -> list[UUID]:
    """Declarations that have reached review."""
    ids = [hand_in(text, **more) for _ in range(count)]
    take_all()
    return ids


def take_all() -> None:
    """Everything that was handed in reaches review."""
    while screen_new():
        pass
    while actions.take_in():
        pass


def case(declaration: UUID) -> Case:
    return Case.objects.get(declaration=declaration)


def entries(declaration: UUID, *seqs: int, first: int = 100) -> list[SealedEntry]:
    """What the ledger says after it sealed these persons (all, if none is named), from index `first` on."""
    content = handed_in.contents([declaration])[declaration]
    return [
        SealedEntry(declaration, one.commitment, first + one.seq, 20_000, 156, content.statement, one.person, len(content.persons))
        for one in content.persons
        if not seqs or one.seq in seqs
    ]


def plan_of(rows: object) -> str:
    """How the database finds these rows."""
    with connection.cursor() as cursor:
        sql, parameters = rows.query.sql_with_params()
        explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
        cursor.execute(f"{explain} {sql}", parameters)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())
