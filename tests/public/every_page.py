"""Every page that is not for staff alone, as the site answers it: those at an address of their own, and those that only a button leads to.

Addresses come from the URLconf, and a template of these apps that no answer shows is `unseen`: a page that is added later is in, or missed.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.apps import apps
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, get_resolver
from django.urls.resolvers import LocalePrefixPattern, URLResolver
from tests.accounts.people import member_with
from tests.archive.test_archive import published
from tests.archive.test_objections import objection, settle
from tests.intake.filled import ANSWERS, AS_A_FORM, GROUP
from tests.ledger.register import Register, decide, declaration, declare, index_of
from tests.newsroom.published import SLUG, one_of_each
from tests.page import Page, read
from tests.public import writing
from tests.public.numbers import FULL

from tuidang.accounts.policies import Role
from tuidang.config.mail import read_mail_settings, read_newsletter_settings
from tuidang.intake import actions as intake
from tuidang.intake import claims
from tuidang.intake import queries as handed_in
from tuidang.intake import views as form_views
from tuidang.kernel import clock
from tuidang.kernel.errors import BusyError
from tuidang.kernel.randomness import random_bytes
from tuidang.ledger import actions as ledger
from tuidang.ledger import sealing
from tuidang.newsletter import actions as newsletter
from tuidang.newsletter import adapters as tokens
from tuidang.newsletter import queries as readers
from tuidang.newsletter.consents import VERSION
from tuidang.newsletter.policies import read_address
from tuidang.newsroom import queries as newsroom
from tuidang.newsroom.states import Kind
from tuidang.public import consents, errors
from tuidang.reference import switches
from tuidang.review.models import Case
from tuidang.review.states import Finding, Refusal, Verdict
from tuidang.statistics import figures
from tuidang.vault import mailkeys
from tuidang.vault.codes import Code

APPS = ("public", "intake", "declarant", "newsroom", "newsletter")
LONG = "没有空格的长句" * 30 + "w" * 90
NAME = "一个很长很长的化名" * 3
MAIL = {"TUIDANG_MAIL_FROM": "declare@register.example", "TUIDANG_MAILDIR": "/var/mail/declare", "TUIDANG_SMTP": "smtp://localhost"}
LETTERS = {"TUIDANG_NEWSLETTER_FROM": "news@register.example", "TUIDANG_SMTP": "smtp://localhost"}
MIRRORS = ("https://mirror.example", f"http://{'a' * 56}.onion")


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer, and a name for it that says how one comes there."""

    name: str
    response: HttpResponse = field(repr=False)

    @property
    def is_page(self) -> bool:
        return self.response["Content-Type"].startswith("text/html")


@dataclass(frozen=True, slots=True)
class World:
    """What there is to be shown: codes in every state by what became of them, codes of objections, and a published statement."""

    codes: dict[str, Code]
    objections: dict[str, Code]
    statement: int


def addresses() -> list[str]:
    """What follows the language in the address of each page, as the URLconf has it: `statements/<int:index>/`."""
    (pages,) = (one for one in get_resolver().url_patterns if isinstance(one.pattern, LocalePrefixPattern))
    return list(_below(pages, ""))


def _below(resolver: URLResolver, before: str) -> Iterator[str]:
    for one in resolver.url_patterns:
        if isinstance(one, URLPattern):
            yield f"{before}{one.pattern}"
        else:
            prefix = "" if isinstance(one.pattern, LocalePrefixPattern) else str(one.pattern)
            yield from _below(one, f"{before}{prefix}")


def filled_in(address: str, statement: int = 1, link: str = "") -> str:
    """An address with something in the place of what varies. Raises KeyError for what nothing is known to stand for."""
    values = {
        "index": str(statement),
        "version": next(iter(consents.versions())),
        "number": "1",
        "link": link or str(_claim()),
        "slug": SLUG,
    }
    values |= {"agreement": VERSION, "token": tokens.token("leave", UUID(int=7))}
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values[found[1]], address)


def _claim(persons: int = 1, number: bytes = bytes(16)) -> mailkeys.Claim:
    return mailkeys.Claim(clock.today(), persons, number)


def templates() -> set[str]:
    """The names of all templates of these apps for pages, but those for staff, which tests of their own show."""
    folders = [Path(apps.get_app_config(name).path) / "templates" for name in APPS]
    found = {str(path.relative_to(folder)) for folder in folders for path in folder.rglob("*.html")}
    return {name for name in found if not name.startswith(("newsroom/desk/", "intake/staff/"))}


