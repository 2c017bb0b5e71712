"""A family of twelve prints its codes on one page, and cuts them apart; on the smallest phone the code breaks into even lines."""

from pathlib import Path

import pytest
from playwright.sync_api import Page
from tests.journeys.browsers import chromium, press
from tests.journeys.test_declarant_without_scripts import go_on
from tests.page import LANGUAGES
from tests.served import Site

pytestmark = pytest.mark.journey
PEOPLE = 12
LEAVES = (
    "all => all.filter(one => !one.children.length && one.innerText).map(one => [one.tagName, parseFloat(getComputedStyle(one).fontSize)])"
)
LINES = "spans => spans.map(span => Math.round(span.getBoundingClientRect().top))"


def declare_for_all(page: Page, address: str) -> None:
    """As people do who have little time: ticks, suggested names, the ready sentence."""
    page.goto(f"{address}declare/group/")
    while page.locator(f"#name_{PEOPLE}").count() == 0:
        press(page.locator("button[value=more]"))
        page.wait_for_load_state()
    for number in range(1, PEOPLE + 1):
        page.check(f"#left_{number}-3")
    press(page.locator("button[value=alias]"))
    page.wait_for_load_state()
    assert page.url.endswith("#rows")
    page.check("#agreed")
    page.check("#consent")
    go_on(page)
    press(page.locator("button[value=send]"))
    page.wait_for_load_state()


@pytest.fixture
def site(data_folder: Path, database_url: str):
    with Site(data_folder, database_url) as the:
        yield the


def test_twelve_codes_fit_one_printed_page_and_the_smallest_phone(site):
    with chromium() as browser:
        for language in LANGUAGES:
            context = browser.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False)
            page = context.new_page()
            declare_for_all(page, f"http://127.0.0.1:{site.port}/{language}/")
            assert page.locator(".members > div").count() == PEOPLE
            tops = page.locator(".code").first.locator("span").evaluate_all(LINES)
            assert [tops.count(top) for top in sorted(set(tops))] == ([4, 3] if language == "en" else [1, 1, 1])
            for paper in ("A4", "Letter"):
                assert page.pdf(format=paper).count(b"/Type /Page\n") == 1, (language, paper)
            page.emulate_media(media="print")
            borders = page.locator(".members > div").evaluate_all("all => all.map(one => getComputedStyle(one).borderTopStyle)")
            assert set(borders) == {"dashed"}, "where to cut"
            shown = page.locator("body *:visible").evaluate_all(LEAVES)
            assert {kind for kind, _ in shown} == {"SPAN", "DT", "DD"}, "codes and names, and nothing that says whose"
            assert min(size for kind, size in shown if kind != "DT") >= 11 * 96 / 72, "large enough to be copied by hand"
            context.close()
