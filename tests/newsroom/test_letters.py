"""A letter of the newsletter from the desk to its readers: written from what is published, seen by two people, tried out, sent once, shown."""

from __future__ import annotations

import re
import uuid

import feedparser
import pytest
from django.db import models
from django.test import Client
from tests.newsletter.conftest import outbox
from tests.newsletter.mailed import readers
from tests.newsletter.readers import ANNA, BOTH
from tests.newsroom.at_the_desk import browser_of

from tuidang.accounts.models import Event as Trail
from tuidang.accounts.policies import Role
from tuidang.config import loops
from tuidang.newsletter import actions as subscribers
from tuidang.newsletter import mailings as newsletter
from tuidang.newsletter.delivering import Courier
from tuidang.newsletter.models import Delivery, Mailing
from tuidang.newsletter.policies import read_address
from tuidang.newsletter.states import Fate, Reason, Rhythm, Sending
from tuidang.newsroom import actions, content, mailings, queries
from tuidang.newsroom.actions import Words
from tuidang.newsroom.states import Kind, State

__all__ = ["outbox"]
pytestmark = pytest.mark.django_db(databases=BOTH)
STAFF = "/staff/newsletter/"


@pytest.fixture
def mine():
    return browser_of(Role.EDITOR, "One")


@pytest.fixture
def yours():
    return browser_of(Role.EDITOR, "Two")


def letter(mine, slug="first", body="The register **grew**.", rhythms=("each",)) -> uuid.UUID:
    made = actions.begin(kind=Kind.MAILING, slug=slug, language="en", by=mine.member)
    actions.write(item=made, language="en", words=Words("Ten million", "What is new", body), after=0, by=mine.member)
    actions.write(item=made, language="zh-hans", words=Words("人数已过千万", "", "名册**又长了**。"), after=0, by=mine.member)
    actions.set_facts(item=made, facts=content.Mailing(topic="news", rhythms=list(rhythms)), by=mine.member)
    actions.offer(item=made, by=mine.member)
    return made


def approve(item, yours) -> None:
    actions.approve(item=item, version=queries.on_desk(item).version, by=yours.member)


def send(settings) -> None:
    courier = Courier(settings.ENVIRONMENT.newsletter)
    while courier.step():
        pass


def test_a_loop_of_the_site_hands_letters_on():
    assert "newsroom-mailings" in {one.name for one in loops.LOOPS}


def test_a_letter_goes_out_once_two_people_have_seen_it(outbox, settings, mine, yours):
    readers(ANNA)
    readers("trad@mail.example", language="zh-hant")
    readers("simple@mail.example", language="zh-hans")
    made = letter(mine)
    assert mailings.hand_on() == 0
    approve(made, yours)
    assert mailings.hand_on() == 1
    assert mailings.hand_on() == 0
    send(settings)
    assert {one["To"]: one["Subject"] for one in outbox.answers()} == {
        ANNA: "Ten million",
        "trad@mail.example": "Ten million",
        "simple@mail.example": "人数已过千万",
    }
    # Changed and published again, it reaches the archive alone.
    actions.write(item=made, language="en", words=Words("Ten million!", "", "x"), after=1, by=mine.member)
    actions.offer(item=made, by=mine.member)
    approve(made, yours)
    assert mailings.hand_on() == 0
    send(settings)
    assert len(outbox.to) == 3


def test_what_was_changed_before_it_was_handed_on_waits_for_a_second_person_again(outbox, mine, yours):
    made = letter(mine)
    approve(made, yours)
    actions.write(item=made, language="en", words=Words("Not seen by anybody", "", "x"), after=1, by=mine.member)
    assert mailings.hand_on() == 0
    assert not Mailing.objects.exists()


def test_it_goes_to_nobody_where_the_newsletter_is_off_or_the_letter_is_old(outbox, settings, mine, yours, monkeypatch):
    approve(letter(mine), yours)
    later = actions.minute() + mailings.FRESH_MINUTES + 1
    with monkeypatch.context() as patched:
        patched.setattr(actions, "minute", lambda: later)
        assert mailings.hand_on() == 0
    import dataclasses

    settings.ENVIRONMENT = dataclasses.replace(settings.ENVIRONMENT, newsletter=None)
    assert mailings.hand_on() == 0


def test_nobody_is_handed_a_letter_that_does_not_say_for_whom(mine):
    from tuidang.kernel.errors import InvalidInputError

    made = actions.begin(kind=Kind.MAILING, slug="one", language="en", by=mine.member)
    actions.write(item=made, language="en", words=Words("x", "", ""), after=0, by=mine.member)
    with pytest.raises(InvalidInputError, match="rhythms"):
        actions.offer(item=made, by=mine.member)


def test_no_number_of_a_letter_stands_in_both_databases(outbox, mine, yours):
    made = letter(mine)
    approve(made, yours)
    mailings.hand_on()
    readers(ANNA)
    ids = {made, mine.member, yours.member}
    for model in (Mailing, Delivery):
        for row in model.objects.all():
            values = [
                getattr(row, field.attname) for field in row._meta.local_fields if isinstance(field, models.UUIDField | models.ForeignKey)
            ]
            assert not ids & set(values)


