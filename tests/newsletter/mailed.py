"""A mailing and its readers, for tests."""

from __future__ import annotations

import uuid
from collections import Counter

from tuidang.kernel import clock
from tuidang.newsletter import actions, mailings
from tuidang.newsletter.content import Choices, Said
from tuidang.newsletter.models import Delivery, Mailing
from tuidang.newsletter.policies import LANGUAGES, read_address
from tuidang.newsletter.states import ALL_TOPICS, Fate, Rhythm, Topic

MARKDOWN = "The register **grew**.\n\n- [The news](/en/news/one/)\n- [elsewhere](https://a.example/?x=1&y=2)\n"


def readers(*addresses: str, language: str = "en", topics: int = ALL_TOPICS, rhythm: Rhythm = Rhythm.EACH) -> None:
    choices = Choices(language=language, topics=topics, rhythm=rhythm)
    some = [actions.Imported(read_address(one), choices, clock.today()) for one in addresses]
    assert set(actions.take_in(readers=some, proof=actions.note_proof(text="x"))) == {""}


def many(number: int, domain: str = "mail.example") -> list[str]:
    found = [f"reader{one}@{domain}" for one in range(number)]
    readers(*found)
    return found


def begun(subject: str = "What is new", markdown: str = MARKDOWN, rhythms=(Rhythm.EACH,), topic: Topic = Topic.NEWS) -> uuid.UUID:
    mailing = uuid.uuid4()
    texts = [Said(one, one, f"{subject} ({one})", markdown) for one in LANGUAGES]
    assert mailings.begin(mailing=mailing, topic=topic, rhythms=rhythms, texts=texts)
    return mailing


def fates(mailing: uuid.UUID) -> dict[str, int]:
    """The figures, which are kept with every change: they must be what counting finds, but for those of a batch that was broken off."""
    held, found = Mailing.objects.get(id=mailing), Counter[str]()
    for row in Delivery.objects.filter(mailing=mailing).exclude(fate=Fate.WAITING, subscriber=None):
        found["TAKEN" if row.id in held.batch else Fate(row.fate).name] += 1
    figures = dict(mailings.standing(mailing).figures)
    assert figures == found or not Delivery.objects.filter(mailing=mailing).exists()
    return figures


def of(fate: Fate) -> list[Delivery]:
    return list(Delivery.objects.filter(fate=fate.value).order_by("id"))
