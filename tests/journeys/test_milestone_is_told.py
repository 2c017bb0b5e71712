"""The count reaches a step; an editor finishes what was prepared, a second one lets it go out, and readers find it in three languages."""

import dataclasses

import pytest
from tests.journeys.browsers import press
from tests.journeys.test_editors_at_the_desk import fits, open_site
from tests.ledger.conftest import register
from tests.ledger.register import declare

from tuidang.accounts.policies import Role
from tuidang.ledger import adapters, sealing
from tuidang.newsroom import milestones, queries
from tuidang.newsroom.states import Kind, State

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
__all__ = ["open_site", "register"]
QUOTED = {
    "en": "> “Every one of them counts,” said Lin Yuan of the invented Society of Friends.",
    "zh-hans": "> 虚构的“友人会”的林远说：“每一位都算数。”",
    "zh-hant": "> 虛構的「友人會」的林遠說：「每一位都算數。」",
}


@pytest.fixture
def live_server(register, settings):
    """The site in a thread of this process, beside a register that seals."""
    from pytest_django.live_server_helper import LiveServer

    settings.STATIC_URL = "/none/"
    settings.ENVIRONMENT = dataclasses.replace(settings.ENVIRONMENT, milestones=(3,))
    milestones._looked_at[0] = -1
    server = LiveServer("127.0.0.1")
    yield server
    server.stop()


def test_a_milestone_goes_from_the_count_to_the_public_in_three_languages(open_site, live_server):
    sealing.seal(force=True)
    for name in ("远山", "晨光", "小河"):
        declare(name)
    sealing.seal(force=True)
    head = adapters.head()
    assert milestones.prepare_reached()

    page, wrong = open_site(Role.EDITOR, language="en")
    desk = f"{live_server.url}/staff/newsroom/"
    page.goto(desk)
    assert page.locator("table.desk", has_text="the register itself").count() == 1
    for kind in (Kind.MILESTONE, Kind.NEWS):
        item = next(one for one in queries.desk() if one.kind is kind)
        page.goto(f"{desk}{item.id}/")
        for language, said in QUOTED.items():
            body = page.locator(f"#body-{language}")
            body.fill(f"{body.input_value()}\n\n{said}")
        press(page.locator("button[name=then]"))
        assert queries.on_desk(item.id).state is State.OFFERED
    page.goto(f"{desk}{item.id}/preview/zh-hans/")
    fits(page, "milestone-preview")
    card = page.locator("img[src*='/card/']")
    assert card.evaluate("image => image.complete && image.naturalWidth") == 1200

    other, wrong_there = open_site(Role.PRESS, language="zh-hant", java_script_enabled=False)
    for _ in range(2):
        other.goto(desk)
        press(other.locator("[aria-labelledby=yours] a").first)
        other.check("[name=when][value=now]")
        press(other.locator("main form button").first)
    assert {one.state for one in queries.desk() if one.kind is not Kind.MAILING} == {State.PUBLISHED}
    assert {one.state for one in queries.desk() if one.kind is Kind.MAILING} == {State.DRAFT}, "a letter goes out when somebody says so"

    reader = other.context.browser.new_page()
    reader.set_viewport_size({"width": 390, "height": 800})
    for language in ("en", "zh-hans", "zh-hant"):
        reader.goto(f"{live_server.url}/{language}/milestones/")
        press(reader.locator("main article a, main li a, main h2 a, main h3 a").first)
        assert reader.url.endswith(f"/{language}/milestones/3/")
        told = reader.content()
        assert f"--at {head.size}" in told
        assert "friends" in told.lower() or "友人" in told
        assert reader.goto(f"{live_server.url}/{language}/news/3-withdrawals/").status == 200
    assert wrong == wrong_there == []
