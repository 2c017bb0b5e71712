"""Public pages of the newsroom in a real browser: never wider than a small phone, nothing from elsewhere, nothing serious for the checker."""

from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from tests.journeys.browsers import chromium
from tests.newsroom.published import SLUG, one_of_each
from tests.page import LANGUAGES

from tuidang.design import assets
from tuidang.kernel.places import places
from tuidang.newsroom.addresses import FOLDERS

pytestmark = [pytest.mark.journey, pytest.mark.appearance, pytest.mark.django_db]
SITE = "http://register.test"
PAGES = ["", *(f"{folder}/{rest}" for folder in FOLDERS.values() for rest in ("", f"{SLUG}/")), "news/gone/", "news/untranslated/"]


@pytest.fixture
def answers(db):
    """Every page as the site answers it, and what pages load: fetched before the browser runs, which has a loop of its own."""
    one_of_each()
    found = {f"/{language}/{page}": Client().get(f"/{language}/{page}").content for language in LANGUAGES for page in PAGES}
    found |= {path: one.body for path, one in assets.assets().items()}
    return found | {f"/media/{one.name}": one.read_bytes() for one in places().media.iterdir()}


@contextmanager
def opened(answers, **options):
    """A page whose requests are answered from `answers`, and what it asked for beyond them."""
    with chromium() as browser:
        yield _page(browser, answers, **options)


def _page(browser, answers, **options):
    page, strange = browser.new_page(**options), []

    def answer(route):
        path = route.request.url.removeprefix(SITE)
        if path not in answers:
            strange.append(path)
            return route.abort()
        kind = "text/css" if path.startswith("/style/") else "image/jpeg" if path.startswith("/media/") else "text/html; charset=utf-8"
        return route.fulfill(body=answers[path], content_type=kind)

    page.route("**/*", answer)
    return page, strange


@pytest.mark.parametrize("width", [320, 390, 1000])
def test_no_page_is_wider_than_its_window(answers, width):
    wide = {}
    with opened(answers, viewport={"width": width, "height": 800}) as (page, strange):
        for address in (f"/{language}/{one}" for language in LANGUAGES for one in PAGES):
            page.goto(f"{SITE}{address}")
            if (found := page.evaluate("document.documentElement.scrollWidth")) > width:
                wide[address] = found
    assert wide == {}
    assert strange == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_checker_finds_nothing_serious(answers, scheme):
    wrong = []
    with opened(answers, color_scheme=scheme) as (page, _):
        for one in PAGES:
            page.goto(f"{SITE}/zh-hans/{one}")
            found = Axe().run(page).response["violations"]
            wrong += [(one, each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in {"serious", "critical"}]
    assert wrong == []


def test_a_picture_is_fetched_at_a_width_that_fits(answers):
    with opened(answers, viewport={"width": 390, "height": 800}, device_scale_factor=1) as (page, _):
        page.goto(f"{SITE}/en/news/{SLUG}/")
        page.wait_for_function("document.images[0].complete")
        assert page.evaluate("document.images[0].naturalWidth") > 0
        assert page.evaluate("document.images[0].currentSrc").endswith("-640.jpg")
