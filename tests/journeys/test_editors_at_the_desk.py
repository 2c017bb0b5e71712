"""An editor writes in three languages, somebody else reads it and lets it go out: in a browser, with and without scripts."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.accounts.people import member_with
from tests.journeys.browsers import keep, press
from tests.journeys.live import staff

from tuidang.accounts.policies import Role
from tuidang.newsroom import actions, queries
from tuidang.newsroom.actions import Words
from tuidang.newsroom.states import Kind, State

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
LONG = "這是一段很長的文字，沒有空格，用來看看每一欄在手機上會不會超出畫面。" * 6 + "w" * 70
REFUSED = "the server responded with a status of 4"
"""What a console says of every page that tells of something wrong in a form."""
FACTS = {"starts": "2031-01-01T18:30", "zone": "Asia/Taipei", "place": "自由廣場"}


@pytest.fixture
def open_site(browser, live_server):
    """Opens a browser in which a member is signed in, in a language; returns its page and what went wrong in it."""

    def opened(role, language="zh-hant", **options):
        page, wrong = staff(browser, live_server.url, role, language=language, **options), []
        page.on("console", lambda message: wrong.append(message.text) if REFUSED not in message.text else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        return page, wrong

    return opened


def fits(page, name):
    """The page is no wider than the window, on a phone and on a desk, and the checker finds nothing against it."""
    for width in (320, 390, 1000):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
        if width != 320:
            keep(f"desk-{name}-{width}", page.screenshot(full_page=True))
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == [], name


@pytest.mark.parametrize("scripts", [True, False])
def test_an_event_goes_from_nothing_to_the_public_in_three_languages(open_site, live_server, scripts):
    page, wrong = open_site(Role.EDITOR, java_script_enabled=scripts)
    page.goto(f"{live_server.url}/staff/newsroom/begin/")
    page.check("[name=kind][value='4']")
    page.fill("#slug", "rally-2031")
    page.check("[name=language][value=zh-hant]")
    press(page.locator("main form button").first)
    (item,) = queries.desk()
    page.fill("#title-zh-hant", "台北集會")
    page.fill("#summary-zh-hant", "一月一日傍晚，自由廣場。")
    page.fill("#body-zh-hant", "## 時間\n\n請準時到場。")
    page.fill("#title-zh-hans", "台北集会")
    page.fill("#body-zh-hans", "请准时到场。")
    page.fill("#title-en", "Rally in Taipei")
    page.fill("#body-en", "Please be on time.")
    assert page.locator("markdown-toolbar").first.is_visible() == scripts
    if scripts:
        page.locator("#body-en").evaluate("field => field.setSelectionRange(0, 6)")
        page.locator("markdown-toolbar[for=body-en] md-bold").click()
        assert page.input_value("#body-en") == "**Please** be on time."
    press(page.locator("button[name=then]"))
    assert queries.on_desk(item.id).state is State.DRAFT, "it has no time and no place yet"
    page.goto(f"{live_server.url}/staff/newsroom/{item.id}/facts/")
    for name, value in FACTS.items():
        page.fill(f"#{name}", value)
    press(page.locator("main form button").first)
    press(page.locator("button[name=then]"))
    assert queries.on_desk(item.id).state is State.OFFERED

    other, wrong_there = open_site(Role.PRESS, java_script_enabled=scripts)
    other.goto(f"{live_server.url}/staff/newsroom/")
    press(other.locator("[aria-labelledby=yours] a").first)
    other.check("[name=when][value=now]")
    press(other.locator("main form button").first)
    shown = {language: queries.edition(Kind.EVENT, "rally-2031", language).title for language in ("en", "zh-hans", "zh-hant")}
    assert shown == {"en": "Rally in Taipei", "zh-hans": "台北集会", "zh-hant": "台北集會"}
    assert wrong == wrong_there == []


@pytest.mark.appearance
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_the_desk_fits(open_site, live_server, scheme):
    page, wrong = open_site(Role.EDITOR, color_scheme=scheme)
    other = member_with(Role.EDITOR, name="另一位編輯")
    item = actions.begin(kind=Kind.EVENT, slug="rally-in-taipei-on-the-first-of-january-2031", language="zh-hant", by=other)
    actions.write(
        item=item, language="zh-hant", words=Words("台北集會", "一月一日傍晚。", f"## 時間\n\n請準時到場。\n\n{LONG}"), after=0, by=other
    )
    actions.write(item=item, language="zh-hans", words=Words("台北集会", "", "请准时到场。"), after=0, by=other)
    actions.write(
        item=item, language="zh-hant", words=Words("台北大集會", "一月二日傍晚。", f"## 時間\n\n請提早到場。\n\n{LONG}"), after=1, by=other
    )
    below = f"{live_server.url}/staff/newsroom/"
    page.goto(f"{below}{item}/facts/")
    fits(page, f"facts-{scheme}")
    for name, value in {**FACTS, "zone": "nowhere"}.items():
        page.fill(f"#{name}", value)
    press(page.locator("main form button").first)
    fits(page, f"facts-wrong-{scheme}")
    page.fill("#zone", "Asia/Taipei")
    press(page.locator("main form button").first)
    fits(page, f"item-{scheme}")
    actions.write(item=item, language="zh-hant", words=Words("台北集會", "一月三日傍晚。", "請提早到場。"), after=2, by=other)
    page.fill("#summary-zh-hant", "一月四日傍晚。")
    press(page.locator("button[data-save]"))
    fits(page, f"conflict-{scheme}")
    actions.offer(item=item, by=other)
    for name, path in {
        "picture": f"{item}/picture/",
        "list": "",
        "begin": "begin/",
        "preview": f"{item}/preview/zh-hant/",
        "versions": f"{item}/versions/zh-hant/",
        "version": f"{item}/versions/zh-hant/2/",
    }.items():
        page.goto(below + path)
        fits(page, f"{name}-{scheme}")
    actions.take_back(item=item, by=other)
    actions.write(item=item, language="en", words=Words("Rally", "", "Be early."), after=0, by=other)
    actions.offer(item=item, by=other)
    page.goto(f"{below}{item}/approve/")
    fits(page, f"approve-{scheme}")
    page.check("[name=when][value=now]")
    press(page.locator("main form button").first)
    page.goto(f"{below}{item}/withdraw/")
    fits(page, f"withdraw-{scheme}")
    assert wrong == []
