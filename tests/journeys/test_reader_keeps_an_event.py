"""A reader finds an event and puts it into a calendar, which knows when it begins, here and there."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from tests.journeys.browsers import keep, press
from tests.journeys.live import visitor
from tests.newsroom.published import EVENT, people, publish
from tests.page import LANGUAGES

from tuidang.newsroom.content import Event
from tuidang.newsroom.states import Kind

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True, databases=["default", "newsletter"])]
NEW_YORK = ZoneInfo("America/New_York")


def saved(page, link):
    """The only event of the file that a link hands out."""
    with page.expect_download() as download:
        link.click()
    (event,) = Calendar.from_ical(download.value.path().read_bytes()).walk("VEVENT")
    return event


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_event_is_found_and_kept_with_the_time_of_its_place(browser, live_server, language):
    by, second = people()
    publish(
        Kind.EVENT, "answers", by, second, words=EVENT, facts=Event("2031-07-10T18:30", "2031-07-10T20:00", "America/New_York", "City Hall")
    )
    page = visitor(browser, locale="de-DE", timezone_id="Asia/Taipei")
    page.goto(f"{live_server.url}/{language}/news/")
    press(page.locator(f"main a[href='/{language}/events/']").first)
    whole = saved(page, page.locator("a[href$='calendar.ics']"))
    press(page.locator("main article a, main li a").first)
    keep(f"event-{language}", page.screenshot(full_page=True))
    assert page.locator("h1").inner_text() == EVENT[language][0]
    one = saved(page, page.locator("a[href$='event.ics']"))
    assert one["UID"] == whole["UID"], "who keeps both has it once"
    assert str(one["SUMMARY"]) == EVENT[language][0]
    assert "City Hall" in one["LOCATION"]
    starts, ends = one["DTSTART"].dt, one["DTEND"].dt
    assert starts == dt.datetime(2031, 7, 10, 18, 30, tzinfo=NEW_YORK)
    assert ends - starts == dt.timedelta(minutes=90)
    assert starts.astimezone(ZoneInfo("Asia/Taipei")).strftime("%d %H:%M") == "11 06:30"
    assert page.context.cookies() == []