def test_a_letter_begins_with_the_words_of_what_is_published(mine, yours):
    news = actions.begin(kind=Kind.NEWS, slug="grown", language="en", by=mine.member)
    actions.write(item=news, language="en", words=Words("Grown", "In short", "At length."), after=0, by=mine.member)
    actions.write(item=news, language="zh-hant", words=Words("更多", "", "詳細。"), after=0, by=mine.member)
    assert b"/mailing/" not in mine.get(f"/staff/newsroom/{news}/").content
    actions.offer(item=news, by=mine.member)
    approve(news, yours)
    assert f"/staff/newsroom/{news}/mailing/".encode() in mine.get(f"/staff/newsroom/{news}/").content
    for slug in ("grown", "grown-2"):
        answer = mine.post(f"/staff/newsroom/{news}/mailing/")
        assert answer.status_code == 302
        made = queries.on_desk(uuid.UUID(answer["Location"].split("/")[3]))
        assert (made.kind, made.slug, made.state) == (Kind.MAILING, slug, State.DRAFT)
        assert made.texts["en"].body == "In short\n\nAt length.\n\n[Read it on our pages](/en/news/grown/)"
        assert "(/zh-hant/news/grown/)" in made.texts["zh-hant"].body
        assert not made.texts["zh-hans"].there
        assert not made.texts["zh-hant"].out_of_date


def test_a_letter_is_tried_out_with_one_address_before_anybody_approves(outbox, mine):
    made = letter(mine)
    page = f"{STAFF}{made}/"
    shown = mine.get(page).content.decode()
    assert "<strong>grew</strong>" in shown
    assert "又长了" in shown
    assert mine.post(page, {"address": "no address", "language": "en"}).status_code == 422
    assert mine.post(page, {"address": "a@b.example\nBcc: c@d.example", "language": "en"}).status_code == 422
    assert mine.post(page, {"address": "me@mail.example", "language": "zh-hans"}).status_code == 200
    assert outbox.to == ["me@mail.example"]
    assert outbox.answers()[0]["Subject"] == "[试发，尚未发布] 人数已过千万", "one person alone sends it"
    assert "试发，尚未发布" in outbox.answers()[0].get_body(("plain",)).get_content()
    outbox.says = "450 later"
    assert mine.post(page, {"address": "me@mail.example", "language": "en"}).status_code == 502
    assert not Mailing.objects.exists()


def test_whoever_tries_a_letter_out_stands_in_the_trail_and_no_address_does(outbox, mine):
    made = letter(mine)
    mine.post(f"{STAFF}{made}/", {"address": "me@mail.example", "language": "en"})
    tried = Trail.objects.get(verb="newsletter.try")
    assert (tried.member_id, tried.subject) == (mine.member, str(made))


@pytest.mark.parametrize("reason", [Reason.NEVER, Reason.COMPLAINED])
def test_nobody_who_is_never_to_be_written_to_gets_a_letter_to_try_it_out(outbox, mine, reason):
    subscribers.shut_out(address=read_address(ANNA), reason=reason)
    assert mine.post(f"{STAFF}{letter(mine)}/", {"address": ANNA, "language": "en"}).status_code == 502
    assert outbox.to == []


def test_an_editor_pauses_goes_on_and_stops_and_the_trail_says_so(outbox, settings, mine, yours):
    readers(ANNA)
    made = letter(mine)
    approve(made, yours)
    mailings.hand_on()
    page = f"{STAFF}{made}/"
    for step, then in (("pause", Sending.PAUSED), ("resume", Sending.FILLING), ("stop", Sending.STOPPED)):
        assert mine.post(page, {"do": step}).status_code == 302
        assert mailings.standing(made).sending == then
        offers_stop = 'value="stop"' in mine.get(page).content.decode()
        assert offers_stop == (then is Sending.PAUSED), "one press stops no letter for good"
    assert mine.post(page, {"do": "resume"}).status_code == 409
    verbs = list(Trail.objects.filter(verb__startswith="newsletter.").order_by("id").values_list("verb", flat=True))
    assert verbs == ["newsletter.pause", "newsletter.resume", "newsletter.stop"]
    send(settings)
    assert outbox.to == []


def test_the_page_tells_what_is_unknown_and_sends_it_again_when_told_to(outbox, settings, mine, yours):
    readers(ANNA)
    made = letter(mine)
    approve(made, yours)
    mailings.hand_on()
    send(settings)
    Delivery.objects.update(fate=Fate.HANDED.value)
    Mailing.objects.update(sending=Sending.SENDING.value, figures={"TAKEN": 1}, batch=[Delivery.objects.get().id])
    assert newsletter.recover(mailing=mailings.name_of(made)) == 1
    page = f"{STAFF}{made}/"
    assert "nobody can know whether it was sent" in mine.get(page).content.decode()
    assert mine.post(page, {"do": "again"}).status_code == 302
    send(settings)
    assert outbox.to == [ANNA, ANNA]
    shown = mine.get(page).content.decode()
    assert "nobody can know" not in shown
    assert "Ten million" in mine.get(STAFF).content.decode()