def unseen(seen: list[Seen]) -> set[str]:
    """Templates that none of these pages shows."""
    return templates() - {one.name for page in seen for one in getattr(page.response, "templates", ()) if one.name}


def furnish(register: Register, monkeypatch: pytest.MonkeyPatch) -> World:
    """A register with something on every page: figures, statements, codes, objections, other addresses, mail."""
    given = dataclasses.replace(settings.ENVIRONMENT, mail=read_mail_settings(MAIL), mirrors=MIRRORS, contact="desk@example.org")
    given = dataclasses.replace(given, newsletter=read_newsletter_settings(LETTERS))
    monkeypatch.setattr(settings, "ENVIRONMENT", given)
    monkeypatch.setattr(figures, "read", lambda: FULL)
    objections, statement = _objections()
    world = World(_codes(register), objections, statement)
    mailkeys.make_next()
    if newsroom.edition(Kind.NEWS, SLUG, "en") is None:
        one_of_each(statement)
    return world


def _objections() -> tuple[dict[str, Code], int]:
    member = member_with(Role.REVIEWER)
    made, last = {}, 0
    for outcome, finding in (("hidden", None), ("upheld", Finding.PLAIN), ("dismissed", Finding.NOT_NAMED), ("waiting", None)):
        kept = published(NAME, text=LONG) if outcome != "waiting" else declare(NAME)
        if outcome == "waiting":
            decide()
            sealing.seal(force=True)
        last = index_of(kept) or 0
        made[outcome], _ = objection(last, text=LONG)
        if finding:
            settle(member, last, finding)
    return made, index_of(published(NAME, text=LONG)) or 0


def _codes(register: Register) -> dict[str, Code]:
    """A code for each thing that can have become of a declaration; those of groups show each other."""
    found = {name: declare(NAME, text=LONG) for name in ("sealed", "own void", "void by us")}
    found |= {"group sealed": declare("平安", NAME, "小河"), "published": published(NAME)}
    decide()
    sealing.seal(force=True)
    for code in (found["own void"], found["group sealed"].member(2)):
        look_up(code, "en", "take_back_now")
    ledger.instruct_void(ref=index_of(found["void by us"]), reason=3)
    register.later(8)
    sealing.seal(force=True)
    found |= {name: declare(NAME, text=LONG) for name in ("voiding", "replaced")}
    decide()
    sealing.seal(force=True)
    look_up(found["voiding"], "en", "take_back_now")
    found |= {"refused": declare(NAME), "refused for": declare(NAME), "taken back": declare(NAME)}
    found |= {"held": declare(NAME), "counted": declare(NAME, publish=True)}
    decide()
    intake.refuse(declarations=[handed_in.by_code(found["refused"])])
    _case(found["refused for"], verdict=Verdict.REFUSE.value, reason=Refusal.NOT_A_DECLARATION.value)
    _case(found["held"], verdict=Verdict.HELD.value)
    look_up(found["taken back"], "en", "take_back_now")
    found |= {"waiting": declare(NAME, text=LONG), "group": declare("平安", NAME, "小河"), "twice": declare(NAME)}
    intake.note_second_answer(code=found["twice"])
    return found


def _case(code: Code, **changed: object) -> None:
    pending = handed_in.by_code(code)
    assert pending is not None
    assert Case.objects.filter(declaration=pending.id).update(**changed) == 1


def look_up(code: Code | str, language: str, step: str = "show", **fields: object) -> HttpResponse:
    typed = code if isinstance(code, str) else code.base32()
    return send(f"/{language}/lookup/", {**fields, "code": typed, "step": step})


def send(address: str, fields: object, **headers: str) -> HttpResponse:
    return Client(headers=headers).post(address, urlencode(fields, doseq=True), content_type=AS_A_FORM)  # type: ignore[arg-type]


def get(address: str) -> HttpResponse:
    return Client().get(address)


def every_page(world: World, language: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Seen]:
    """All answers in one language, one after the other. What they change they change of declarations of their own."""
    for one in addresses():
        yield Seen(one or "home", get(f"/{language}/{filled_in(one, world.statement)}"))
    for one in ("news/gone/", "news/untranslated/", "news/?before=1-1", "places/?country=840", "news/?before=x"):
        yield Seen(one, get(f"/{language}/{one}"))
    yield from _errors(language)
    yield from _declaring(language)
    yield from _not_now(language, monkeypatch)
    yield from _claims(language)
    yield from _looking_up(world, language)
    yield from _changing(language)
    yield from _objecting(world, language)
    yield from _writing(language, monkeypatch)
    yield from _newsletter(language)


