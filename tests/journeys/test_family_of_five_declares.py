"""A family of five declares on a small phone: from the home page to five codes within 14 KB, with scripts and without, in three languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page
from tests.journeys.browsers import chromium, keep, press
from tests.page import LANGUAGES
from tests.served import Site

pytestmark = pytest.mark.journey
PHONE = {"width": 320, "height": 640}
MOST_BYTES = 14 * 1024
NAMES = {
    "en": ("Far Hill", "Clear Spring", "Calm River", "Long Road", "Still Lake"),
    "zh-hans": ("远山", "清泉", "小河", "长路", "静湖"),
    "zh-hant": ("遠山", "清泉", "小河", "長路", "靜湖"),
}


@pytest.fixture
def site(data_folder, database_url):
    with Site(data_folder, database_url) as the:
        yield the


class Wire:
    """Counts what the network carried to a page: heads and bodies, as compressed."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self.bytes = 0
        self.answers = 0
        session = context.new_cdp_session(page)
        session.on("Network.loadingFinished", self._add)
        session.send("Network.enable")

    def _add(self, event: dict[str, float]) -> None:
        self.bytes += int(event["encodedDataLength"])
        self.answers += 1


def declare(page: Page, address: str, names: tuple[str, ...], see) -> None:
    """The way that a family goes: home, the form for several, what was typed once more, the codes."""
    page.goto(address)
    see("home")
    press(page.locator("main a[href$='declare/group/']"))
    see("form")
    for number, name in enumerate(names, 1):
        page.fill(f"#name_{number}", name)
        page.check(f"#left_{number}-2")
        page.check(f"#left_{number}-3")
    for box in ("#agreed", "#consent"):
        page.check(box)
    press(page.locator("button[value=check]:not(.skip)"))
    see("check")
    press(page.locator("button[value=send]"))
    see("codes")


@pytest.mark.parametrize("scripts", [False, True], ids=["without-scripts", "with-scripts"])
def test_from_the_home_page_to_five_codes_within_the_budget(site, scripts):
    with chromium() as browser:
        for language in LANGUAGES:
            context = browser.new_context(viewport=PHONE, java_script_enabled=scripts)
            page = context.new_page()
            wire, wide, asked = Wire(context, page), [], set()
            page.on("request", lambda request, asked=asked: asked.add(request.url.split("/")[2]))

            def see(name: str, page=page, wide=wide, language=language) -> None:
                page.wait_for_load_state()
                wide += [name] if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"] else []
                if not scripts:
                    keep(f"family-{language}-{name}", page.screenshot(full_page=True))

            declare(page, f"http://127.0.0.1:{site.port}/{language}/", NAMES[language], see)
            shown = page.locator(".members > div")
            assert [NAMES[language][at] in shown.nth(at).inner_text() for at in range(shown.count())] == [True] * 5
            assert wire.answers >= 5, "home, stylesheet, form, check page, codes"
            assert wire.bytes <= MOST_BYTES, (language, wire.bytes)
            assert (wide, asked, context.cookies()) == ([], {f"127.0.0.1:{site.port}"}, [])
            context.close()
    assert site.count(15) == 15
