"""Somebody abroad leaves a message of support; a reviewer reads it and lets it be shown, apart from declarations and in no count of them."""

import pytest
from tests.journeys.browsers import keep, press
from tests.journeys.live import staff, visitor
from tests.page import LANGUAGES

from tuidang.accounts.policies import Role
from tuidang.intake.models import Declaration

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True, databases=["default", "newsletter"])]
WORDS = {"en": "We hear you, from far away.", "zh-hans": "我们在远方听见了您。", "zh-hant": "我們在遠方聽見了您。"}
WAITING = {"en": "Nobody has read it yet", "zh-hans": "还没有人", "zh-hant": "還沒有人"}
COUNTRY = {"en": "Norway", "zh-hans": "挪威", "zh-hant": "挪威"}


def standing(page, site, language, code):
    """What the writer reads with the code."""
    page.goto(f"{site}/{language}/messages/own/")
    page.fill("#code", code)
    press(page.locator("main form button").first)
    return page.locator("main").inner_text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_is_sent_read_and_shown_apart(browser, live_server, language, register):
    site, page = live_server.url, visitor(browser)
    page.goto(f"{site}/{language}/messages/")
    press(page.locator("main a[href$='/messages/send/']").first)
    page.fill("#name", "Ingrid")
    page.fill("#country", COUNTRY[language])
    page.fill("#text", WORDS[language])
    page.check("#agree")
    press(page.locator("main form button").first)
    assert WORDS[language] in page.locator("dl.answers").inner_text()
    press(page.locator("button[value=send]"))
    code = page.locator(".code").first.inner_text()
    assert WAITING[language] in standing(page, site, language, code)
    page.goto(f"{site}/{language}/messages/")
    assert page.locator("main article").count() == 0, "nobody has read it yet"

    desk = staff(browser, site, Role.REVIEWER, language=language)
    desk.goto(f"{site}/staff/review/messages/")
    press(desk.locator("form[action$='/claim/'] button"))
    keep(f"support-desk-{language}", desk.screenshot(full_page=True))
    assert WORDS[language] in desk.locator("table.screen").inner_text()
    assert desk.locator("select[name^=message-]").input_value() == ""
    press(desk.locator(".send button"))

    page.goto(f"{site}/{language}/messages/")
    keep(f"support-{language}", page.screenshot(full_page=True))
    assert WORDS[language] in page.locator("main article").inner_text()
    assert COUNTRY[language] in page.locator("main article").inner_text()
    for other in ("", "statements/"):
        page.goto(f"{site}/{language}/{other}")
        assert WORDS[language] not in page.content()
    assert not Declaration.objects.exists()
    assert WORDS[language] in standing(page, site, language, code)
    press(page.locator("button[value=take_down]"))
    page.goto(f"{site}/{language}/messages/")
    assert page.locator("main article").count() == 0, "whoever wrote it can take it down"
