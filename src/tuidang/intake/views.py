"""The way of a declarant: form, check page, code page. What was typed travels in the page; the server keeps nothing until it is sent.

Every answer says what was recorded. Sending twice is one declaration: the token of the form decides, not the browser.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from tuidang.design.fields import comes_back
from tuidang.design.requests import Sent, read_sent
from tuidang.intake import actions, questions
from tuidang.intake.forms import KEPT, Typed, TypedPerson, blank, read_typed
from tuidang.intake.policies import DECIDED_WITHIN_DAYS, clean_line
from tuidang.kernel import clock
from tuidang.kernel.errors import BusyError, DamagedError
from tuidang.reference import pack, switches
from tuidang.reference import queries as reference
from tuidang.vault.codes import SCRIPTS, Code
from tuidang.vault.formkeys import ExpiredTokenError, FormToken

FIRST_PERSONS = 20
BUSY_SECONDS = "10"
_NOT_NOW = (BusyError, DamagedError, DatabaseError, InterfaceError, OSError)
"""A queue that does not move, a key that cannot be read, a database that is away, a full disk: asking again is right."""
_REFILLED: dict[str, Callable[[Typed, str], Typed]] = {
    "more": lambda typed, _: typed.with_more_rows(),
    "alias": Typed.with_alias,
    "sentence": Typed.with_next_sentence,
    "change": lambda typed, _: typed,
    "joined": lambda typed, _: typed,
}
"""Steps that lead back to the form, with something filled in."""


@require_http_methods(["GET", "HEAD", "POST"])
def declare(request: HttpRequest, *, group: bool = False) -> HttpResponse:
    """The form for one person, or with `group` for several people or someone else; check page and code page by POST to the same address."""
    if request.method != "POST":
        typed = blank(_language(), group=group)
        try:
            return _empty(request, typed)
        except _NOT_NOW:
            return _not_now(_form(request, typed, "", notice="busy", status=503))
    sent = read_sent(request)
    typed = read_typed(sent.fields, group=group) if sent.fields else blank(_language(), group=group)
    try:
        return _answer(request, sent, typed)
    except _NOT_NOW:
        # Under the same token what was perhaps stored is found again, and counts once.
        show = _check if sent.fields.get("step") == "send" and not typed.problems() else _form
        return _not_now(show(request, typed, sent.fields.get("token", ""), notice="busy", status=503))


def _answer(request: HttpRequest, sent: Sent, typed: Typed) -> HttpResponse:
    if sent.problem:
        return _form(request, typed, str(FormToken.fresh()), notice=sent.problem, status=sent.status)
    if not switches.intake_open():
        return _form(request, typed, sent.fields.get("token", ""), notice="closed", status=503)
    try:
        token = FormToken.parse(sent.fields.get("token", ""))
    except ExpiredTokenError:
        return _form(request, typed, str(FormToken.fresh()), notice="expired", status=403)
    return _step(request, sent, typed, token)


def _not_now(response: HttpResponse) -> HttpResponse:
    response["Retry-After"] = BUSY_SECONDS
    return response


def _empty(request: HttpRequest, typed: Typed) -> HttpResponse:
    if not switches.intake_open():
        return render(request, "intake/closed.html", {"section": "declare"}, status=503)
    return _form(request, typed, str(FormToken.fresh()))


def _step(request: HttpRequest, sent: Sent, typed: Typed, token: FormToken) -> HttpResponse:
    step = sent.fields.get("step", "check")
    if step in _REFILLED:
        refilled = _REFILLED[step](typed, _language())
        nothing_to_name = step == "alias" and typed.group and refilled == typed
        nothing_fits = step == "joined" and not typed.persons[0].left
        notice = "nothing_fits" if nothing_fits else ""
        return _form(request, refilled, str(token), hint={"persons": "tick_first"} if nothing_to_name else None, notice=notice)
    before, typed = typed, typed.with_invented_children(_language())
    if problems := typed.problems():
        typed = typed.with_names_of(before)
        return _form(request, typed, str(token), problems=problems, status=200 if _only_asked(typed, problems) else 422)
    if step != "send":
        return _check(request, typed, str(token), before=before)
    return _send(request, typed, token)


def _only_asked(typed: Typed, problems: dict[str, str]) -> bool:
    """Whether nothing is wrong: a name that stands twice is a question, and going on is the answer."""
    return problems == {"name": "twice"} and not any(one.problems() for one in typed.filled())


def _send(request: HttpRequest, typed: Typed, token: FormToken) -> HttpResponse:
    code = token.code()
    accepted = actions.accept(declaration=typed.declaration(_language()), code=code)
    if accepted.result == "other_content":
        context = {
            "section": "declare",
            "hidden": list(typed.hidden()),
            "token": str(FormToken.fresh()),
            "code": code.shown(_language()),
        }
        return render(request, "intake/already.html", context, status=409)
    return _code(request, code, typed, again=accepted.result != "new")


def _code(request: HttpRequest, code: Code, typed: Typed, *, again: bool) -> HttpResponse:
    language = _language()
    names = enumerate(typed.filled(), 1) if typed.group else ()
    other = " ".join(code.words(SCRIPTS["en"])) if language == "en" else code.base32()
    context = {
        "section": "declare",
        "group": typed.group,
        "again": again,
        "code": code.shown(language),
        "other_form": other,
        "sent_code": code.base32(),
        "members": [{"number": number, "name": clean_line(one.name), "code": code.member(number).shown(language)} for number, one in names],
        "publish": typed.published,
        "decided_by": _today() + timedelta(days=DECIDED_WITHIN_DAYS),
    }
    return render(request, "intake/code.html", context)


def _check(
    request: HttpRequest, typed: Typed, token: str, *, before: Typed | None = None, notice: str = "", status: int = 200
) -> HttpResponse:
    """`before`: what was typed before children got invented names."""
    region = typed.region()
    names = [clean_line(one.name) for one in typed.filled()]
    title, text = (questions.marked(one, names) for one in (clean_line(typed.title), typed.final_text()))
    typed_names = [one.name for one in (before or typed).filled()]
    persons: list[dict[str, Any]] = [
        {
            "name": questions.marked(name, [name]),
            "left": _left(one),
            "child": one.child,
            "renamed": typed_name.strip() and typed_name != one.name,
            "suggested": name in pack.aliases(),
        }
        for name, typed_name, one in zip(names, typed_names, typed.filled(), strict=True)
    ]
    context = {
        "section": "declare",
        "typed": typed,
        "title": title,
        "text": text,
        "persons": persons,
        "seeming": questions.all_seeming(*(one["name"] for one in persons), title, text),
        "place": reference.label(region, _language()) if region else "",
        "hidden": list(typed.hidden()),
        "token": token,
        "notice": notice,
        "needs_person": len(typed.filled()) > FIRST_PERSONS,
        "first_persons": FIRST_PERSONS,
    }
    return render(request, "intake/check.html", context, status=status)


def _form(
    request: HttpRequest,
    typed: Typed,
    token: str,
    *,
    problems: dict[str, str] | None = None,
    hint: dict[str, str] | None = None,
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    language = _language()
    fields = {name: comes_back(one) for name, one in questions.questions(typed, problems or {}, language).items()}
    rows = questions.rows(typed, language, checked=bool(problems)) if typed.group else []
    said = questions.errors(problems or hint or {})
    twice = questions.twice(typed) if problems else {}
    context: dict[str, Any] = {
        "section": "declare",
        "token": token,
        "notice": notice,
        "fields": fields,
        "rows": rows,
        "several": sorted(typed.several | (typed.names_twice() if problems else frozenset())),
        "asked": questions.all_asked(fields.values(), rows),
        "problems": [text for name, text in said.items() if name == "persons"],
        "twice": twice,
        "wrong": problems is not None and not _only_asked(typed, problems),
        "organisations": questions.organisations(frozenset(), language),
        "cut": len(typed.text.encode()) >= KEPT,
    }
    return render(request, "intake/group.html" if typed.group else "intake/person.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def which(request: HttpRequest) -> HttpResponse:
    """Questions for who does not know what they joined: the answer ticks boxes of the form. Whatever was typed there goes along."""
    posted = read_sent(request).fields if request.method == "POST" else QueryDict()
    typed = read_typed(posted, group=False) if posted else blank(_language(), group=False)
    context = {
        "section": "declare",
        "asked": questions.what_was_joined(typed.persons[0].left),
        "hidden": [(name, value) for name, value in typed.hidden() if name != "left"],
        "token": posted.get("token", "") or _fresh_or_none(),
    }
    return render(request, "intake/which.html", context)


def _fresh_or_none() -> str:
    """A token, or nothing: then the form says that it could not be saved now, and keeps the answers."""
    try:
        return str(FormToken.fresh())
    except _NOT_NOW:
        return ""


def _left(one: TypedPerson) -> list[str]:
    return [found.full[_language()] for found in reference.organisations() if found.name in one.left]


def _today() -> date:
    return clock.as_date(clock.today())


def _language() -> str:
    return get_language() or "en"