def _writing(language: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Seen]:
    for pages in (writing.messages_of_support, writing.contact_pages):
        for name, response in pages(language, get, send, LONG, monkeypatch):
            yield Seen(name, response)


def _errors(language: str) -> Iterator[Seen]:
    kinds = (errors.bad_request, errors.forbidden, errors.stale, errors.not_found, errors.too_large, errors.busy, errors.failed)
    for answer in kinds:
        yield Seen(f"error: {answer.__name__}", answer(RequestFactory().get(f"/{language}/nowhere/")))
    yield Seen("nowhere", get(f"/{language}/nowhere/"))


def _form(language: str, path: str, **answers: object) -> tuple[str, dict[str, object]]:
    """The address of a form, and what it sends when it is filled in."""
    address = f"/{language}/{path}"
    return address, Page(get(address).content.decode()).sent(**answers)  # type: ignore[arg-type]


def _declaring(language: str) -> Iterator[Seen]:
    telling = {**ANSWERS, "name": NAME, "title": "电话 13812345678", "text": f"我叫王建国。{LONG}"}
    for path, right, wrong in (
        ("declare/", telling, {"name": ""}),
        ("declare/group/", {**GROUP, "name_1": NAME}, {"name_1": "", "agreed": ""}),
    ):
        address, fields = _form(language, path, **right)
        yield Seen(f"{path} with errors", send(address, {**fields, **wrong}))
        yield Seen(f"{path} changed", send(address, {**fields, "step": "change"}))
        yield Seen(f"{path} expired", send(address, {**fields, "token": "x"}))
        yield Seen(f"{path} from elsewhere", send(address, fields, Origin="https://elsewhere.example"))
        yield Seen(f"{path} unreadable", Client().post(address, b"\xff", content_type="text/plain"))
        check = send(address, fields)
        yield Seen(f"{path} check", check)
        yield Seen(f"{path} code", send(address, read(check).sent(step="send")))
        yield Seen(f"{path} already", send(address, {**read(check).sent(step="send"), "name": "小河", "name_2": "小河"}))
    address, fields = _form(language, "declare/", **{**ANSWERS, "text": "a" * 300_000})
    yield Seen("too long a text", send(address, fields))
    address, fields = _form(language, "declare/group/", agreed="on", consent="on")
    many = {f"name_{number}": f"{NAME}{number}"[-20:] for number in range(1, 23)} | {f"left_{number}": "league" for number in range(1, 23)}
    yield Seen("check of many", send(address, {**fields, **many, "rows": "22"}))
    yield Seen("which", send(f"/{language}/declare/which/", {"name": NAME, "left": "party", "token": "x"}))


def _not_now(language: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Seen]:
    address, fields = _form(language, "declare/", **ANSWERS)

    def busy(**_: object) -> None:
        raise BusyError

    with monkeypatch.context() as patched:
        patched.setattr(form_views.actions, "accept", busy)
        yield Seen("busy", send(address, {**fields, "step": "send"}))
    with monkeypatch.context() as patched:
        patched.setattr(switches, "intake_open", lambda: False)
        yield Seen("closed", get(address))
        yield Seen("closed meanwhile", send(address, fields))


def _claims(language: str) -> Iterator[Seen]:
    for names in (("远山",), ("平安", NAME, "小河")):
        held = _claim(len(names), random_bytes(16))
        assert claims.take_in(declaration=declaration(*names), claim=held)
        address = f"/{language}/claim/{held}/"
        for name in ("shown", "shown before"):
            yield Seen(f"claim of {len(names)}: {name}", send(f"/{language}/claim/", read(get(address)).sent()))
    yield Seen("claim of nothing", send(f"/{language}/claim/", read(get(f"/{language}/claim/{_claim()}/")).sent()))


def _looking_up(world: World, language: str) -> Iterator[Seen]:
    for name, code in world.codes.items():
        yield Seen(f"status: {name}", look_up(code, language))
    for typed in ("", "一二三", "0123-4567-89AB-CDEF-GHJK-MNPQ-RSUU", Code(bytes(16)).base32()):
        yield Seen(f"wrong code {typed[:4]}", look_up(typed, language))
    for name, steps in {
        "sealed": ("take_back", "erase", "publish", "correct", "promise_"),
        "waiting": ("take_back", "erase", "publish", "correct", "receipt"),
        "group": ("take_back", "erase", "correct", "correct-2"),
        "group sealed": ("receipts", "correct", "take_back"),
        "published": ("promise", "correct"),
        "own void": ("erase",),
        "twice": ("take_back_now",),
        "refused": ("correct_now",),
    }.items():
        for step in steps:
            yield Seen(f"{name}: {step}", look_up(world.codes[name], language, step))


