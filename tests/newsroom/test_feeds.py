"""Feeds and calendars are read back by programs that others wrote; nothing that an editor types breaks out of its place."""

import datetime as dt
import json
import re

import feedparser
import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from tests.newsroom.published import EVENT, HERE, NEWS, SLUG, approve, one_of_each, people, publish
from tests.page import LANGUAGES

from tuidang.design.templatetags.design import SPOKEN
from tuidang.newsroom import actions, calendars, content, feeds, queries
from tuidang.newsroom.feeds import Feed
from tuidang.newsroom.states import Kind

pytestmark = pytest.mark.django_db
FOLDERS = ("news", "support", "stories", "milestones")
HOSTILE = 'x\r\nATTENDEE:mailto:a@b.example\r\nX-A:1 \u2028\x0b\x00 ";,\\ ]]><script>&amp;</title>'
PROPERTIES = {
    *("UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "DTEND", "STATUS", "SUMMARY", "DESCRIPTION", "LOCATION", "URL"),
}
NEVER = ("ATTENDEE", "ORGANIZER", "VALARM", "ATTACH", "X-A")


@pytest.fixture
def world():
    return one_of_each()


def get(address, **headers):
    return Client(headers=headers).get(address)


def calendar(address="/en/events/calendar.ics"):
    return Calendar.from_ical(get(address).content)


def by_uid(found):
    return {str(one["UID"]): one for one in found.walk("VEVENT")}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("folder", FOLDERS)
def test_a_feed_reader_reads_every_feed(world, language, folder):
    answered = get(f"/{language}/{folder}/feed.atom")
    read = feedparser.parse(answered.content)
    assert not read.bozo, read.get("bozo_exception")
    assert (read.version, read.feed.language) == ("atom10", SPOKEN[language])
    entry = next(one for one in read.entries if one.link.endswith(f"/{SLUG}/"))
    assert entry.link == f"http://testserver/{language}/{folder}/{SLUG}/"
    assert entry.id.startswith("urn:uuid:")
    assert entry.updated >= entry.published
    as_json = json.loads(get(f"/{language}/{folder}/feed.json").content)
    assert as_json["version"] == "https://jsonfeed.org/version/1.1"
    assert {one["id"] for one in as_json["items"]} == {one.id for one in read.entries}
    assert {one["url"] for one in as_json["items"]} == {one.link for one in read.entries}


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_others_stand_in_a_feed_as_theirs(world, language):
    """A feed reader shows an entry without the page around it: who said it, and that it is quoted, has to come along."""
    read = feedparser.parse(get(f"/{language}/support/feed.atom").content)
    entry = next(one for one in read.entries if one.link.endswith(f"/{SLUG}/"))
    as_json = next(one for one in json.loads(get(f"/{language}/support/feed.json").content)["items"] if one["id"] == entry.id)
    assert (entry.author, as_json["authors"]) == ("王美玲", [{"name": "王美玲"}])
    for html in (entry.content[0].value, as_json["content_html"]):
        assert html.count("<blockquote") == 2, "the translation and the original"
        assert "王美玲" in re.sub(r"<blockquote.*</blockquote>", "", html, flags=re.DOTALL)
        assert "https://parliament.example/1" in html
    story = next(one for one in feedparser.parse(get(f"/{language}/stories/feed.atom").content).entries if one.link.endswith(f"/{SLUG}/"))
    assert story.author == "远山"
    assert "authors" not in json.loads(get(f"/{language}/news/feed.json").content)["items"][0]


def test_pages_name_their_feeds(world):
    for folder in FOLDERS:
        html = get(f"/en/{folder}/").content.decode()
        for found in re.findall(r'<link rel="alternate" type="[^"]+" title="[^"]+" href="([^"]+)"', html):
            assert get(found).status_code == 200
        assert html.count('rel="alternate"') == 2
    assert "/en/events/calendar.ics" in get("/en/events/").content.decode()


def test_an_entry_keeps_its_name_when_it_changes_and_says_that_it_did(world, monkeypatch):
    def entries():
        return {one.link: one for one in feedparser.parse(get("/en/news/feed.atom").content).entries}

    before = entries()
    by, second = people()
    now = actions.minute() + 90
    monkeypatch.setattr(actions, "minute", lambda: now)
    actions.write(item=world["news"], language="en", words=actions.Words("Better", "", "x"), after=1, by=by)
    approve(world["news"], by, second)
    for link, one in entries().items():
        assert one.id == before[link].id
        assert (one.updated > before[link].updated) is link.endswith(f"/{SLUG}/")
        assert one.published == before[link].published


def test_no_name_of_an_entry_is_the_number_of_its_item(world):
    text = get("/en/news/feed.atom").content + get("/en/news/feed.json").content + get("/en/events/calendar.ics").content
    assert not [item for item in world.values() if str(item).encode() in text or item.hex.encode() in text]


@pytest.mark.parametrize("address", ["/en/news/feed.atom", "/en/news/feed.json", "/en/events/calendar.ics", f"/en/events/{SLUG}/event.ics"])
def test_what_a_program_has_already_is_not_sent_again(world, address):
    first = get(address)
    again = get(address, If_None_Match=first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    packed = get(address, Accept_Encoding="gzip")
    assert get(address, Accept_Encoding="gzip", If_None_Match=packed["ETag"]).status_code == 304
    assert get(address, If_None_Match='"other"').status_code == 200
    assert not first.cookies


def test_a_feed_does_not_tell_of_what_was_taken_down(world):
    assert b"/gone/" not in get("/en/news/feed.atom").content
    assert get("/en/events/never/event.ics").status_code == 404


def test_links_of_a_text_lead_here_from_anywhere():
    html = '<p><a href="/en/method/" rel="x">a</a> <a title="t" href="/x">b</a> <a href="https://a.example/">c</a> <a href="//b.example/">d</a></p>'
    assert feeds.absolute(html, "https://r.example").count("https://r.example/") == 2


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=80) | st.just(HOSTILE))
def test_any_words_give_a_feed_and_a_calendar_that_can_be_read(world_of_one, words):
    import dataclasses

    one = dataclasses.replace(world_of_one, title=words, summary=words, html="<p>x</p>")
    feed = Feed(Kind.NEWS, "en", "News", "Register", "https://r.example", [one])
    assert not feedparser.parse(feeds.atom(feed)).bozo
    try:
        assert json.loads(feeds.json(feed))["items"][0]["title"] == words
    except UnicodeEncodeError:
        assert any("\ud800" <= sign <= "\udfff" for sign in words), "no database keeps such a text"
    events = Calendar.from_ical(calendars.calendar([one], [], name=words, site="https://r.example")).walk("VEVENT")
    assert len(events) == 1
    assert set(events[0]) <= {
        *("UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "DTEND", "STATUS", "SUMMARY", "DESCRIPTION"),
        "LOCATION",
        "URL",
    }


@pytest.fixture
def world_of_one():
    import uuid

    from tuidang.newsroom.queries import Shown

    facts = content.Event(HERE, "", "Europe/Berlin", HOSTILE, HOSTILE, "")
    return Shown(1, uuid.UUID(int=5), Kind.EVENT, "one", "en", "en", "t", "s", "", facts, None, 1, 1, 0)


def test_nothing_that_is_typed_becomes_a_line_of_its_own_in_a_calendar(world_of_one):
    import dataclasses

    one = dataclasses.replace(world_of_one, title=HOSTILE, summary=HOSTILE)
    made = calendars.calendar([one], [], name=HOSTILE, site="https://r.example")
    lines = re.sub(rb"\r\n[ \t]", b"", made).split(b"\r\n")
    assert not [line for line in lines if line.startswith(tuple(name.encode() for name in NEVER))]
    assert b"\n" not in made.replace(b"\r\n", b"")
    assert b"\x00" not in made
    assert max(len(line) for line in made.split(b"\r\n")) <= 75


def test_an_event_is_read_back_on_the_clock_of_its_place(world):
    found = calendar()
    event = next(one for one in found.walk("VEVENT") if str(one["SUMMARY"]) == EVENT["en"][0])
    starts = event["DTSTART"].dt
    assert (starts.replace(tzinfo=None).isoformat(timespec="minutes"), event["DTSTART"].params["TZID"]) == (HERE, "America/New_York")
    assert starts.astimezone(dt.UTC) == dt.datetime(2031, 12, 10, 23, 30, tzinfo=dt.UTC)
    assert "America/New_York" in {str(one["TZID"]) for one in found.walk("VTIMEZONE")}
    assert str(event["URL"]) == f"http://testserver/en/events/{SLUG}/"
    assert event["STATUS"] == "CONFIRMED"
    assert not [name for name in NEVER if name in event]


@pytest.mark.parametrize("month", range(1, 13))
def test_the_zone_that_comes_along_says_the_same_as_ours_all_year_round(world_of_one, month):
    """A reader that knows no zones goes by the rules in the file."""
    import dataclasses
    from zoneinfo import ZoneInfo

    facts = content.Event(f"2027-{month:02}-15T12:00", "", "Europe/Berlin")
    at = dt.datetime(2027, month, 15, tzinfo=dt.UTC)
    one = dataclasses.replace(world_of_one, facts=facts, at=int(at.timestamp()) // 60)
    (zone,) = Calendar.from_ical(calendars.calendar([one], [], name="x", site="")).walk("VTIMEZONE")
    theirs, ours = (dt.datetime(2027, month, 15, 12, tzinfo=one) for one in (zone.to_tz(lookup_tzid=False), ZoneInfo("Europe/Berlin")))
    assert theirs.utcoffset() == ours.utcoffset()


def test_one_event_for_itself_is_the_same_as_among_all(world):
    (alone,) = by_uid(calendar(f"/en/events/{SLUG}/event.ics")).items()
    assert by_uid(calendar())[alone[0]].to_ical() == alone[1].to_ical()


def test_all_languages_speak_of_the_same_event(world):
    assert {frozenset(by_uid(calendar(f"/{language}/events/calendar.ics"))) for language in LANGUAGES} == {frozenset(by_uid(calendar()))}


def test_a_change_is_told_by_a_higher_number_under_the_same_name(world, monkeypatch):
    (name, before) = next(iter(by_uid(calendar(f"/en/events/{SLUG}/event.ics")).items()))
    by, second = people()
    now = actions.minute() + 1
    monkeypatch.setattr(actions, "minute", lambda: now)
    actions.set_facts(item=world["event"], facts=content.Event("2031-12-11T18:30", "", "America/New_York"), by=by)
    approve(world["event"], by, second)
    after = by_uid(calendar())[name]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["DTSTART"].dt - before["DTSTART"].dt == dt.timedelta(days=1)


def test_what_was_taken_down_is_called_off_and_nothing_else_is_said_of_it(world):
    (name, before) = next(iter(by_uid(calendar(f"/en/events/{SLUG}/event.ics")).items()))
    by, _ = people()
    actions.set_facts(item=world["event"], facts=content.Event("2032-01-01T00:00", "", "Asia/Taipei", "Elsewhere"), by=by)
    actions.withdraw(item=world["event"], by=by)
    for address in ("/en/events/calendar.ics", f"/en/events/{SLUG}/event.ics"):
        off = by_uid(calendar(address))[name]
        assert (off["STATUS"], off["DTSTART"].dt.astimezone(dt.UTC)) == ("CANCELLED", before["DTSTART"].dt.astimezone(dt.UTC))
        assert off["SEQUENCE"] > before["SEQUENCE"]
        assert not {"SUMMARY", "LOCATION", "DESCRIPTION", "URL"} & set(off)


def test_a_calendar_holds_the_past_year_and_what_comes(world):
    by, second = people()
    for slug, starts in (("old", "2020-01-01T10:00"), ("recent", f"{dt.datetime.now(dt.UTC) - dt.timedelta(days=30):%Y-%m-%dT10:00}")):
        publish(Kind.EVENT, slug, by, second, words=NEWS, facts=content.Event(starts, "", "Asia/Taipei"))
    addresses = [str(one["URL"]) for one in calendar().walk("VEVENT")]
    assert any("/recent/" in one for one in addresses)
    assert not any("/old/" in one for one in addresses)


def test_an_empty_register_has_feeds_and_a_calendar_too():
    assert not feedparser.parse(get("/en/news/feed.atom").content).bozo
    assert json.loads(get("/en/news/feed.json").content)["items"] == []
    assert calendar().walk("VEVENT") == []
    assert queries.front("en") == (None, None)
