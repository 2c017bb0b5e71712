"""Somebody finds their name in a published statement, on a small phone without scripts: it is hidden at once, and a code opens the answer."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from tests.journeys.browsers import chromium, keep, press
from tests.served import Site, person

pytestmark = pytest.mark.journey
BEGINS = "那年的事我一直记得。"
STATEMENT = "今天，我声明退出。" + "没有空格的长句" * 20
NAMES = {"en": "Far Hill", "zh-hans": "远山", "zh-hant": "遠山"}
HIDDEN = ("Hidden while a volunteer looks at it", "已隐藏，等待志愿者查看", "已隱藏，等待志工查看")
UPHELD = ("Your objection was upheld", "异议成立", "異議成立")
See = Callable[[str], None]


@pytest.fixture
def site(data_folder, database_url):
    with Site(data_folder, database_url) as the:
        yield the


@pytest.fixture(scope="module")
def browser():
    with chromium() as the:
        yield the


def staff(site: Site, page: Page) -> None:
    """Signs a reviewer in by a one-time link, as the operator hands it out."""
    made = site.run("staff", "invite", "--name", "Lin", "--role", "reviewer")
    link = next(word for word in made.stdout.split() if "/staff/in/" in word)
    page.goto(f"http://127.0.0.1:{site.port}/staff/in/" + link.split("/staff/in/")[1])
    press(page.locator("main form button"))


def publish(site: Site, page: Page) -> None:
    """A statement for each language, read by a person and sealed."""
    for language, name in NAMES.items():
        fields = person(name, site.token(f"/{language}/declare/"), text=f"{BEGINS}{STATEMENT}", publish="on")
        assert site.post(f"/{language}/declare/", fields).status == 200
    assert site.count(len(NAMES)) == len(NAMES)
    page.goto(f"http://127.0.0.1:{site.port}/staff/review/publishing/")
    press(page.locator("form[action$='publishing/claim/'] button"))
    press(page.locator("form[action$='publishing/decide/'] button").last)


def wait_for_statements(page: Page, site_of: str) -> None:
    """Until the archive has taken them all."""
    for _ in range(60):
        page.goto(f"{site_of}/en/statements/")
        if page.locator("article").count() == len(NAMES):
            return
        page.wait_for_timeout(1000)
    raise AssertionError("a statement was never published")


def object_to_the_newest(page: Page, address: str, see: See) -> str:
    """From the link below a statement, over a mistake, to the code of the objection; returns the code."""
    page.goto(f"{address}statements/")
    see("statement")
    press(page.locator("a[href*='/objection/?number=']").first)
    see("form")
    assert BEGINS in page.locator("main article").inner_text(), "what is meant is seen before it is sent"
    press(page.locator("main form button"))
    see("errors")
    page.check("#ground")
    page.fill("#text", "我没有声明过。")
    press(page.locator("main form button"))
    see("code")
    return page.locator(".code").first.inner_text()


def answer(page: Page, address: str, code: str, see: See) -> str:
    page.goto(f"{address}objection/answer/")
    see("ask")
    page.fill("#code", code)
    press(page.locator("main form button"))
    see("answer")
    return page.locator("h1").inner_text()


def serious(page: Page) -> list[str]:
    violations = Axe().run(page).response["violations"]
    return [one["id"] for one in violations if one["impact"] in {"serious", "critical"}]


def test_it_is_hidden_at_once_and_answered_in_three_languages(site, browser):
    reviewer, site_of = browser.new_context(locale="zh-CN").new_page(), f"http://127.0.0.1:{site.port}"
    staff(site, reviewer)
    publish(site, reviewer)
    phone = browser.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False)
    page, wide, codes = phone.new_page(), [], {}
    wait_for_statements(page, site_of)

    def see(name: str) -> None:
        keep(f"objection-{name}", page.screenshot(full_page=True))
        wide.extend([name] if page.evaluate("document.documentElement.scrollWidth") > 320 else [])

    for left, language in zip((2, 1, 0), NAMES, strict=True):
        address, seen = f"{site_of}/{language}/", lambda name, language=language: see(f"{language}-{name}")
        codes[language] = object_to_the_newest(page, address, seen)
        page.goto(f"{address}statements/")
        assert page.locator("article").count() == left
    assert [answer(page, f"{site_of}/{language}/", code, see) for language, code in codes.items()] == list(HIDDEN)
    for _ in NAMES:
        reviewer.goto(f"{site_of}/staff/objections/")
        assert "我没有声明过。" in reviewer.locator("main").inner_text()
        assert serious(reviewer) == []
        one = reviewer.locator("main form", has=reviewer.locator("select[name=finding]")).first
        one.locator("select[name=finding]").first.select_option("1")
        press(one.locator("button").first)
    upheld = [
        answer(page, f"{site_of}/{language}/", code, lambda name, at=language: see(f"{at}-{name}")) for language, code in codes.items()
    ]
    assert upheld == list(UPHELD)
    assert site.count(0) == 0
    assert wide == []
    assert phone.cookies() == []
