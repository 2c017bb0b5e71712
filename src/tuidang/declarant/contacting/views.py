"""The form for writing to those who run the register, its code page, and the page with the answer. A code travels in a POST alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tuidang.declarant.contacting import forms
from tuidang.declarant.contacting.forms import Typed
from tuidang.declarant.forms import TypedCode, read_typed_code
from tuidang.design.fields import with_errors
from tuidang.design.requests import note_room, read_sent
from tuidang.intake.contact import actions, queries
from tuidang.intake.contact.policies import KEPT_DAYS, LONGEST_ANSWER, UNANSWERED_DAYS
from tuidang.kernel import clock
from tuidang.vault.codes import SCRIPTS, Code
from tuidang.vault.formkeys import ExpiredTokenError, FormToken

ROOM = LONGEST_ANSWER
"""For so many bytes of an answer, compressed, there is room on every answer page, whether there is one or not, or no message at all: of one
in Chinese a character takes two, so one of 1,000 characters cannot be told from none."""
PLAIN_ROOM = 3 * LONGEST_ANSWER


@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """The form; by POST seals what was written and shows its code."""
    if request.method != "POST":
        return _form(request, Typed(), FormToken.fresh())
    sent = read_sent(request)
    typed = forms.read_typed(sent.fields)
    if sent.problem:
        return _form(request, typed, FormToken.fresh(), notice=sent.problem, status=sent.status)
    try:
        token = FormToken.parse(sent.fields.get("token", ""))
    except ExpiredTokenError:
        return _form(request, typed, FormToken.fresh(), notice="expired", status=403)
    return _take(request, typed, token)


def _take(request: HttpRequest, typed: Typed, token: FormToken) -> HttpResponse:
    problems = typed.problems(queries.reachable())
    if problems or typed.role is None:
        return _form(request, typed, token, problems=problems, status=422)
    code, language = token.code(), _language()
    result = actions.take(code=code, role=typed.role, letter=typed.letter(language)).result
    if result in {"full", "closed"}:
        return _form(request, typed, token, notice=result, status=503)
    if result == "other":
        return _form(request, typed, FormToken.fresh(), notice="other", code=code.shown(language), status=409)
    return _code(request, code, language)


def _form(
    request: HttpRequest,
    typed: Typed,
    token: FormToken,
    *,
    problems: dict[str, str] | None = None,
    notice: str = "",
    code: str = "",
    status: int = 200,
) -> HttpResponse:
    reachable = queries.reachable()
    fields = forms.questions(typed, reachable, problems or {})
    context = {
        "fields": fields,
        "wrong": with_errors(fields),
        "token": str(token),
        "notice": notice,
        "code": code,
        "open": bool(reachable),
        "closed": [words for one, words in forms.names().items() if one not in reachable],
    }
    return render(request, "declarant/contact.html", context, status=status)


def _code(request: HttpRequest, code: Code, language: str) -> HttpResponse:
    other = " ".join(code.words(SCRIPTS["en"])) if language == "en" else code.base32()
    context = {"code": code.shown(language), "other_form": other, "kept": KEPT_DAYS, "unanswered": UNANSWERED_DAYS}
    return render(request, "declarant/contact_code.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest) -> HttpResponse:
    """Asks for the code of a message; by POST shows the answer, if there is one."""
    if request.method != "POST":
        return _ask(request, TypedCode())
    note_room(request, ROOM, PLAIN_ROOM)
    typed = read_typed_code(read_sent(request))
    if typed.code is None:
        return _ask(request, typed)
    found = queries.standing(typed.code)
    if found is None:
        return _ask(request, typed.unknown())
    context = {
        "role": forms.names()[found.role],
        "state": found.state.name.lower(),
        "answer": found.answer,
        "until": clock.as_date(found.until),
    }
    return render(request, "declarant/contact_answer.html", context)


def _ask(request: HttpRequest, typed: TypedCode) -> HttpResponse:
    field = typed.question(_("The code of your message"))
    return render(request, "declarant/contact_ask.html", {"field": field}, status=typed.status)


def _language() -> str:
    return get_language() or "en"
