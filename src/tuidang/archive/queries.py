"""Published statements, newest first, by keyset: the cost of a page is the same at any depth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tuidang.archive.models import Statement

PAGE = 20


@dataclass(frozen=True, slots=True)
class Published:
    """One statement as it is shown."""

    index: int
    day: int
    region: int
    organisations: int
    persons: int
    language: str
    name: str
    suggested: bool
    title: str
    text: str
    alone: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Up to `PAGE` statements; `older` is the registry number to go on before, None at the end."""

    statements: list[Published]
    older: int | None


def page(*, before: int | None = None) -> Page:
    """The newest statements with a registry number below `before`."""
    rows = Statement.objects.filter(hidden=False).order_by("-index")
    if before is not None:
        rows = rows.filter(index__lt=before)
    found = [_published(row) for row in rows[: PAGE + 1]]
    return Page(found[:PAGE], found[PAGE - 1].index if len(found) > PAGE else None)


def statement(index: int) -> Published | None:
    """The statement with this registry number, if it may be shown."""
    row = Statement.objects.filter(index=index, hidden=False).first()
    return None if row is None else _published(row)


def objected(index: int) -> Published | None:
    """The statement with this registry number, hidden or not: for whoever decides about an objection."""
    row = Statement.objects.filter(index=index).first()
    return None if row is None else _published(row)


def published(indexes: Iterable[int]) -> list[int]:
    """Those of these registry numbers under which a statement stands, shown or hidden for a time."""
    return list(Statement.objects.filter(index__in=list(indexes)).values_list("index", flat=True))


def hidden(index: int) -> bool:
    """Whether a statement that was published under this registry number is hidden until a person has decided about an objection."""
    return Statement.objects.filter(index=index, hidden=True).exists()


def _published(row: Statement) -> Published:
    return Published(**{name: getattr(row, name) for name in Published.__slots__})
