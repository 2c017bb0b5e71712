"""What the desk shows, and what the public sees. Lists go by keyset: the cost of a page is the same at any depth."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tuidang.newsroom.content import Facts, read_facts
from tuidang.newsroom.models import Edition, Item, Revision, Text
from tuidang.newsroom.policies import is_out_of_date
from tuidang.newsroom.states import Kind, State

PAGE = 20
DESK = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """An edition as a page shows it. `older` pages go on before (`at`, `id`)."""

    id: int
    item: UUID
    kind: Kind
    slug: str
    language: str
    written_in: str
    title: str
    summary: str
    html: str
    facts: Facts
    picture: UUID | None
    at: int
    published: int
    changed: int


@dataclass(frozen=True, slots=True)
class Draft:
    """The words of one language on the desk, with the version that they follow."""

    language: str
    title: str
    summary: str
    body: str
    number: int
    out_of_date: bool


@dataclass(frozen=True, slots=True)
class OnDesk:
    """An item with its words in every language, and who had it before them."""

    id: UUID
    kind: Kind
    slug: str
    language: str
    state: State
    facts: Facts
    picture: UUID | None
    texts: dict[str, Draft]
    version: int
    published: bool
    goes_out: int | None
    changed: int
    changed_by: UUID
    offered_by: UUID | None


def facts_of(row: Item | Edition) -> Facts:
    """The facts of a row."""
    return read_facts(Kind(row.kind), row.facts)


def on_desk(item: UUID) -> OnDesk | None:
    """One item; None if there is none. Two queries."""
    row = Item.objects.filter(id=item).first()
    return None if row is None else _on_desk(row, list(Text.objects.filter(item=row)))


def desk(*, state: State | None = None, kind: Kind | None = None) -> list[OnDesk]:
    """The items that were worked on last, at most `DESK`. Two queries."""
    rows = Item.objects.order_by("-changed", "id")
    rows = rows if state is None else rows.filter(state=state.value)
    rows = rows if kind is None else rows.filter(kind=kind.value)
    found = list(rows[:DESK])
    texts: dict[UUID, list[Text]] = {}
    for text in Text.objects.filter(item__in=found).defer("body"):
        texts.setdefault(text.item_id, []).append(text)
    return [_on_desk(row, texts.get(row.id, []), bodies=False) for row in found]


def _on_desk(row: Item, texts: list[Text], *, bodies: bool = True) -> OnDesk:
    original = next((text.number for text in texts if text.language == row.language), 0)
    drafts = {
        text.language: Draft(
            text.language,
            text.title,
            text.summary,
            text.body if bodies else "",
            text.number,
            text.language != row.language and text.number > 0 and is_out_of_date(follows=text.follows, number=original),
        )
        for text in texts
    }
    return OnDesk(
        id=row.id,
        kind=Kind(row.kind),
        slug=row.slug,
        language=row.language,
        state=State(row.state),
        facts=facts_of(row),
        picture=row.picture_id,
        texts=drafts,
        version=row.version,
        published=row.published is not None and row.state != State.WITHDRAWN,
        goes_out=row.goes_out,
        changed=row.changed,
        changed_by=row.changed_by_id,
        offered_by=row.offered_by_id,
    )


def revisions(item: UUID, language: str) -> list[Revision]:
    """The versions of a text, the newest first, at most `DESK`."""
    return list(Revision.objects.filter(item_id=item, language=language).order_by("-number")[:DESK])


def edition(kind: Kind, slug: str, language: str) -> Shown | None:
    """What the public sees at an address; None if nothing is published there. One query."""
    row = Edition.objects.filter(kind=kind.value, slug=slug, language=language).first()
    return None if row is None else _shown(row)


def was_withdrawn(kind: Kind, slug: str) -> bool:
    """Whether something stood at this address and was taken down."""
    return Item.objects.filter(kind=kind.value, slug=slug, state=State.WITHDRAWN.value).exists()


def newest(kind: Kind, language: str, *, before: tuple[int, int] | None = None, at_most: int = PAGE) -> list[Shown]:
    """Editions of a kind, the newest first, older than `before` (`at`, `id`). One query."""
    rows = Edition.objects.filter(kind=kind.value, language=language).order_by("-at", "-id")
    if before is not None:
        at, number = before
        rows = rows.filter(at__lte=at).exclude(at=at, id__gte=number)
    return [_shown(row) for row in rows[:at_most]]


def coming(language: str, *, after: int, at_most: int = PAGE) -> list[Shown]:
    """Events that begin at `after` (minutes since 1970) or later, the next first. One query."""
    rows = Edition.objects.filter(kind=Kind.EVENT.value, language=language, at__gte=after).order_by("at", "id")
    return [_shown(row) for row in rows[:at_most]]


def _shown(row: Edition) -> Shown:
    return Shown(
        id=row.id,
        item=row.item_id,
        kind=Kind(row.kind),
        slug=row.slug,
        language=row.language,
        written_in=row.written_in,
        title=row.title,
        summary=row.summary,
        html=row.html,
        facts=facts_of(row),
        picture=row.picture_id,
        at=row.at,
        published=row.published,
        changed=row.changed,
    )
