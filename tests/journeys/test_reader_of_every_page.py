"""A reader of any page, on the smallest phone, by day and by night: it fits, can be read by anyone, and keeps to itself."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from importlib.resources import files

import axe_playwright_python
import pytest
from playwright.sync_api import Page, Request, Route
from tests.journeys.browsers import chromium, keep
from tests.page import LANGUAGES
from tests.public.every_page import Seen, every_page, furnish, unseen
from tests.public.old_browsers import parse

from tuidang.design import assets

pytestmark = [pytest.mark.journey, pytest.mark.appearance, pytest.mark.django_db(databases=["default", "newsletter"])]
SITE = "http://register.test"
WIDTH = 320
CHECK = "options => axe.run(document, options).then(found => found.violations.map(one => [one.impact, one.id, one.nodes[0].html]))"
EVERY_RULE = {"resultTypes": ["violations"]}
COLOURS = {**EVERY_RULE, "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
LOOKED_AT = frozenset(
    {"home", "method/", "safety/", "terms/", "privacy/", "declare/ check", "declare/group/ check", "status: group sealed", "answer: hidden"}
)


class Reader:
    """One tab, shown one answer after the other as the site sent it; notes what is wrong with each."""

    loads = tuple(f"{SITE}{assets.sheet(name).path}" for name in ("public", "newsroom"))
    """What a page may load besides pictures."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._shown: Seen | None = None
        self._asked: list[str] = []
        self.wrong: list[tuple[str, ...]] = []
        page.on("request", self._note)
        page.route("**/*", self._answer)

    def _note(self, request: Request) -> None:
        self._asked.append(request.url)

    def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(SITE)
        sheet = assets.assets().get(path)
        if sheet:
            route.fulfill(body=sheet.body, content_type=sheet.content_type)
        elif self._shown and route.request.is_navigation_request():
            response = self._shown.response
            route.fulfill(status=response.status_code, headers=dict(response.items()), body=response.content)
        else:
            route.abort()

    def see(self, seen: Seen) -> None:
        """Shows an answer, and looks at it by day; a page by night too."""
        self._shown, self._asked = seen, []
        self._page.emulate_media(color_scheme="light")
        self._page.goto(f"{SITE}/")
        width = self._page.evaluate("document.documentElement.scrollWidth")
        if width > WIDTH:
            self.wrong.append((seen.name, f"is {width} wide"))
        if seen.is_page:
            self.wrong += [(seen.name, *one) for one in self._check(EVERY_RULE)]
            self._page.emulate_media(color_scheme="dark")
            self.wrong += [(seen.name, "dark", *one) for one in self._check(COLOURS)]
        allowed = (f"{SITE}/media/", *self.loads)
        self.wrong += [(seen.name, "asks for", one) for one in self._asked if one != f"{SITE}/" and not one.startswith(allowed)]
        if self._page.context.cookies():
            self.wrong.append((seen.name, "sets a cookie"))

    def _check(self, options: dict[str, object]) -> Iterator[list[str]]:
        return (one for one in self._page.evaluate(CHECK, options) if one[0] in ("serious", "critical"))

    def picture(self, name: str) -> None:
        """Leaves a picture of what is shown, by night, among the artefacts."""
        keep(name, self._page.screenshot(full_page=True))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_fits_is_readable_by_anyone_and_keeps_to_itself(register, monkeypatch, language):
    """The pages of the URLconf and those that only a button leads to, at 320 px, by day and by night.

    By night colours alone differ (the test below), so only the rules about colours are asked again.
    """
    seen = list(every_page(furnish(register, monkeypatch), language, monkeypatch))
    assert unseen(seen) == ({"intake/by_mail.html"} if language == "zh-hans" else set()), "templates that no page of this test shows"
    with chromium() as browser:
        context = browser.new_context(viewport={"width": WIDTH, "height": 640})
        context.add_init_script(files(axe_playwright_python).joinpath("axe.min.js").read_text())
        reader = Reader(context.new_page())
        for one in seen:
            if one.response.status_code == HTTPStatus.FOUND or not one.response["Content-Type"].startswith(("text/html", "text/plain")):
                continue  # feeds and calendars are for other programs
            reader.see(one)
            if one.name in LOOKED_AT:
                reader.picture(f"night-{language}-{one.name.strip('/').replace('/', '-').replace(': ', '-').replace(' ', '-')}")
    assert reader.wrong == []


def test_by_night_nothing_differs_but_colours():
    rules = [
        inside for rule in parse(assets.sheet("public").body.decode()) if "prefers-color-scheme" in rule.head for inside in rule.inside
    ]
    assert rules
    assert {name[:2] for rule in rules for name, _ in rule.declarations} == {"--"}