def test_taken_down_it_is_sent_no_further(outbox, settings, mine, yours):
    readers(ANNA)
    made = letter(mine)
    approve(made, yours)
    mailings.hand_on()
    assert mine.post(f"/staff/newsroom/{made}/withdraw/").status_code == 302
    assert mailings.standing(made).sending == Sending.STOPPED
    send(settings)
    assert outbox.to == []


@pytest.mark.parametrize("then", ["the newsroom", "the newsletter"])
def test_broken_off_while_it_is_taken_down_nothing_is_sent_that_is_not_public(outbox, settings, mine, yours, monkeypatch, then):
    readers(ANNA)
    made = letter(mine)
    approve(made, yours)
    mailings.hand_on()

    class Killed(BaseException):
        """As a kill: nothing that is caught."""

    def killed(**_given):
        raise Killed

    # The last that is written in the newsroom, or all that is written in the newsletter.
    place, name = (mailings.accounts, "record") if then == "the newsroom" else (mailings.mailings, "stop")
    kept = getattr(place, name)
    stops = {"verb": "newsletter.stop"}
    with monkeypatch.context() as patched:
        patched.setattr(place, name, lambda **given: killed() if stops.items() <= given.items() or name == "stop" else kept(**given))
        with pytest.raises(Killed):
            mine.post(f"/staff/newsroom/{made}/withdraw/")
    public = Client().get("/en/newsletter/archive/first/").status_code == 200
    send(settings)
    assert public or outbox.to == []
    assert public, "it is taken down in one step, which was broken off"
    assert (mailings.standing(made).sending == Sending.STOPPED) is (then == "the newsroom")
    assert mine.post(f"/staff/newsroom/{made}/withdraw/").status_code == 302
    assert Client().get("/en/newsletter/archive/first/").status_code == 410


def test_what_is_unknown_of_a_letter_that_was_taken_down_is_not_sent_again(outbox, settings, mine, yours):
    readers(ANNA)
    made = letter(mine)
    approve(made, yours)
    mailings.hand_on()
    send(settings)
    Delivery.objects.update(fate=Fate.UNKNOWN.value)
    Mailing.objects.update(figures={"UNKNOWN": 1})
    page = f"{STAFF}{made}/"
    assert mine.post(f"/staff/newsroom/{made}/withdraw/").status_code == 302
    assert mailings.standing(made).sending == Sending.DONE, "there was nothing left to stop"
    assert 'value="again"' not in mine.get(page).content.decode()
    assert mine.post(page, {"do": "again"}).status_code == 409
    send(settings)
    assert outbox.to == [ANNA]
    assert not Trail.objects.filter(verb="newsletter.again").exists()


def test_letters_are_for_editors_alone(mine):
    made = letter(mine)
    reviewer = browser_of(Role.REVIEWER, "Three")
    assert [reviewer.get(one).status_code for one in (STAFF, f"{STAFF}{made}/")] == [403, 403]
    assert reviewer.post(f"{STAFF}{made}/", {"do": "pause"}).status_code == 403
    assert Client().get(STAFF).status_code == 302
    assert mine.get(f"{STAFF}{uuid.uuid4()}/").status_code == 404


def test_the_desk_asks_what_a_letter_is_about_and_for_whom(mine):
    made = actions.begin(kind=Kind.MAILING, slug="one", language="en", by=mine.member)
    page = f"/staff/newsroom/{made}/facts/"
    mark = re.search(r'name="after" value="([0-9a-f]+)"', mine.get(page).content.decode())[1]
    assert mine.post(page, {"after": mark, "topic": "nothing", "rhythms": ["each"]}).status_code == 422
    assert mine.post(page, {"after": mark, "topic": "events", "rhythms": ["each", "monthly"]}).status_code == 302
    assert queries.on_desk(made).facts == content.Mailing(topic="events", rhythms=["each", "monthly"])
    assert {mailings.RHYTHMS[one] for one in ("each", "monthly")} == {Rhythm.EACH, Rhythm.MONTHLY}


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_the_archive_shows_letters_and_has_a_feed(mine, yours, language):
    made = letter(mine)
    assert "first" not in Client().get(f"/{language}/newsletter/archive/").content.decode()
    approve(made, yours)
    listed = Client().get(f"/{language}/newsletter/archive/")
    assert listed.status_code == 200
    assert not listed.cookies
    assert f"/{language}/newsletter/archive/first/" in listed.content.decode()
    assert "feed.atom" in listed.content.decode()
    whole = Client().get(f"/{language}/newsletter/archive/first/")
    assert "<strong>" in whole.content.decode()
    feed = feedparser.parse(Client().get(f"/{language}/newsletter/archive/feed.atom").content)
    assert not feed.bozo
    assert [one.title for one in feed.entries] == ["人数已过千万" if language == "zh-hans" else "Ten million"]
    assert Client().get(f"/{language}/newsletter/archive/feed.json").json()["items"]
