"""The gallery in a real browser: never wider than a small phone, nothing from elsewhere, nothing serious for the checker."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.template.loader import render_to_string
from django.utils import translation
from tests.journeys.browsers import chromium

from tuidang.design import assets
from tuidang.design.gallery import samples

pytestmark = [pytest.mark.journey, pytest.mark.appearance]
SITE = "http://register.test"


@pytest.fixture(scope="module")
def browser():
    with chromium() as the:
        yield the


def open_gallery(browser, name, language, **options):
    """The gallery as its server would send it, and the requests it made."""
    with translation.override(language):
        html = render_to_string(f"design/{name}.html", {**samples(language), "banner": "trial"})
    page, asked = browser.new_page(**options), []

    def answer(route):
        path = route.request.url.removeprefix(SITE)
        asked.append(path)
        sheet = assets.assets().get(path)
        route.fulfill(body=sheet.body if sheet else html, content_type=sheet.content_type if sheet else "text/html; charset=utf-8")

    page.route("**/*", answer)
    page.goto(f"{SITE}/")
    return page, asked


@pytest.mark.parametrize("name", ["gallery", "staff_gallery"])
@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_no_page_is_wider_than_its_window(browser, name, language):
    for width in (320, 390, 1000):
        page, asked = open_gallery(browser, name, language, viewport={"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert len(asked) == 2, "the page and its stylesheet"
        page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["gallery", "staff_gallery"])
def test_the_checker_finds_nothing_serious(browser, name, scheme):
    page, _ = open_gallery(browser, name, "zh-hans", color_scheme=scheme)
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in {"serious", "critical"}] == []
    page.close()


def test_what_a_finger_must_hit_is_large_enough(browser):
    page, _ = open_gallery(browser, "gallery", "zh-hans", viewport={"width": 390, "height": 800})
    heights = page.evaluate(
        "[...document.querySelectorAll('.button, button, .choice, input:not([type]), select')].map(e => e.getBoundingClientRect().height)"
    )
    assert min(heights) >= 44
    page.close()
