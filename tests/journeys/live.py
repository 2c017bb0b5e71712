"""A site in a thread of this process, so that a journey can furnish it and look at what it left, and members of the staff in a browser."""

from __future__ import annotations

import os

from playwright.sync_api import Browser, Page, Route
from tests.accounts.people import member_with
from tests.journeys.browsers import press

from tuidang.accounts import actions as accounts
from tuidang.accounts.policies import Role
from tuidang.design import assets


def with_assets(route: Route) -> None:
    """Files are served before Django; here they are served by us."""
    found = assets.assets().get("/" + route.request.url.split("/", 3)[3])
    if found:
        route.fulfill(body=found.body, content_type=found.content_type)
    else:
        route.continue_()


def visitor(browser: Browser, **options: object) -> Page:
    """A small phone without scripts."""
    page = browser.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False, **options).new_page()  # type: ignore[arg-type]
    page.route("**/*", with_assets)
    return page


def staff(browser: Browser, site: str, *roles: Role, language: str = "en", **options: object) -> Page:
    """A member who is signed in by a one-time link, and reads in `language`."""
    member = member_with(*roles, name=f"Lin {os.urandom(4).hex()}")
    page = browser.new_context(locale="en", **options).new_page()  # type: ignore[arg-type]
    page.route("**/*", with_assets)
    page.goto(f"{site}/staff/in/{accounts.new_link(member=member, by=None)}/")
    press(page.locator("main button").first)
    press(page.locator(f"button[value={language}]").first)
    page.member = member  # type: ignore[attr-defined]
    return page
