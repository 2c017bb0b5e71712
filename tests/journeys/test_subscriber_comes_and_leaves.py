"""A visitor reads an article, signs up below it, confirms by the letter that a real server took, chooses, and leaves; on a phone without scripts.

One click in a program of mail (RFC 8058), scanners that open links, and a kill on the way are proven in tests/newsletter:
test_signing_up, test_served.
"""

import pytest
from tests.journeys.browsers import keep, press
from tests.journeys.live import visitor
from tests.newsletter.readers import BOTH, links
from tests.newsroom.published import NEWS, people, publish
from tests.page import LANGUAGES

from tuidang.newsletter import queries
from tuidang.newsletter.content import Choices
from tuidang.newsletter.policies import read_address
from tuidang.newsletter.states import Rhythm, Topic
from tuidang.newsroom.states import Kind

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True, databases=BOTH)]
OTHER = {"en": "zh-hant", "zh-hans": "en", "zh-hant": "zh-hans"}


def reader_of(address):
    found = queries.subscriber_of(read_address(address))
    return None if found is None else queries.reader(found)


def sign_up(page, language, address):
    """In the block below the article; where the language is that of the mainland, it leads to a page that warns first."""
    if language == "zh-hans":
        press(page.locator(".newsletter a"))
        assert page.locator(".notice.caution").is_visible()
        page.fill("#address", address)
        page.check("#consent")
    else:
        page.fill("#newsletter-address", address)
        page.check("#newsletter-consent")
    press(page.locator("form[action$='/newsletter/'] button, main form:not([action]) button").first)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_visitor_signs_up_confirms_chooses_and_leaves(browser, live_server, outbox, post, language):
    by, second = people()
    publish(Kind.NEWS, "one", by, second, words=NEWS)
    page, address = visitor(browser), f"anna-{language}@mail.example"

    def see(name):
        keep(f"subscriber-{language}-{name}", page.screenshot(full_page=True))
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, name

    page.goto(f"{live_server.url}/{language}/news/one/")
    sign_up(page, language, address)
    see("sent")
    assert address in page.locator("main").inner_text()
    assert reader_of(address) is None, "the letter comes first"
    while post.step():
        pass
    (letter,) = outbox.answers()
    found = links(letter)
    assert letter["To"] == address

    page.goto(live_server.url + found["c"])
    see("confirm")
    assert not reader_of(address).confirmed, "whoever opens a link confirms nothing"
    press(page.locator("main form button"))
    see("confirmed")
    assert reader_of(address).confirmed

    press(page.locator("main a.button"))
    page.check(f"[name=language][value={OTHER[language]}]")
    page.uncheck(f"[name=topics][value='{Topic.EVENTS.value}']")
    page.check(f"[name=rhythm][value='{Rhythm.MONTHLY.value}']")
    press(page.locator("button[value=save]"))
    see("saved")
    assert page.locator("[role=alert], [role=status]").count() == 1
    assert reader_of(address).choices == Choices(
        language=OTHER[language], topics=(Topic.NEWS | Topic.MILESTONES).value, rhythm=Rhythm.MONTHLY.value
    )

    press(page.locator("main a[href*='/newsletter/u/']"))
    assert reader_of(address) is not None, "whoever opens a link leaves nothing"
    see("leave")
    press(page.locator("main form button"))
    see("left")
    assert reader_of(address) is None
    assert len(outbox.raw) == 1
    assert page.context.cookies() == []
