"""The form for objecting, the page with its code, and the page with the answer. GET changes nothing; a code travels in a POST alone."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tuidang.archive import queries as archive
from tuidang.declarant.forms import TypedCode, read_typed_code
from tuidang.declarant.objecting import actions, forms
from tuidang.declarant.objecting.forms import Typed
from tuidang.design.fields import with_errors
from tuidang.design.requests import read_sent
from tuidang.intake.policies import clean_text
from tuidang.kernel import clock
from tuidang.ledger import queries as ledger
from tuidang.review import queries as review
from tuidang.review.content import Answer
from tuidang.review.states import Finding, Ground
from tuidang.vault.codes import SCRIPTS, Code
from tuidang.vault.formkeys import ExpiredTokenError, FormToken


@require_http_methods(["GET", "HEAD", "POST"])
def objection(request: HttpRequest) -> HttpResponse:
    """Asks for a number, then shows what is published under it and asks the rest; by POST takes the objection and shows its code."""
    if request.method != "POST":
        index = forms.number(request.GET.get("number", ""))
        if index is None:
            return _form(request, Typed(first=True), FormToken.fresh())
        return _form(request, Typed(str(index)), FormToken.fresh()) if ledger.is_live(index) else _unknown(request, index)
    sent = read_sent(request)
    typed = forms.read_typed(sent.fields)
    if sent.problem:
        return _form(request, typed, FormToken.fresh(), notice=sent.problem, status=sent.status)
    try:
        token = FormToken.parse(sent.fields.get("token", ""))
    except ExpiredTokenError:
        return _form(request, typed, FormToken.fresh(), notice="expired", status=403)
    return _take(request, typed, token)


def _unknown(request: HttpRequest, index: int) -> HttpResponse:
    return _form(request, Typed(str(index), first=True), FormToken.fresh(), problems={"number": "unknown"}, status=404)


def _take(request: HttpRequest, typed: Typed, token: FormToken) -> HttpResponse:
    problems = typed.problems()
    index, ground = typed.index, typed.ground
    if index is not None and not ledger.is_live(index):
        problems["number"] = "unknown"
    if problems:
        return _form(request, typed, token, problems=problems, status=422)
    if index is None or ground is None or typed.seen != index:  # so that a wrong digit hides nobody else's words
        return _form(request, replace(typed, first=False), token, notice="" if typed.first else "look")
    code = token.code()
    text = clean_text(typed.text)
    result = actions.object_to(code=code, index=index, ground=ground, text=text, language=_language(), there=typed.there)
    if result == "gone":  # it moved to another number, or is hidden already: which of both is not told
        return _form(request, typed, token, notice="gone", status=409)
    if result == "other":
        return _form(request, typed, FormToken.fresh(), notice="other", code=code, status=409)
    return _code(request, code)


def _form(
    request: HttpRequest,
    typed: Typed,
    token: FormToken,
    *,
    problems: dict[str, str] | None = None,
    notice: str = "",
    code: Code | None = None,
    status: int = 200,
) -> HttpResponse:
    """The form, and above it what everyone can read under its number: whether more is known of that is never told."""
    fields = forms.questions(typed, problems or {})
    seen = None if typed.first or typed.index is None or "number" in (problems or {}) else typed.index
    context = {
        "fields": fields,
        "wrong": with_errors(fields),
        "token": str(token),
        "notice": notice,
        "code": code.shown(_language()) if code else "",
        "first": typed.first,
        "seen": seen,
        "one": None if seen is None else _statement(seen),
    }
    return render(request, "declarant/objection.html", context, status=status)


def _statement(index: int) -> dict[str, object] | None:
    found = archive.statement(index)
    return None if found is None else {**asdict(found), "date": clock.as_date(found.day), "text": forms.beginning(found.text)}


def _code(request: HttpRequest, code: Code) -> HttpResponse:
    language = _language()
    found = review.answer(actions.objection_id(code))
    other = " ".join(code.words(SCRIPTS["en"])) if language == "en" else code.base32()
    context = {"code": code.shown(language), "other_form": other, "hidden": found is not None and archive.hidden(found.index)}
    return render(request, "declarant/objection_code.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest) -> HttpResponse:
    """Asks for the code of an objection; by POST shows what became of it."""
    if request.method != "POST":
        return _ask(request, TypedCode())
    typed = read_typed_code(read_sent(request))
    if typed.code is None:
        return _ask(request, typed)
    found = review.answer(actions.objection_id(typed.code))
    if found is None:
        return _ask(request, typed.unknown())
    context = {
        "index": found.index,
        "outcome": _outcome(found),
        "voided": found.ground is Ground.NOT_DECLARED,
        "named": found.finding is Finding.NAME_SHOWN,
        "reason": forms.finding(found.finding),
        "until": None if found.until is None else clock.as_date(found.until),
    }
    return render(request, "declarant/objection_answer.html", context)


def _outcome(found: Answer) -> Literal["hidden", "waiting", "upheld", "dismissed"]:
    if found.finding is Finding.OPEN:
        return "hidden" if archive.hidden(found.index) else "waiting"
    return "upheld" if found.finding.upheld else "dismissed"


def _ask(request: HttpRequest, typed: TypedCode) -> HttpResponse:
    field = typed.question(_("The code of your objection"))
    return render(request, "declarant/objection_ask.html", {"field": field}, status=typed.status)


def _language() -> str:
    return get_language() or "en"
