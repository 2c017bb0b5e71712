"""A member of the staff at any page, on the smallest phone, by day and by night: it fits, and can be read and used by anyone."""

from __future__ import annotations

from importlib.resources import files

import axe_playwright_python
import pytest
from tests.journeys.browsers import chromium
from tests.journeys.test_reader_of_every_page import SITE, WIDTH, Reader
from tests.newsroom.every_staff_page import every_page, furnish, unseen
from tests.page import LANGUAGES

from tuidang.design import assets
from tuidang.vault import daykeys

pytestmark = [pytest.mark.journey, pytest.mark.appearance, pytest.mark.django_db(databases=["default", "newsletter"])]
LOOKED_AT = frozenset({"letters:letter mailing", "desk:item draft", "desk:approve waiting", "review: messages", "contact:messages"})


class Member(Reader):
    """As a reader; pages of the staff have scripts of ours too, and show cards that are not public yet."""

    loads = (*(f"{SITE}{path}" for path in assets.assets()), f"{SITE}/staff/newsroom/")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_staff_fits_and_can_be_used_by_anyone(register, monkeypatch, language):
    daykeys.forget()
    seen = list(every_page(furnish(monkeypatch), language))
    assert unseen(seen) == set(), "templates that no page of this test shows"
    with chromium() as browser:
        context = browser.new_context(viewport={"width": WIDTH, "height": 640})
        context.add_init_script(files(axe_playwright_python).joinpath("axe.min.js").read_text())
        member = Member(context.new_page())
        for one in seen:
            member.see(one)
            if one.name in LOOKED_AT:
                member.picture(f"staff-night-{language}-{one.name.replace(': ', '-').replace(':', '-').replace(' ', '-')}")
    assert member.wrong == []
