"""Every page of the staff, as the site answers it: those at an address of their own, and those that only a button leads to.

Addresses come from the URLconf, and a template for the staff that no answer shows is `unseen`: a page that is added later is in, or missed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.test import Client
from django.urls import get_resolver, reverse
from tests.accounts.people import member_with, signed_in
from tests.accounts.test_pages import SAMPLES, patterns
from tests.archive.test_archive import published as statement
from tests.archive.test_objections import objection
from tests.intake import supporting
from tests.ledger.register import index_of
from tests.newsletter.mailed import readers
from tests.newsroom.at_the_desk import read
from tests.newsroom.published import NEWS, one_of_each, people, publish
from tests.public.every_page import Seen
from tests.public.writing import PUBLIC
from tests.review.cases import PHONE, arrive

from tuidang.accounts import actions as accounts
from tuidang.accounts.policies import Role as Staff
from tuidang.config.bodies import largest_body
from tuidang.intake.contact import actions as contact
from tuidang.intake.contact import queries as contacted
from tuidang.intake.contact.content import Letter
from tuidang.intake.contact.states import Role
from tuidang.kernel.mailing import Sender, Server
from tuidang.kernel.randomness import random_bytes
from tuidang.newsroom import actions, queries
from tuidang.newsroom.actions import Words
from tuidang.newsroom.states import Kind
from tuidang.vault.codes import Code

DESK = "/staff/newsroom/"
LONG = "這是一段很長的文字，沒有空格，用來看看每一欄在手機上會不會超出畫面。" * 6 + "w" * 70
OF_EACH_KIND = frozenset({"desk:facts", "desk:item"})
"""Pages that look otherwise for each kind."""
IN_EACH_STATE = frozenset({"draft", "waiting", "mine", "mailing", "publication"})
SENDER = Sender("news@register.example", Server("127.0.0.1", 9, "", "", encrypted=False))


@dataclasses.dataclass(frozen=True, slots=True)
class Office:
    """A member who may everything, in a browser; what they have to work on by name; a message to them."""

    browser: Client
    member: UUID
    items: dict[str, UUID]
    message: UUID


def templates() -> set[str]:
    """The names of all templates for pages of the staff."""
    found: set[str] = set()
    for app, below in {"accounts": "", "review": "", "archive": "", "newsroom": "newsroom/desk", "intake": "intake/staff"}.items():
        folder = Path(apps.get_app_config(app).path) / "templates"
        found |= {str(path.relative_to(folder)) for path in folder.joinpath(below).rglob("*.html")}
    return found


def unseen(seen: list[Seen]) -> set[str]:
    """Templates that none of these pages shows."""
    return templates() - {one.name for page in seen for one in getattr(page.response, "templates", ()) if one.name}


def furnish(monkeypatch) -> Office:
    """A register in which every kind of work waits for the member."""
    monkeypatch.setattr(settings, "ENVIRONMENT", dataclasses.replace(settings.ENVIRONMENT, newsletter=SENDER))
    member = member_with(*Staff, name="很長的名字" * 4)
    index = index_of(statement("远山", text=LONG)) or 0
    items = one_of_each()
    objection(index, text=LONG)
    arrive(3, text=PHONE, names=("远" * 20, "平安"), publish=True)
    arrive(2, publish=True)
    supporting.sent(f"{LONG} https://a.example/", name="远山")
    contact.register_key(role=Role.PRESS, public=PUBLIC)
    codes = [Code(random_bytes(16)) for _ in range(2)]
    for code in codes:
        contact.take(code=code, role=Role.PRESS, letter=Letter(text=LONG, reach="", language="en"))
    contact.close(member=member, roles=[Role.PRESS], message=contacted.message_id(codes[1]))
    readers("reader@mail.example")
    return Office(signed_in(member), member, {**items, **_on_the_desk(member)}, contacted.message_id(codes[0]))


def _on_the_desk(member: UUID) -> dict[str, UUID]:
    """An event in the middle of its work, with a translation out of date; one that waits for a second person; one that is scheduled."""
    by, second = people()
    draft = actions.begin(kind=Kind.EVENT, slug="rally-in-taipei-on-the-first-of-january-2031", language="zh-hant", by=by)
    for number, text in enumerate(("請準時到場。", "請提早到場。")):
        words = Words(f"台北集會 {number}", "一月一日傍晚。", f"## 時間\n\n{text}\n\n{LONG}")
        actions.write(item=draft, language="zh-hant", words=words, after=number, by=by)
        actions.write(item=draft, language="zh-hans", words=Words("台北集会", "", text), after=number, by=by) if not number else None
    waiting = actions.begin(kind=Kind.NEWS, slug="waiting", language="en", by=by)
    actions.write(item=waiting, language="en", words=Words("Waiting", LONG[:300], LONG), after=0, by=by)
    actions.offer(item=waiting, by=by)
    later = actions.begin(kind=Kind.NEWS, slug="later", language="en", by=by)
    actions.write(item=later, language="en", words=Words("Later", "", "x"), after=0, by=by)
    actions.offer(item=later, by=by)
    actions.approve(item=later, version=queries.on_desk(later).version, by=second, goes_out=actions.minute() + 9999)
    mine = publish(Kind.NEWS, "mine", by, member, words=NEWS)
    return {"draft": draft, "waiting": waiting, "later": later, "mine": mine}


def every_page(office: Office, language: str) -> Iterator[Seen]:
    """All answers in one language, one after the other."""
    browser = office.browser
    browser.post("/staff/language/", {"language": language})
    for route, name, pattern in patterns(get_resolver()):
        if not route.startswith("staff/") or name == "accounts:enter":
            continue
        for what, values in _values(office, name, pattern.pattern.converters):
            answer = browser.get(reverse(name, kwargs=values))
            if answer.status_code == HTTPStatus.OK and answer["Content-Type"].startswith("text/html"):
                yield Seen(f"{name} {what}".strip(), answer)
    yield from _strangers(office)
    yield from _reviewing(browser)
    yield from _at_the_desk(office, language)
    yield Seen("contact: answer", browser.post("/staff/contact/answer/", {"message": office.message.hex}))
    yield Seen("contact: no answer", browser.post("/staff/contact/answer/", {"message": office.message.hex, "step": "send"}))


def _values(office: Office, address: str, converters) -> Iterator[tuple[str, dict[str, object]]]:
    samples = {name: SAMPLES[type(one).__name__] for name, one in converters.items()}
    samples |= {name: value for name, value in {"language": "zh-hant", "number": 1, "member": office.member}.items() if name in converters}
    if "item" not in converters:
        yield "", samples
        return
    for name, item in office.items.items():
        if address in OF_EACH_KIND or name in IN_EACH_STATE:
            yield name, samples | {"item": item}


def _strangers(office: Office) -> Iterator[Seen]:
    yield Seen("sign in", Client().get("/staff/sign-in/"))
    member = member_with(Staff.VOLUNTEER)
    token = accounts.new_link(member=member, by=None)
    yield Seen("enter", Client().get(f"/staff/in/{token}/"))
    yield Seen("enter: used up", Client().get("/staff/in/x/"))
    yield Seen("not for your role", signed_in(member).get(DESK))
    yield Seen("a link", office.browser.post(f"/staff/members/{member}/link/"))


def _reviewing(browser: Client) -> Iterator[Seen]:
    for name in ("publishing/claim", "claim", "messages/claim"):
        browser.post(f"/staff/review/{name}/")
    for name in ("screen", "publishing", "messages"):
        yield Seen(f"review: {name}", browser.get(f"/staff/review/{name}/"))
    rows = [value for name, value in read(browser.get("/staff/review/screen/")).fields if name == "row"]
    browser.post("/staff/review/decide/", {"row": rows[:1]})
    yield Seen("review: decided", browser.get("/staff/review/screen/"))
    yield Seen("review: undo", browser.get("/staff/review/undo/"))
    yield Seen("review: late", browser.get("/staff/review/messages/?late=2&down=no"))


def _at_the_desk(office: Office, language: str) -> Iterator[Seen]:
    browser, draft, letter = office.browser, office.items["draft"], office.items["mailing"]
    yield Seen("desk: begun wrongly", browser.post(f"{DESK}begin/", {"kind": "x", "slug": "A b", "language": "en"}))
    wrong = {"starts": "tomorrow", "zone": "nowhere", "online": "x"}
    yield Seen("desk: wrong facts", browser.post(f"{DESK}{draft}/facts/", wrong))
    typed = {"summary-zh-hant": LONG[:200], "body-zh-hant": LONG, "after-zh-hant": "2"}
    yield Seen("desk: wrong words", browser.post(f"{DESK}{draft}/", {**typed, "title-zh-hant": "x" * 500}))
    yield Seen("desk: somebody was faster", browser.post(f"{DESK}{draft}/", {**typed, "title-zh-hant": "x", "after-zh-hant": "1"}))
    yield Seen("desk: saved", browser.get(f"{DESK}{draft}/?saved"))
    yield Seen("desk: no picture", browser.post(f"{DESK}{draft}/picture/", {}))
    yield Seen("letter: tried out wrongly", browser.post(f"/staff/newsletter/{letter}/", {"address": LONG[:60], "language": language}))
    length = str(largest_body(DESK) + 1)
    yield Seen("desk: too large", browser.generic("POST", f"{DESK}{draft}/", b"", CONTENT_LENGTH=length))