def _changing(language: str) -> Iterator[Seen]:
    code = declare(NAME, text=LONG)
    form = read(look_up(code, language, "correct"))
    wrong = look_up(code, language, **_sent(form, name="", step="correct_check"))
    check = look_up(code, language, **_sent(form, name="远水", text=f"我叫王建国。{LONG}", place="四川", step="correct_check"))
    yield Seen("correcting: errors", wrong)
    yield Seen("correcting: check", check)
    sent = _sent(read(check), step="correct_now")
    yield Seen("corrected", look_up(code, language, **sent))
    yield Seen("corrected again", look_up(code, language, **sent))
    for step in ("publish_now", "unpublish_now", "take_back_now", "take_back_now", "erase_now"):
        yield Seen(f"done: {step}", look_up(code, language, step))


def _sent(page: Page, **changed: str) -> dict[str, object]:
    return {name: value for name, value in page.sent(**changed).items() if name != "code"}  # type: ignore[misc]


def _objecting(world: World, language: str) -> Iterator[Seen]:
    sealed = index_of(world.codes["sealed"])
    opened, fields = _form(language, f"objection/?number={sealed}", ground="2", text=LONG)
    address = opened.partition("?")[0]
    yield Seen("objecting: to what is published", get(f"{address}?number={world.statement}"))
    yield Seen("objecting: to nothing", get(f"{address}?number=99999999"))
    yield Seen("objecting: errors", send(address, {**fields, "number": "0", "ground": ""}))
    yield Seen("objecting: expired", send(address, {**fields, "token": "x"}))
    yield Seen("objecting: from elsewhere", send(address, fields, Origin="https://elsewhere.example"))
    yield Seen("objecting: unreadable", Client().post(address, b"\xff", content_type="text/plain"))
    yield Seen("objecting: another number", send(address, {**fields, "number": str(world.statement)}))
    yield Seen("objecting: code", send(address, fields))
    yield Seen("objecting: other words", send(address, {**fields, "text": "x"}))
    for name, code in world.objections.items():
        yield Seen(f"answer: {name}", send(f"{address}answer/", {"code": code.base32()}))
    yield Seen("answer: wrong code", send(f"{address}answer/", {"code": Code(bytes(16)).base32()}))


def _newsletter(language: str) -> Iterator[Seen]:
    address, fields = _form(language, "newsletter/", address="reader@mail.example", consent="on")
    yield Seen("newsletter: errors", send(address, {**fields, "address": LONG, "consent": "", "topics": []}))
    yield Seen("newsletter: warned", send(address, {**fields, "address": "reader@qq.com"}))
    yield Seen("newsletter: from elsewhere", send(address, fields, Origin="https://elsewhere.example"))
    yield Seen("newsletter: unreadable", Client().post(address, b"\xff", content_type="text/plain"))
    yield Seen("newsletter: sent", send(address, fields))
    for wish in readers.wishes(without=[], most=10):
        newsletter.take_up(wish=wish)
    reader = readers.subscriber_of(read_address("reader@mail.example"))  # type: ignore[arg-type]
    assert reader is not None
    links = {letter: f"{address}{letter}/{tokens.token(purpose, reader)}/" for letter, purpose in tokens.LETTERS.items()}
    yield Seen("newsletter: not confirmed yet", get(links["p"]))
    yield Seen("newsletter: confirm", get(links["c"]))
    yield Seen("newsletter: confirmed", send(links["c"], {}))
    yield Seen("newsletter: settings", get(links["p"]))
    yield Seen("newsletter: settings with errors", send(links["p"], {"step": "save"}))
    yield Seen("newsletter: saved", send(links["p"], {"step": "save", "language": language, "topics": "1", "rhythm": "1"}))
    yield Seen("newsletter: file", send(links["p"], {"step": "export"}))
    yield Seen("newsletter: leave", get(links["u"]))
    yield Seen("newsletter: erased", send(links["p"], {"step": "erase"}))
    yield Seen("newsletter: left", send(links["u"], {}))
    yield Seen("newsletter: gone", get(links["p"]))
