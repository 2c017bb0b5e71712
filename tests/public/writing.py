"""Every page on which somebody writes to the register without declaring: messages of support, and messages to those who run it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.http import HttpResponse
from tests.accounts.people import member_with
from tests.intake.supporting import decide, published, sent
from tests.page import Page

from tuidang.accounts.policies import Role as Staff
from tuidang.intake.contact import actions as contact
from tuidang.intake.contact import queries as contacted
from tuidang.intake.contact.content import Letter
from tuidang.intake.contact.states import Role
from tuidang.intake.models import ContactKey, Support
from tuidang.intake.support import actions as support
from tuidang.intake.support.states import Refusal
from tuidang.kernel.randomness import random_bytes
from tuidang.vault import rolekeys
from tuidang.vault.codes import Code

Send = Callable[..., HttpResponse]
Pages = Iterator[tuple[str, HttpResponse]]
ELSEWHERE = {"Origin": "https://elsewhere.example"}
PUBLIC = rolekeys.public_of(rolekeys.new_secret())


def messages_of_support(
    language: str, get: Callable[[str], HttpResponse], send: Send, words: str, monkeypatch: pytest.MonkeyPatch
) -> Pages:
    """(name, answer) of all pages about messages of support; `words` is a long text without a blank."""
    base, member = f"/{language}/messages/", member_with(Staff.REVIEWER)
    shown = published(member, words, name="远山")
    address = f"{base}send/"
    given = {"name": "远山", "country": "挪威", "text": f"13812345678 {words}", "agree": "on"}
    fields = Page(get(address).content.decode()).sent(**given)
    yield "messages", get(base)
    yield "a message", get(f"{base}{Support.objects.get(message=support.queries.message_id(shown)).number}/")
    yield "older messages", get(f"{base}?before=1")
    yield "support: errors", send(address, {**fields, "name": "", "country": "四川", "text": "", "agree": ""})
    yield "support: expired", send(address, {**fields, "token": "x"})
    yield "support: from elsewhere", send(address, fields, **ELSEWHERE)
    yield "support: check", send(address, fields)
    yield "support: changed", send(address, {**fields, "step": "change"})
    with monkeypatch.context() as patched:
        patched.setattr(support, "MOST_A_DAY", 0)
        yield "support: full", send(address, {**fields, "step": "send"})
    yield "support: code", send(address, {**fields, "step": "send"})
    yield "support: other words", send(address, {**fields, "text": "x", "step": "send"})
    refused = sent(words, name="远山")
    decide(member, refused, refusal=Refusal.PRIVATE_PERSON)
    for name, code in {"waiting": sent(words, name="远山"), "public": shown, "refused": refused, "none": Code(bytes(16))}.items():
        yield f"message: {name}", send(f"{base}own/", {"code": code.base32()})
    yield "message: deleted", send(f"{base}own/", {"code": shown.base32(), "step": "take_down"})


def contact_pages(language: str, get: Callable[[str], HttpResponse], send: Send, words: str, monkeypatch: pytest.MonkeyPatch) -> Pages:
    """(name, answer) of all pages for writing to those who run the register."""
    address, member = f"/{language}/contact/", member_with(Staff.PRESS)
    ContactKey.objects.all().delete()
    yield "contact: nobody", get(address)
    contact.register_key(role=Role.PRESS, public=PUBLIC)
    fields = Page(get(address).content.decode()).sent(role="press", text=words, reach=words[:150])
    yield "contact: some", get(address)
    yield "contact: errors", send(address, {**fields, "role": "points", "text": ""})
    yield "contact: expired", send(address, {**fields, "token": "x"})
    yield "contact: from elsewhere", send(address, fields, **ELSEWHERE)
    with monkeypatch.context() as patched:
        patched.setattr(contact, "MOST_A_DAY", 0)
        yield "contact: full", send(address, fields)
    yield "contact: code", send(address, fields)
    yield "contact: other words", send(address, {**fields, "text": "x"})
    codes = {name: Code(random_bytes(16)) for name in ("waiting", "answered", "closed")}
    for code in codes.values():
        contact.take(code=code, role=Role.PRESS, letter=Letter(text=words, reach="", language=language))
    contact.answer(member=member, roles=[Role.PRESS], message=contacted.message_id(codes["answered"]), text=words)
    contact.close(member=member, roles=[Role.PRESS], message=contacted.message_id(codes["closed"]))
    for name, code in {**codes, "none": Code(bytes(16))}.items():
        yield f"contact: {name}", send(f"{address}answer/", {"code": code.base32()})
