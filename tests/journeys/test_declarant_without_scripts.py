"""A declarant with a small phone and no scripts declares, looks it up, and takes it back; every page on the way fits and keeps to itself."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page
from tests.journeys.browsers import chromium, press
from tests.served import Site

pytestmark = pytest.mark.journey
READ = ("", "declare/group/", "statements/", "method/", "recount/", "safety/", "terms/", "terms/consent/2026-11/", "privacy/", "nowhere/")
STATEMENT = "我小时候没有选择。\n\n今天，我自己选一次。" + "没有空格的长句" * 40
See = Callable[[str], None]


@pytest.fixture
def site(data_folder, database_url):
    with Site(data_folder, database_url) as the:
        yield the


@pytest.fixture(scope="module")
def browser():
    with chromium() as the:
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
    return page.locator(".code").inner_text()


def look_up(page: Page, address: str, code: str) -> None:
    page.goto(f"{address}lookup/")
    page.fill("#code", code)
    press(page.locator("main form button"))


def take_back(page: Page, address: str, code: str, see: See) -> None:
    """With the code as it was shown; first a slip of the hand."""
    look_up(page, address, code[:-2])
    see("wrong code")
    look_up(page, address, code)
    see("status")
    press(page.locator("button[value=take_back]"))
    see("sure")
    press(page.locator("button[value=take_back_now]"))
    see("taken back")
    assert page.locator("button[value=take_back]").count() == 0


def declare_for_a_family(page: Page, address: str, see: See) -> None:
    page.goto(f"{address}declare/group/")
    press(page.locator("button[value=more]"))
    for number in range(1, 7):
        page.fill(f"#name_{number}", f"一个很长很长的化名{number}" * 3)
        page.check(f"#left_{number}")
    page.check("#agreed")
    page.check("#consent")
    go_on(page)
    see("check of a family")
    press(page.locator("button[value=send]"))
    see("codes of a family")
    assert page.locator(".members > div").count() == 6


def walk(site: Site, context: BrowserContext, language: str, see: Callable[[Page, str], None]) -> None:
    """Every public page, and the whole way of a declarant and of a family."""
    page, address = context.new_page(), f"http://127.0.0.1:{site.port}/{language}/"
    for path in READ:
        page.goto(address + path)
        see(page, path or "home")
    code = declare(page, address, lambda name: see(page, name))
    take_back(page, address, code, lambda name: see(page, name))
    declare_for_a_family(page, address, lambda name: see(page, name))


def test_a_declarant_on_a_small_phone_without_scripts(site, browser):
    seen, asked, wide = set(), set(), []
    for language in ("en", "zh-hans", "zh-hant"):
        context = browser.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False)
        context.on("request", lambda request: asked.add(request.url.split("/")[2]))

        def see(page, name, language=language):
            page.wait_for_load_state()
            seen.add(name)
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > 320:
                wide.append((language, name, width))

        walk(site, context, language, see)
        assert context.cookies() == []
        context.close()
    assert wide == []
    assert len(seen) == len(READ) + 11
    assert asked == {f"127.0.0.1:{site.port}"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_checker_finds_nothing_serious_on_the_way(site, browser, scheme):
    from axe_playwright_python.sync_playwright import Axe

    found = []

    def see(page, name):
        page.wait_for_load_state()
        serious = [one for one in Axe().run(page).response["violations"] if one["impact"] in {"serious", "critical"}]
        found.extend((name, one["id"], one["nodes"][0]["html"]) for one in serious)

    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme)
    walk(site, context, "zh-hans", see)
    assert found == []
    context.close()
