"""A declarant with a phone goes back from the check page with the browser's own button: what was typed is there again, and on no disk."""

import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright
from tests.journeys.browsers import ARGUMENTS, Firefox, press
from tests.page import LANGUAGES
from tests.served import Site

pytestmark = pytest.mark.journey
PHONE = {"width": 320, "height": 640}
ONE = {"name": "自己写的化名", "place": "广东", "title": "我的题目", "text": "我自己写的话。\n第二行。"}
SEVERAL = {"name_1": "自己写的化名", "name_5": "第五个人", "place": "广东", "title": "我的题目", "text": "我们写的话。"}
TICKED = {"": ("left", "left-3", "adult", "consent"), "group/": ("left_1", "left_1-3", "left_5-2", "agreed", "consent", "publish")}


@pytest.fixture
def site(data_folder, database_url):
    with Site(data_folder, database_url) as the:
        yield the


def fill(page: Page, path: str, lines: dict[str, str]) -> None:
    """By the keys, as people do: what is set by a program is no input of theirs."""
    for name, text in lines.items():
        page.click(f"#{name}")
        page.keyboard.press("Control+A")
        page.keyboard.type(text)
    for box in TICKED[path]:
        page.check(f"#{box}")


def send_an_ordinary_form(page: Page, address: str) -> None:
    """One that a browser does keep, so that it is seen to keep any."""
    page.route(
        "**/ordinary*", lambda route: route.fulfill(content_type="text/html", body="<form><input name=ordinary><button>go</button></form>")
    )
    page.goto(address)
    page.click("input")
    page.keyboard.type("kept")
    press(page.locator("button"))
    page.wait_for_timeout(2_000)


def remembered(profile: Path) -> list[tuple[str, str]]:
    """What Chromium keeps to offer it in other forms."""
    (file,) = profile.rglob("Web Data")
    return sqlite3.connect(file).execute("SELECT name, value FROM autofill").fetchall()


@pytest.mark.parametrize("scripts", [False, True], ids=["without-scripts", "with-scripts"])
def test_all_that_was_typed_is_there_again_in_chromium_and_none_of_it_is_kept_for_other_forms(site, tmp_path, scripts):
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path / "profile",
            executable_path="/usr/bin/chromium",
            headless=False,
            args=[*ARGUMENTS, "--headless=new"],
            viewport=PHONE,
            java_script_enabled=scripts,
        )
        page = context.pages[0]
        for language in LANGUAGES:
            for path, lines in (("", ONE), ("group/", SEVERAL)):
                page.goto(f"http://127.0.0.1:{site.port}/{language}/declare/{path}")
                fill(page, path, lines)
                press(page.locator("button[value=check]:not(.skip)"))
                assert page.locator("button[value=send]").count() == 1, "on the check page"
                page.go_back()
                assert {name: page.input_value(f"#{name}") for name in lines} == lines
                assert [box for box in TICKED[path] if not page.is_checked(f"#{box}")] == []
                press(page.locator("button[value=check]:not(.skip)"))
                assert page.locator("button[value=send]").count() == 1, "and goes on as it stands"
        send_an_ordinary_form(page, f"http://127.0.0.1:{site.port}/ordinary")
        context.close()
    assert remembered(tmp_path / "profile") == [("ordinary", "kept")]


def test_firefox_brings_nothing_back_and_the_check_page_has_said_so(site):
    with Firefox() as firefox:
        firefox.open(f"http://127.0.0.1:{site.port}/zh-hans/declare/")
        firefox.write("#name", ONE["name"])
        for box in TICKED[""]:
            firefox.press(f"#{box}")
        firefox.press("button[value=check]:not(.skip)")
        assert "有的浏览器会丢失内容" in firefox.text("main")
        firefox.back()
        assert firefox.value("#name") != ONE["name"], "once it does, the check page need not warn any more"
