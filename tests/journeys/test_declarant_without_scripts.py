"""A declarant with a small phone and no scripts declares after a mistake, looks it up after another, and takes it back, in three languages."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from tests.journeys.browsers import chromium, keep, press
from tests.page import LANGUAGES
from tests.served import Site

pytestmark = pytest.mark.journey
STATEMENT = "我小时候没有选择。\n\n今天，我自己选一次。" + "没有空格的长句" * 40
WIDTH = 320
See = Callable[[str], None]


@pytest.fixture
def site(data_folder, database_url):
    with Site(data_folder, database_url) as the:
        yield the


def go_on(page: Page) -> None:
    press(page.locator("button[value=check]:not(.skip)"))


def declare(page: Page, address: str, see: See) -> str:
    """From the empty form over a mistake to the code; returns the code."""
    page.goto(f"{address}declare/")
    see("form")
    page.fill("#name", "")
    go_on(page)
    see("errors")
    page.fill("#name", "远山")
    page.fill("#text", STATEMENT)
    page.fill("#place", "Vancouver, Canada")
    for box in ("#left", "#left-3", "#publish", "#adult", "#consent"):
        page.check(box)
    go_on(page)
    see("check")
    press(page.locator("button[value=change]").nth(3))
    see("changed")
    assert page.url.endswith("#text")
    assert page.input_value("#text") == STATEMENT
    go_on(page)
    press(page.locator("button[value=send]"))
    see("code")
    return page.locator(".code").first.inner_text()


def look_up(page: Page, address: str, code: str) -> None:
    page.goto(f"{address}lookup/")
    page.fill("#code", code)
    press(page.locator("main form button").first)


def take_back(page: Page, address: str, code: str, see: See) -> None:
    """With the code as it was shown; first a slip of the hand."""
    look_up(page, address, code[:-2])
    see("wrong-code")
    look_up(page, address, code)
    see("status")
    press(page.locator("button[value=take_back]"))
    see("sure")
    press(page.locator("button[value=take_back_now]"))
    see("taken-back")
    assert page.locator("button[value=take_back]").count() == 0


def test_declares_after_a_mistake_and_takes_it_back(site):
    seen, wide = [], []
    with chromium() as browser:
        for language in LANGUAGES:
            context = browser.new_context(viewport={"width": WIDTH, "height": 640}, java_script_enabled=False)
            page, address = context.new_page(), f"http://127.0.0.1:{site.port}/{language}/"

            def see(name: str, page=page, language=language) -> None:
                page.wait_for_load_state()
                seen.append(name)
                wide.extend([(language, name)] if page.evaluate("document.documentElement.scrollWidth") > WIDTH else [])
                keep(f"declarant-{language}-{name}", page.screenshot(full_page=True))

            take_back(page, address, declare(page, address, see), see)
            assert context.cookies() == []
            context.close()
    assert wide == []
    assert len(seen) == 9 * len(LANGUAGES)
