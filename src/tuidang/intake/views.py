"""The way of a declarant: form, check page, code page. What was typed travels in the page; the server keeps nothing until it is sent.

Every answer says what was recorded. Sending twice is one declaration: the token of the form decides, not the browser.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from tuidang.design.requests import Sent, read_sent
from tuidang.intake import actions
from tuidang.intake.forms import KEPT, MORE_ROWS, Typed, TypedPerson, blank, read_typed
from tuidang.intake.policies import MOST_PERSONS
from tuidang.intake.questions import errors, questions
from tuidang.kernel.errors import BusyError
from tuidang.reference import pack
from tuidang.reference import queries as reference
from tuidang.vault.codes import Code
from tuidang.vault.formkeys import ExpiredTokenError, FormToken

FIRST_PERSONS = 20


@require_http_methods(["GET", "HEAD", "POST"])
def declare(request: HttpRequest, *, group: bool = False) -> HttpResponse:
    """The form for one person, or with `group` for several people or someone else; check page and code page by POST to the same address."""
    if request.method != "POST":
        return _form(request, blank(group=group), str(FormToken.fresh()))
    sent = read_sent(request)
    typed = read_typed(sent.fields, group=group)
    if sent.problem:
        return _form(request, typed, str(FormToken.fresh()), notice=sent.problem, status=sent.status)
    try:
        token = FormToken.parse(sent.fields.get("token", ""))
    except ExpiredTokenError:
        return _form(request, typed, str(FormToken.fresh()), notice="expired", status=403)
    return _step(request, sent, typed, token)


def _step(request: HttpRequest, sent: Sent, typed: Typed, token: FormToken) -> HttpResponse:
    step = sent.fields.get("step", "check")
    if step == "more":
        rows = min(len(typed.persons) + MORE_ROWS, MOST_PERSONS)
        typed = _with_persons(typed, (*typed.persons, *[TypedPerson()] * max(0, rows - len(typed.persons))))
        return _form(request, typed, str(token))
    if step == "alias":
        return _form(request, _with_alias(typed), str(token))
    if step == "change":
        return _form(request, typed, str(token))
    if typed.problems():
        return _form(request, typed, str(token), problems=typed.problems(), status=422)
    if step != "send":
        return _check(request, typed, str(token))
    return _send(request, typed, token)


def _send(request: HttpRequest, typed: Typed, token: FormToken) -> HttpResponse:
    code = token.code()
    try:
        accepted = actions.accept(declaration=typed.declaration(_language()), code=code)
    except BusyError:
        response = _check(request, typed, str(token), notice="busy", status=503)
        response["Retry-After"] = "10"
        return response
    if accepted.result == "other_content":
        return render(
            request, "intake/already.html", {"section": "declare", "typed": typed, "token": str(FormToken.fresh())}, status=409
        )
    return _code(request, code, typed)


def _code(request: HttpRequest, code: Code, typed: Typed) -> HttpResponse:
    language = _language()
    members = (
        [(number, one.name, code.member(number).shown(language)) for number, one in enumerate(typed.filled(), 1)] if typed.group else []
    )
    other = code.base32() if language in ("zh-hans", "zh-hant") else " ".join(code.words("english"))
    context = {
        "section": "declare",
        "group": typed.group,
        "code": code.shown(language),
        "other_form": other,
        "members": members,
        "publish": typed.publish,
    }
    return render(request, "intake/code.html", context)


def _check(request: HttpRequest, typed: Typed, token: str, *, notice: str = "", status: int = 200) -> HttpResponse:
    context = {
        "section": "declare",
        "typed": typed,
        "persons": [{"name": one.name, "left": _left(one)} for one in typed.filled()],
        "place": reference.label(typed.region(), _language()) if typed.region() else "",
        "hidden": list(typed.hidden()),
        "token": token,
        "notice": notice,
        "needs_person": len(typed.filled()) > FIRST_PERSONS,
    }
    return render(request, "intake/check.html", context, status=status)


def _form(
    request: HttpRequest, typed: Typed, token: str, *, problems: dict[str, str] | None = None, notice: str = "", status: int = 200
) -> HttpResponse:
    messages = errors(problems or {})
    context: dict[str, Any] = {
        "section": "declare",
        "typed": typed,
        "token": token,
        "notice": notice,
        "errors": messages,
        "fields": questions(typed, messages, _language()),
        "cut": len(typed.text.encode()) >= KEPT,
    }
    return render(request, "intake/group.html" if typed.group else "intake/person.html", context, status=status)


def _left(one: TypedPerson) -> list[str]:
    return [found.labels[_language()] for found in reference.organisations() if found.name in one.left]


def _with_persons(typed: Typed, persons: tuple[TypedPerson, ...]) -> Typed:
    return replace(typed, persons=persons)


def _with_alias(typed: Typed) -> Typed:
    first, *rest = typed.persons
    named = TypedPerson(pack.suggested_alias(_language()), first.left)
    return _with_persons(typed, (named, *rest))


def _language() -> str:
    return get_language() or "en"
