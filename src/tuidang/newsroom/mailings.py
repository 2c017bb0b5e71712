"""From the desk to the readers: a letter is an item like any other, and once it is published it is handed on to the newsletter, once.

What is handed on is what was approved: an item that was changed since waits until it is approved again. The newsletter knows a letter by a name
of its own, so that no number stands in both databases.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from tuidang.accounts import actions as accounts
from tuidang.kernel.errors import RefusedError
from tuidang.newsletter import mailings
from tuidang.newsletter.content import Said
from tuidang.newsletter.mailings import Standing
from tuidang.newsletter.states import Rhythm, Topic
from tuidang.newsroom import actions, queries
from tuidang.newsroom.actions import Words
from tuidang.newsroom.addresses import path, permanent
from tuidang.newsroom.content import Mailing
from tuidang.newsroom.models import Item
from tuidang.newsroom.policies import LANGUAGES
from tuidang.newsroom.queries import OnDesk
from tuidang.newsroom.states import Kind, State

FRESH_MINUTES = 2 * 24 * 60
"""What was published longer ago is not sent any more: nobody wants old letters because the newsletter was off for a while."""
LOOKED_AT = 20
TOPICS = {"news": Topic.NEWS, "milestones": Topic.MILESTONES, "events": Topic.EVENTS}
RHYTHMS = {"each": Rhythm.EACH, "weekly": Rhythm.WEEKLY, "monthly": Rhythm.MONTHLY}


def name_of(item: UUID) -> UUID:
    """Under which the newsletter knows a letter."""
    return permanent(item, "mailing")


def said(item: OnDesk) -> list[Said]:
    """What its readers get, in each language: the original where there is no translation."""
    texts = [(language, item.texts[language if item.texts[language].there else item.language]) for language in LANGUAGES]
    return [Said(language, text.language, text.title, text.body) for language, text in texts]


def hand_on() -> int:
    """Hands on what was published; returns how many. The step of a loop."""
    if settings.ENVIRONMENT.newsletter is None:
        return 0
    since = actions.minute() - FRESH_MINUTES
    found = {name_of(one.item): one.item for one in queries.newest(Kind.MAILING, LANGUAGES[0], at_most=LOOKED_AT) if one.published > since}
    return sum(_hand_on(found[name]) for name in found.keys() - mailings.known(list(found)))


@transaction.atomic
def _hand_on(item: UUID) -> bool:
    """Nobody writes meanwhile: the row is held."""
    held = Item.objects.select_for_update().filter(id=item, state=State.PUBLISHED.value).exists()
    found = queries.on_desk(item) if held else None
    if found is None or not isinstance(found.facts, Mailing):
        return False
    rhythms = [RHYTHMS[one] for one in found.facts.rhythms]
    return mailings.begin(mailing=name_of(item), topic=TOPICS[found.facts.topic], rhythms=rhythms, texts=said(found))


@transaction.atomic
def begin_from(*, item: UUID, by: UUID) -> UUID:
    """Makes a letter with the words of a published item, each with a link to it. Raises RefusedError unless it is published."""
    found = queries.on_desk(item)
    if found is None or found.published is None or found.kind is Kind.MAILING or found.state is State.WITHDRAWN:
        raise RefusedError("a letter is written from what is published")
    made = actions.begin_beside(kind=Kind.MAILING, slug=found.slug, language=found.language, by=by)
    for language in sorted(LANGUAGES, key=lambda one: one != found.language):
        text = found.texts[language]
        if text.there:
            with override(language):
                link = f"[{_('Read it on our pages')}]({path(found.kind, found.slug, language)})"
            body = "\n\n".join(part for part in (text.summary, text.body, link) if part)
            actions.write(item=made, language=language, words=Words(text.title, text.summary, body), after=0, by=by)
    return made


def standing(item: UUID) -> Standing | None:
    """How far a letter is; None where it was not handed on."""
    return mailings.standing(name_of(item))


@transaction.atomic
def pause(*, item: UUID, by: UUID) -> None:
    """Raises RefusedError unless it is being sent."""
    _done(mailings.pause(mailing=name_of(item)), "pause", item, by)


@transaction.atomic
def resume(*, item: UUID, by: UUID) -> None:
    """Raises RefusedError unless it is paused, and public."""
    _hold_public(item)
    _done(mailings.resume(mailing=name_of(item)), "resume", item, by)


@transaction.atomic
def send_unknown(*, item: UUID, by: UUID) -> None:
    """Sends again what was perhaps sent. Raises RefusedError where there is nothing of the kind, or the letter was taken down."""
    _hold_public(item)
    _done(bool(mailings.send_unknown(mailing=name_of(item))), "again", item, by)


@transaction.atomic
def stop(*, item: UUID, by: UUID) -> None:
    """Sends no more of it, for good. Nothing left to send: nothing."""
    if mailings.stop(mailing=name_of(item)):
        accounts.record(member=by, verb="newsletter.stop", subject=str(item))


@transaction.atomic
def withdraw(*, item: UUID, by: UUID) -> None:
    """Takes a letter down, and sends no more of it. Raises RefusedError where it is not public.

    Whatever breaks off, nothing is sent that is not public: the row is held, so that it is not handed on meanwhile, and the newsletter, whose
    database is another, has stopped for good before the letter is gone here.
    """
    actions.withdraw(item=item, by=by)
    stop(item=item, by=by)


def note_try(*, item: UUID, by: UUID) -> None:
    """Before a letter is tried out: one person alone sends it, so the trail says who did, and not where it went."""
    accounts.record(member=by, verb="newsletter.try", subject=str(item))


def _hold_public(item: UUID) -> None:
    """Nobody takes it down meanwhile."""
    if not Item.objects.select_for_update().filter(id=item, withdrawn__isnull=True).exists():
        raise RefusedError("it was taken down")


def _done(done: bool, verb: str, item: UUID, by: UUID) -> None:
    if not done:
        raise RefusedError("it is not as it was")
    accounts.record(member=by, verb=f"newsletter.{verb}", subject=str(item))


def recent(language: str) -> Sequence[tuple[queries.Shown, Standing | None]]:
    """The last letters that were published, each with how far it is."""
    found = queries.newest(Kind.MAILING, language, at_most=LOOKED_AT)
    return [(one, standing(one.item)) for one in found]
