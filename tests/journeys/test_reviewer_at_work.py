"""A reviewer goes through a screen with the keyboard alone, and without scripts; every page fits a small phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.journeys.browsers import keep, press
from tests.journeys.live import staff
from tests.review.cases import PHONE, arrive, case

from tuidang.accounts.policies import Role
from tuidang.review.states import Refusal, Verdict, Wish
from tuidang.vault import daykeys

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PATHS = ("", "members/", "review/", "review/screen/", "review/undo/", "review/publishing/", "review/publishing/released/")


@pytest.fixture
def open_site(browser, live_server):
    """Opens a browser in which a reviewer is signed in; returns its page and what went wrong in it."""
    daykeys.forget()

    def opened(**options):
        page, wrong = staff(browser, live_server.url, Role.REVIEWER, Role.OPERATOR, **options), []
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        return page, wrong

    yield opened
    daykeys.forget()


def take(page, live_server) -> list:
    page.goto(f"{live_server.url}/staff/review/")
    press(page.locator("text=Take the next screen").first)
    return [row.get_attribute("value") for row in page.locator("input[name=row]").all()]


def value(page, name: str, row: str) -> str:
    return page.locator(f"[name={name}-{row}]").input_value()


def test_a_screen_is_decided_with_the_keyboard(open_site, live_server):
    ids = {one.hex: one for one in arrive(5, text=PHONE, publish=True)}
    page, wrong = open_site()
    rows = take(page, live_server)
    assert {value(page, "verdict", row) for row in rows} == {"hold"}
    # First: count, and publish; second: refuse; third: the next reason; fourth: hold; fifth: the fourth reason.
    for key in "jajrjrrjxj4kkkkp":
        page.keyboard.press(key)
    assert [value(page, "verdict", row) for row in rows] == ["", "1", "2", "hold", "4"]
    assert page.evaluate("document.activeElement.querySelector('input').value") == rows[0]
    assert value(page, "publish", rows[0]) == "yes"
    page.keyboard.press("?")
    assert page.locator(".keys").get_attribute("open") is not None
    page.keyboard.press("?")
    assert page.locator(".keys").get_attribute("open") is None
    press(page.locator(".send button").first)
    assert "1 counted, 3 refused, 1 held" in page.locator(".last").inner_text()
    assert (case(ids[rows[0]]).verdict, case(ids[rows[0]]).publication) == (Verdict.COUNT, Wish.PUBLISH)
    assert case(ids[rows[4]]).reason == Refusal.PRIVATE_PERSON
    page.keyboard.press("u")
    page.wait_for_url("**/undo/")  # still without a row: pressed on the page that follows the screen
    press(page.locator("main button").first)
    assert [value(page, "verdict", row) for row in rows] == ["", "1", "2", "hold", "4"]
    assert wrong == []


def test_keys_leave_alone_what_is_typed_into_a_field(open_site, live_server):
    arrive(2, text=PHONE)
    page, _ = open_site()
    rows = take(page, live_server)
    page.focus(f"[name=verdict-{rows[1]}]")
    page.keyboard.press("Control+a")
    assert value(page, "verdict", rows[0]) == "hold"
    assert page.locator("[aria-current=true] input").get_attribute("value") == rows[1], "the row in which one is"


def test_a_screen_is_decided_without_scripts(open_site, live_server):
    arrive(2, text=PHONE)
    page, _ = open_site(java_script_enabled=False)
    rows = take(page, live_server)
    page.select_option(f"[name=verdict-{rows[0]}]", label="count")
    press(page.locator(".send button").first)
    assert "1 counted, 0 refused, 1 held" in page.locator(".last").inner_text()


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_every_page_fits_and_keeps_its_buttons_in_sight(open_site, live_server, language):
    arrive(12, text=PHONE, names=("远" * 20, "平安"), publish=True)
    arrive(6, publish=True)
    page, wrong = open_site()
    page.goto(f"{live_server.url}/staff/")
    press(page.locator(f"button[value={language}]").first)
    take_first = page.goto(f"{live_server.url}/staff/review/")
    assert take_first.headers["content-security-policy"].endswith("script-src 'self'")
    press(page.locator("main form button").first)
    for path in PATHS:
        page.goto(f"{live_server.url}/staff/{path}")
        for width in (320, 390, 1000):
            page.set_viewport_size({"width": width, "height": 700})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
            for button in page.locator(".send button").all():
                box = button.bounding_box()
                assert box["y"] + box["height"] <= 700, "the button is where the thumb is"
        keep(f"staff-{language}-{path.strip('/').replace('/', '-') or 'home'}", page.screenshot(full_page=True))
        found = Axe().run(page).response["violations"]
        assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == [], path
    assert wrong == []
