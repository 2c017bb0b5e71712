"""Form, check page and code page of a message of support, and what its code opens. GET changes nothing; a code travels in a POST alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tuidang.declarant.forms import TypedCode, read_typed_code
from tuidang.declarant.supporting import forms
from tuidang.declarant.supporting.forms import Typed
from tuidang.design.fields import with_errors
from tuidang.design.requests import note_told, read_sent
from tuidang.intake import questions
from tuidang.intake.support import actions, queries
from tuidang.kernel import clock
from tuidang.reference.queries import label
from tuidang.vault.codes import SCRIPTS, Code
from tuidang.vault.formkeys import ExpiredTokenError, FormToken


@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HttpRequest) -> HttpResponse:
    """The form; by POST the check page, and then the page with the code."""
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
    step = sent.fields.get("step", "check")
    if step == "change":
        return _form(request, typed, token)
    if problems := typed.problems():
        return _form(request, typed, token, problems=problems, status=422)
    return _take(request, typed, token) if step == "send" else _check(request, typed, token)


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
    fields = forms.questions(typed, problems or {})
    context = {"fields": fields, "wrong": with_errors(fields), "token": str(token), "notice": notice, "code": code}
    return render(request, "declarant/support.html", context, status=status)


def _check(request: HttpRequest, typed: Typed, token: FormToken) -> HttpResponse:
    message = typed.message(_language())
    text = questions.marked(message.text, [message.name])
    context = {
        "message": message,
        "text": text,
        "seeming": questions.all_seeming(text),
        "country": label(message.country, _language()),
        "hidden": typed.hidden(),
        "token": str(token),
    }
    return render(request, "declarant/support_check.html", context)


def _take(request: HttpRequest, typed: Typed, token: FormToken) -> HttpResponse:
    code, language = token.code(), _language()
    result = actions.take(code=code, message=typed.message(language)).result
    if result == "full":
        return _form(request, typed, token, notice="full", status=503)
    if result == "other":
        return _form(request, typed, FormToken.fresh(), notice="other", code=code.shown(language), status=409)
    return _code(request, code, language)


def _code(request: HttpRequest, code: Code, language: str) -> HttpResponse:
    other = " ".join(code.words(SCRIPTS["en"])) if language == "en" else code.base32()
    return render(request, "declarant/support_code.html", {"code": code.shown(language), "other_form": other})


@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """Asks for the code of a message; by POST shows how it stands, and takes it down where that is asked for."""
    if request.method != "POST":
        return _ask(request, TypedCode())
    sent = read_sent(request)
    typed = read_typed_code(sent)
    if typed.code is None:
        return _ask(request, typed)
    step = sent.fields.get("step", "show")
    if step == "take_down":
        gone = actions.take_back(code=typed.code) == "gone"
        return render(request, "declarant/support_gone.html") if gone else _ask(request, typed.unknown())
    return _standing(request, typed, typed.code)


def _standing(request: HttpRequest, typed: TypedCode, code: Code) -> HttpResponse:
    found = queries.standing(code)
    if found is None:
        return _ask(request, typed.unknown())
    message = found.content
    if message is not None:
        note_told(request, [message.name, message.text])
    context = {
        "state": found.state.name.lower(),
        "reason": forms.refusal(found.refusal),
        "until": None if found.until is None else clock.as_date(found.until),
        "message": message,
        "country": label(message.country, _language()) if message else "",
        "sent_code": code.base32(),
    }
    return render(request, "declarant/support_standing.html", context)


def _ask(request: HttpRequest, typed: TypedCode) -> HttpResponse:
    field = typed.question(_("The code of your message"))
    return render(request, "declarant/support_ask.html", {"field": field}, status=typed.status)


def _language() -> str:
    return get_language() or "en"
