"""Pages that anyone may read. Home is rendered ahead (`pages`) and served as a file; here it is rendered when there is no such file yet."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_safe

from tuidang.archive import queries as archive
from tuidang.design.requests import unfit
from tuidang.intake import actions as intake
from tuidang.intake import layout
from tuidang.intake.forms import CONSENT_VERSION
from tuidang.kernel.errors import BusyError, DamagedError
from tuidang.public import consents, errors, plain
from tuidang.public.context import (
    current_language,
    declared_context,
    home_context,
    method_context,
    privacy_context,
    recount_context,
    safety_context,
    shown,
    signed_mirrors,
    terms_context,
    text_context,
    text_form_context,
    understood_context,
)
from tuidang.public.languages import preferred
from tuidang.reference import switches
from tuidang.vault.formkeys import ExpiredTokenError, FormToken

LARGEST_NUMBER = 2**63
NOT_NOW = (BusyError, DamagedError, DatabaseError, InterfaceError, OSError)
"""As for the form: asking again under the same number is right, and harmless."""


@require_safe
def language(request: HttpRequest) -> HttpResponse:
    """To the home page in the reader's language, by what the browser says; never by place."""
    response = HttpResponseRedirect(f"/{preferred(request.headers.get('Accept-Language', ''))}/")
    response["Vary"] = "Accept-Language"
    return response


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The number, what it says and does not say, and the one thing to do."""
    return render(request, "public/home.html", home_context())


@require_safe
def home_text(request: HttpRequest) -> HttpResponse:
    """The same as plain text."""
    return _text(request, "home", home_context())


@require_http_methods(["GET", "HEAD", "POST"])
def declare_text(request: HttpRequest) -> HttpResponse:
    """A form as plain text. What is sent back is answered with what was understood, and, once it says that this is right, with the code."""
    try:
        if not switches.intake_open():
            return _text(request, "closed", status=503)
        return _text(request, "declare", text_form_context()) if request.method != "POST" else _answer_text(request)
    except NOT_NOW:
        response = _text(request, "busy", status=503)
        response["Retry-After"] = "10"
        return response


def _answer_text(request: HttpRequest) -> HttpResponse:
    if problem := unfit(request):
        return _text(request, "refused", {"problem": problem}, status=400 if problem == "unreadable" else 403)
    sent = plain.read(request.body, current_language())
    try:
        token = FormToken.parse(sent.token)
    except ExpiredTokenError:
        return _text(request, "expired", {"number": str(FormToken.fresh())}, status=403)
    if problems := sent.understood.problems():
        words = layout.words(problems, current_language()) if sent.understood.language else []
        return _text(request, "missing", {"missing": words}, status=422)
    new, code = sent.declaration(current_language()), token.code()
    if sent.confirmed != (number := plain.confirmation(sent.token, new)):
        return _text(request, "understood", understood_context(sent.understood, new, number, again=bool(sent.confirmed)))
    if intake.accept(declaration=new, code=code).result == "other_content":
        return _text(request, "already", {"code": code.shown(current_language()), "number": str(FormToken.fresh())}, status=409)
    return _text(request, "declared", declared_context(new, code))


def _text(request: HttpRequest, name: str, context: dict[str, Any] | None = None, *, status: int = 200) -> HttpResponse:
    site = request.build_absolute_uri("/").removesuffix("/")
    text = render_to_string(f"public/text/{name}.txt", {**text_context(site), **(context or {})}, request)
    return HttpResponse(plain.wrapped(text), status=status, content_type="text/plain; charset=utf-8")


@require_safe
def statements(request: HttpRequest) -> HttpResponse:
    """Published statements, newest first."""
    before = _registry_number(request.GET.get("before", ""))
    page = archive.page(before=before)
    found = [shown(one, current_language(), whole=False) for one in page.statements]
    context = {"section": "statements", "statements": found, "older": page.older, "newest": before is None}
    return render(request, "public/statements.html", context)


def _registry_number(raw: str) -> int | None:
    """The number in an address; None if there is none. Raises Http404 for anything else."""
    if not raw:
        return None
    if not (raw.isascii() and raw.isdigit() and int(raw[:20]) < LARGEST_NUMBER):
        raise Http404
    return int(raw[:20])


@require_safe
def statement(request: HttpRequest, index: int) -> HttpResponse:
    """One published statement, whole."""
    found = archive.statement(index) if index < LARGEST_NUMBER else None
    if found is None:
        raise Http404
    one = shown(found, current_language(), whole=True)
    return render(request, "public/statement.html", {"section": "statements", "one": one})


@require_safe
def method(request: HttpRequest) -> HttpResponse:
    """How the number is counted, and what it does not say."""
    return render(request, "public/method.html", method_context())


@require_safe
def recount(request: HttpRequest) -> HttpResponse:
    """How to recount it."""
    return render(request, "public/recount.html", recount_context(request.build_absolute_uri("/ledger")))


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """Terms."""
    return render(request, "public/terms.html", terms_context())


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is stored and what is not."""
    return render(request, "public/privacy.html", privacy_context())


@require_safe
def safety(request: HttpRequest) -> HttpResponse:
    """How to come here, and what to clear afterwards."""
    return render(request, "public/safety.html", safety_context())


@require_safe
def consent(request: HttpRequest, version: str) -> HttpResponse:
    """What those agreed to who declared under this version."""
    words = consents.words(version)
    if words is None:
        raise Http404
    context = {"section": "terms", "version": version, "current": version == CONSENT_VERSION, "words": words[current_language()]}
    return render(request, "public/consent.html", context)


@require_safe
def mirrors(request: HttpRequest) -> HttpResponse:
    """The addresses of this register, as a signed note."""
    del request
    return HttpResponse(signed_mirrors(), content_type="text/plain; charset=utf-8", headers={"Cache-Control": "public, max-age=600"})


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A staff form without its token: nothing was done."""
    del reason
    return errors.stale(request)
