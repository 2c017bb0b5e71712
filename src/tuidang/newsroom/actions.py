"""Every write of the newsroom: a verb, one transaction, in the audit trail. What the public sees changes in `_publish` and `withdraw` alone."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction

from tuidang.accounts import actions as accounts
from tuidang.design.markdown import render
from tuidang.kernel import clock
from tuidang.kernel.errors import InvalidInputError, RefusedError, TuidangError
from tuidang.newsroom import policies
from tuidang.newsroom.content import Event, Facts, for_public, mark, store_facts
from tuidang.newsroom.events import instant
from tuidang.newsroom.facts import problems
from tuidang.newsroom.models import LONGEST_SLUG, LONGEST_SUMMARY, LONGEST_TITLE, Edition, Item, Picture, Revision, Text
from tuidang.newsroom.queries import facts_of
from tuidang.newsroom.states import Kind, State

log = logging.getLogger("tuidang.newsroom")
MOST_BESIDE = 9


@dataclass(frozen=True, slots=True)
class Words:
    """The words of an item in one language; `body` is Markdown."""

    title: str
    summary: str
    body: str

    def problems(self) -> dict[str, str]:
        """Fields that are too long for what they are."""
        bounds = {
            "title": (self.title, LONGEST_TITLE),
            "summary": (self.summary, LONGEST_SUMMARY),
            "body": (self.body, policies.LONGEST_BODY),
        }
        return {name: "too_long" for name, (value, most) in bounds.items() if len(value) > most}


def minute() -> int:
    """Minutes since 1970-01-01 00:00 UTC."""
    return clock.seconds() // 60


@transaction.atomic
def begin(*, kind: Kind, slug: str, language: str, by: UUID | None) -> UUID:
    """Makes an empty item in `language`. `by` None: the register does. Raises InvalidInputError where the address cannot be one, or is taken."""
    policies.check_slug(slug)
    if language not in policies.LANGUAGES:
        raise InvalidInputError({"language": "unknown"})
    item = Item(kind=kind.value, slug=slug, language=language, facts={}, changed_by_id=by, changed=minute())
    try:
        with transaction.atomic():
            item.save(force_insert=True)
    except IntegrityError:
        raise InvalidInputError({"slug": "taken"}) from None
    Text.objects.bulk_create([Text(item=item, language=one, number=0) for one in policies.LANGUAGES])
    accounts.record(member=by, verb="newsroom.begin", subject=str(item.id))
    return item.id


def begin_beside(*, kind: Kind, slug: str, language: str, by: UUID | None) -> UUID:
    """As `begin`; where the address is taken, at the next that is free. Raises RefusedError where there are too many."""
    for number in range(1, MOST_BESIDE + 1):
        near = slug if number == 1 else f"{slug[: LONGEST_SLUG - 3].rstrip('-')}-{number}"
        try:
            return begin(kind=kind, slug=near, language=language, by=by)
        except InvalidInputError as error:
            if error.problems.get("slug") != "taken":
                raise
    raise RefusedError("there are enough of these")


@transaction.atomic
def write(*, item: UUID, language: str, words: Words, after: int, by: UUID | None) -> int:
    """Keeps a new version of a text and returns its number; what is the same as before makes none.

    `after` is the version that `by` had before them: where somebody wrote meanwhile, nothing is kept. Raises InvalidInputError, RefusedError.
    """
    if problems := words.problems():
        raise InvalidInputError(problems)
    found = _held(item)
    policies.check_can_write(State(found.state))
    text = Text.objects.get(item=found, language=language)
    if text.number != after:
        raise RefusedError("somebody else has written meanwhile")
    if (text.title, text.summary, text.body) == (words.title, words.summary, words.body):
        _mark_current(found, text)
        return text.number
    text.title, text.summary, text.body, text.number = words.title, words.summary, words.body, text.number + 1
    text.save()
    _mark_current(found, text)
    Revision.objects.create(
        item=found,
        language=language,
        number=text.number,
        title=text.title,
        summary=text.summary,
        body=text.body,
        saved=minute(),
        saved_by_id=by,
    )
    _changed(found, by)
    accounts.record(member=by, verb="newsroom.write", subject=f"{item} {language} {text.number}")
    return text.number


def _mark_current(item: Item, text: Text) -> None:
    """Whoever saves a translation says that it follows the original as it stands."""
    if text.language == item.language:
        return
    original = Text.objects.filter(item=item, language=item.language).values_list("number", flat=True).get()
    Text.objects.filter(pk=text.pk).update(follows=original)


@transaction.atomic
def set_facts(*, item: UUID, facts: Facts, by: UUID | None, after: str = "") -> None:
    """Keeps what is known besides the words. `after` is the `content.mark` of what `by` had before them. Raises RefusedError."""
    found = _held(item)
    policies.check_can_write(State(found.state))
    if after and after != mark(facts_of(found)):
        raise RefusedError("somebody else has changed this meanwhile")
    stored = store_facts(facts)
    if stored != found.facts:
        found.facts = stored
        _changed(found, by)
        accounts.record(member=by, verb="newsroom.facts", subject=str(item))


@transaction.atomic
def set_picture(*, item: UUID, picture: UUID | None, by: UUID) -> None:
    """Puts a picture beside an item, or takes it away. Raises RefusedError, InvalidInputError unless it is described in the item's language."""
    found = _held(item)
    policies.check_can_write(State(found.state))
    if picture is not None and not Picture.objects.get(id=picture).alt.get(found.language):
        raise InvalidInputError({"alt": "missing"})
    if found.picture_id != picture:
        found.picture_id = picture
        _changed(found, by)
        accounts.record(member=by, verb="newsroom.picture", subject=str(item))


