"""Somebody finds their name in a published statement, on a small phone without scripts: it is hidden at once, and a code opens the answer."""

import pytest
from playwright.sync_api import Page
from tests.journeys.browsers import chromium, keep, press
from tests.served import Site, person

pytestmark = pytest.mark.journey
STATEMENT = "那年的事我一直记得。今天，我声明退出。" + "没有空格的长句" * 20


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
    """One statement, read by a person and sealed."""
    fields = person("远山", site.token("/zh-hans/declare/"), text=STATEMENT, publish="on")
    assert site.post("/zh-hans/declare/", fields).status == 200
    assert site.count(1) == 1
    page.goto(f"http://127.0.0.1:{site.port}/staff/review/publishing/")
    press(page.locator("form[action$='publishing/claim/'] button"))
    press(page.locator("form[action$='publishing/decide/'] button").last)


def wait_for_statement(page: Page, address: str) -> str:
    """The link below the published statement, once the archive has taken it."""
    for _ in range(60):
        page.goto(f"{address}statements/")
        link = page.locator("a[href*='/objection/?number=']")
        if link.count():
            return link.first.get_attribute("href") or ""
        page.wait_for_timeout(1000)
    raise AssertionError("the statement was never published")


def test_it_is_hidden_at_once_and_answered(site, browser):
    reviewer = browser.new_context(locale="zh-CN").new_page()
    staff(site, reviewer)
    publish(site, reviewer)
    phone = browser.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False, locale="zh-CN")
    page, address, wide = phone.new_page(), f"http://127.0.0.1:{site.port}/zh-hans/", []

    def see(name: str, seen: Page = page) -> None:
        keep(f"objection-{name}", seen.screenshot(full_page=True))
        if seen is page and page.evaluate("document.documentElement.scrollWidth") > 320:
            wide.append(name)

    link = wait_for_statement(page, address)
    see("statement")
    press(page.locator(f"a[href='{link}']").first)
    see("form")
    assert "那年的事我一直记得。" in page.locator("main article").inner_text(), "what is meant is seen before it is sent"
    press(page.locator("main form button"))
    see("errors")
    page.check("#ground")
    page.fill("#text", "我没有声明过。")
    press(page.locator("main form button"))
    see("code")
    code = page.locator(".code").inner_text()
    page.goto(f"{address}statements/")
    assert page.locator("article").count() == 0

    def answer(language: str) -> str:
        page.goto(f"http://127.0.0.1:{site.port}/{language}/objection/answer/")
        page.fill("#code", code)
        press(page.locator("main form button"))
        see(f"answer-{language}")
        return page.locator("h1").inner_text()

    assert answer("zh-hans") == "已隐藏，等待志愿者查看"
    reviewer.goto(f"http://127.0.0.1:{site.port}/staff/objections/")
    see("staff", reviewer)
    assert "我没有声明过。" in reviewer.locator("main").inner_text()
    reviewer.select_option("select[name=finding]", "1")
    press(reviewer.locator("main form button"))
    assert [answer(language) for language in ("zh-hans", "zh-hant", "en")] == ["异议成立", "異議成立", "Your objection was upheld"]
    assert site.count(0) == 0
    page.goto(f"{address}objection/answer/")
    see("ask")
    assert wide == []
    assert phone.cookies() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_checker_finds_nothing_serious_on_these_pages(site, browser, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_context(locale="zh-CN", color_scheme=scheme).new_page()
    staff(site, page)
    found, address = [], f"http://127.0.0.1:{site.port}/zh-hant/objection/"

    def check(name: str) -> None:
        violations = Axe().run(page).response["violations"]
        found.extend((name, one["id"], one["nodes"][0]["html"]) for one in violations if one["impact"] in {"serious", "critical"})

    site.post("/en/declare/", person("Far Hill", site.token()))
    assert site.count(1) == 1
    page.goto(address)
    check("number")
    press(page.locator("main form button"))
    check("number-error")
    page.fill("#number", "2")
    press(page.locator("main form button"))
    check("form")
    press(page.locator("main form button"))
    check("errors")
    page.check("#ground-2")
    press(page.locator("main form button"))
    check("code")
    code = page.locator(".code").inner_text()
    page.goto(f"{address}answer/")
    check("ask")
    page.fill("#code", code)
    press(page.locator("main form button"))
    check("answer")
    page.goto(f"http://127.0.0.1:{site.port}/staff/objections/")
    check("staff")
    assert page.locator("tbody tr").count() == 1
    assert found == []
