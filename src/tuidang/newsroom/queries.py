"""What the desk shows, and what the public sees. Lists go by keyset: the cost of a page is the same at any depth."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from tuidang.design.markdown import render
from tuidang.newsroom import policies
from tuidang.newsroom.content import Facts, for_public, read_facts
from tuidang.newsroom.models import Edition, Item, Picture, Revision, Text
from tuidang.newsroom.policies import is_out_of_date
from tuidang.newsroom.states import Kind, State

PAGE = 20
DESK = 50


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture with its words; `widths` are those of its copies, ascending, `alt` by language."""

    digest: str
    form: str
    width: int
    height: int
    widths: tuple[int, ...]
    alt: dict[str, str]
    rights: str
    credit: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An edition as a page shows it. `older` pages go on before (`at`, `id`). `photo` is there where one edition was asked for."""

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
    photo: Photo | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """What was published and taken down: its address, when it stood in lists, and when it was taken down, in minutes since 1970."""

    item: UUID
    slug: str
    at: int
    published: int
    withdrawn: int


@dataclass(frozen=True, slots=True)
class Draft:
    """The words of one language on the desk: version `number`, which follows version `follows` of the original."""

    language: str
    title: str
    summary: str
    body: str
    number: int
    out_of_date: bool
    follows: int = 0

    @property
    def there(self) -> bool:
        """Whether it would be shown: without a title, readers see the words of the original."""
        return bool(self.title.strip())


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a text as it was saved; `saved` in minutes since 1970. Lists leave `body` empty."""

    language: str
    number: int
    title: str
    summary: str
    body: str
    saved: int
    saved_by: UUID | None


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
    changed_by: UUID | None
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
            text.follows,
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


def revisions(item: UUID, language: str, *, before: int | None = None) -> list[Version]:
    """The versions of a text below the number `before`, the newest first, at most `DESK`, without their bodies. One query."""
    rows = Revision.objects.filter(item_id=item, language=language).order_by("-number").defer("body")
    rows = rows if before is None else rows.filter(number__lt=before)
    return [_version(row, body=False) for row in rows[:DESK]]


def versions(item: UUID, language: str, numbers: Collection[int]) -> dict[int, Version]:
    """These versions of a text, as far as they exist. One query."""
    rows = Revision.objects.filter(item_id=item, language=language, number__in=set(numbers))
    return {row.number: _version(row) for row in rows}


def _version(row: Revision, *, body: bool = True) -> Version:
    return Version(row.language, row.number, row.title, row.summary, row.body if body else "", row.saved, row.saved_by_id)


def proposed(item: OnDesk, language: str, picture: Photo | None = None) -> Shown:
    """What the public would see if the item went out as it stands, with its `picture` if that was asked for. No query."""
    own, original = item.texts[language], item.texts[item.language]
    text = own if own.there else original
    return Shown(
        id=0,
        item=item.id,
        kind=item.kind,
        slug=item.slug,
        language=language,
        written_in=text.language,
        title=text.title,
        summary=text.summary,
        html=render(text.body),
        facts=for_public(item.facts),
        picture=item.picture,
        at=item.changed,
        published=item.changed,
        changed=0,
        photo=picture,
    )


def exists(kind: Kind, slug: str) -> bool:
    """Whether there is an item at an address, whatever its state. One query."""
    return Item.objects.filter(kind=kind.value, slug=slug).exists()


def edition(kind: Kind, slug: str, language: str) -> Shown | None:
    """What the public sees at an address, with its picture; None if nothing is published there. One query."""
    rows = Edition.objects.select_related("picture").filter(kind=kind.value, slug=slug, language=language)[:1]
    return next((_shown(row, row.picture) for row in rows), None)


def photo(picture: UUID) -> Photo | None:
    """A picture and its words; None if there is none."""
    row = Picture.objects.filter(id=picture).first()
    return None if row is None else _photo(row)


def was_withdrawn(kind: Kind, slug: str) -> bool:
    """Whether something stood at this address and was taken down, whatever became of it on the desk since."""
    return Item.objects.filter(kind=kind.value, slug=slug, withdrawn__isnull=False).exists()


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


def called_off(*, after: int, at_most: int = PAGE) -> list[Gone]:
    """Events that were published, taken down since, and would have begun at `after` or later. One query."""
    rows = Item.objects.filter(kind=Kind.EVENT.value, withdrawn__isnull=False, at__gte=after).order_by("at")
    return [_gone(row) for row in rows[:at_most]]


def gone(kind: Kind, slug: str) -> Gone | None:
    """What was taken down at an address; None if nothing was."""
    return next((_gone(row) for row in Item.objects.filter(kind=kind.value, slug=slug, withdrawn__isnull=False)[:1]), None)


def after(number: int, *, at_most: int) -> list[Shown]:
    """Editions of any kind and language that were made after the one of this number, in the order in which they were made. One query."""
    return [_shown(row) for row in Edition.objects.filter(id__gt=number).order_by("id")[:at_most]]


def front(language: str) -> tuple[Shown | None, Shown | None]:
    """What home shows: the latest of milestones and news, and the latest testimony. Three queries."""
    told = [one for kind in (Kind.MILESTONE, Kind.NEWS) for one in newest(kind, language, at_most=1)]
    stories = newest(Kind.TESTIMONY, language, at_most=1)
    return max(told, key=lambda one: (one.at, one.id), default=None), next(iter(stories), None)


def _gone(row: Item) -> Gone:
    return Gone(row.id, row.slug, row.at or 0, row.published or 0, row.withdrawn or 0)


def _photo(row: Picture) -> Photo:
    return Photo(row.digest, row.form, row.width, row.height, policies.widths(row.width), row.alt, row.rights, row.credit)


def _shown(row: Edition, picture: Picture | None = None) -> Shown:
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
        photo=None if picture is None else _photo(picture),
    )