def _changed(item: Item, by: UUID | None) -> None:
    """On the desk again: whoever had it before them to approve saw something else."""
    item.changed_by_id, item.changed, item.version = by, minute(), item.version + 1
    item.state, item.offered_by, item.approved_by, item.goes_out = State.DRAFT.value, None, None, None
    item.save()


@transaction.atomic
def offer(*, item: UUID, by: UUID, version: int | None = None) -> None:
    """Hands an item to a second pair of eyes. Raises RefusedError, and InvalidInputError for what its own words or its facts lack.

    `version` is the one that `by` looked at: who offers is one of the two who see all of it, and what came in beside them would be seen by one.
    """
    found = _held(item)
    policies.check_can_offer(State(found.state))
    if version is not None and found.version != version:
        raise RefusedError("it was changed since")
    words = Text.objects.get(item=found, language=found.language)
    missing = {} if words.title.strip() else {"title": "missing"}
    if missing := missing | problems(facts_of(found)):
        raise InvalidInputError(missing)
    found.state, found.offered_by_id, found.changed = State.OFFERED.value, by, minute()
    found.save()
    accounts.record(member=by, verb="newsroom.offer", subject=str(item))


@transaction.atomic
def approve(*, item: UUID, version: int, by: UUID, goes_out: int | None = None) -> None:
    """Publishes an item now, or at `goes_out` (minutes since 1970). `version` is the one that `by` looked at. Raises RefusedError."""
    found = _held(item)
    policies.check_can_approve(State(found.state), offered_by=found.offered_by_id, changed_by=found.changed_by_id, by=by)
    if found.version != version:
        raise RefusedError("it was changed since")
    found.approved_by_id, found.changed = by, minute()
    if goes_out is not None and goes_out > minute():
        found.state, found.goes_out = State.SCHEDULED.value, goes_out
        found.save()
    else:
        _publish(found)
    accounts.record(member=by, verb="newsroom.approve", subject=f"{item} {version}")


@transaction.atomic
def take_back(*, item: UUID, by: UUID) -> None:
    """Back to the desk, what waits for a second pair of eyes or for its time. Raises RefusedError."""
    found = _held(item)
    policies.check_can_take_back(State(found.state))
    found.state, found.offered_by, found.approved_by, found.goes_out = State.DRAFT.value, None, None, None
    found.save()
    accounts.record(member=by, verb="newsroom.take_back", subject=str(item))


@transaction.atomic
def withdraw(*, item: UUID, by: UUID) -> None:
    """Takes down what is published; its address answers that it was withdrawn. Raises RefusedError."""
    found = _held(item)
    policies.check_can_withdraw(State(found.state), published=Edition.objects.filter(item=found).exists())
    Edition.objects.filter(item=found).delete()
    found.state, found.offered_by, found.approved_by, found.goes_out = State.WITHDRAWN.value, None, None, None
    found.changed = found.withdrawn = minute()
    found.save()
    accounts.record(member=by, verb="newsroom.withdraw", subject=str(item))


def publish_due() -> int:
    """Publishes what is scheduled for now or earlier; returns how many. The step of a loop."""
    due = list(
        Item.objects.filter(state=State.SCHEDULED.value, goes_out__lte=minute()).order_by("goes_out").values_list("id", flat=True)[:20]
    )
    return sum(_try_to_publish(item) for item in due)


def _try_to_publish(item: UUID) -> bool:
    """One that cannot go out holds up none of the others; the desk shows it as overdue."""
    try:
        return _publish_if_due(item)
    except TuidangError as error:
        log.error("newsroom: %s is due and cannot go out: %s", item, error)  # noqa: TRY400  a trace says no more
        return False


@transaction.atomic
def _publish_if_due(item: UUID) -> bool:
    found = _held(item)
    if found.state != State.SCHEDULED or found.goes_out is None or found.goes_out > minute():
        return False
    _publish(found)
    return True


def _publish(item: Item) -> None:
    """Copies what was approved into an edition for each language; a language without words shows those of the original."""
    now = minute()
    texts = {text.language: text for text in Text.objects.filter(item=item)}
    again, item.published = item.published is not None, item.published or now
    facts = facts_of(item)
    at = instant(facts) if isinstance(facts, Event) else item.published
    shown = store_facts(for_public(facts))
    item.at, item.withdrawn = at, None
    Edition.objects.filter(item=item).delete()
    Edition.objects.bulk_create(
        [
            Edition(
                item=item,
                language=language,
                written_in=text.language,
                kind=item.kind,
                slug=item.slug,
                title=text.title,
                summary=text.summary,
                html=render(text.body),
                facts=shown,
                picture_id=item.picture_id,
                at=at,
                published=item.published,
                changed=now if again else 0,
            )
            for language in policies.LANGUAGES
            for text in [texts[language] if texts[language].title.strip() else texts[item.language]]
        ]
    )
    item.state, item.goes_out = State.PUBLISHED.value, None
    item.save()


def _held(item: UUID) -> Item:
    """The item, held for the rest of the transaction. Raises RefusedError if there is none."""
    found = Item.objects.select_for_update().filter(id=item).first()
    if found is None:
        raise RefusedError("there is no such item")
    return found
