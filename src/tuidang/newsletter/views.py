"""Signing up, confirming, settings, leaving. Opening an address changes nothing: programs open every link of a mail.

A form is answered in the same words, with the same work, whoever's address it holds. What a link holds leads to one reader, for one purpose;
where a POST to it came from does not matter, for no other site knows it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from tuidang.design.requests import read_sent
from tuidang.newsletter import actions, adapters, consents, queries
from tuidang.newsletter.forms import Typed, blank, choosing, problems_of, questions, read_choices, read_typed
from tuidang.newsletter.policies import WAITING_DAYS
from tuidang.newsletter.queries import Reader

_ANY = ["GET", "HEAD", "POST"]


@require_http_methods(_ANY)
def sign_up(request: HttpRequest) -> HttpResponse:
    """The form; and by POST, from it or from the block on another page, one answer for every address."""
    if settings.ENVIRONMENT.newsletter is None:
        raise Http404
    if request.method != "POST":
        return _form(request, blank(_language()))
    sent = read_sent(request)
    typed = read_typed(sent.fields, _language()) if sent.fields else blank(_language())
    if sent.problem:
        return _form(request, typed, notice=sent.problem, status=sent.status)
    if problems := typed.problems():
        return _form(request, typed, problems=problems, status=422)
    actions.wish(address=typed.mailbox(), choices=typed.choices, consent=typed.version)
    return render(request, "newsletter/sent.html", {"section": "newsletter", "address": typed.address.strip(), "days": WAITING_DAYS})


def _form(
    request: HttpRequest, typed: Typed, *, problems: dict[str, str] | None = None, notice: str = "", status: int = 200
) -> HttpResponse:
    language = _language()
    context = {
        "section": "newsletter",
        "fields": questions(typed, problems or {}, language),
        "version": consents.VERSION,
        "words": consents.words(consents.VERSION, language),
        "notice": notice,
        "wrong": bool(problems),
    }
    return render(request, "newsletter/sign_up.html", context, status=status)


@require_safe
def agreement(request: HttpRequest, agreement: str) -> HttpResponse:
    """What readers agreed to in one version."""
    words = consents.words(agreement, _language())
    if words is None:
        raise Http404
    context = {"section": "newsletter", "version": agreement, "current": agreement == consents.VERSION, "words": words}
    return render(request, "newsletter/consent.html", context)


@require_http_methods(_ANY)
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """By GET a button, whatever the link; by POST whoever pressed it reads."""
    found = adapters.read_token("confirm", token)
    if found is None:
        return _gone(request)
    if request.method != "POST":
        return _private(render(request, "newsletter/confirm.html", {"section": "newsletter", "days": WAITING_DAYS}))
    if not actions.confirm(subscriber=found):
        return _gone(request)
    return _private(render(request, "newsletter/confirmed.html", {"section": "newsletter", "token": adapters.token("settings", found)}))


@require_http_methods(_ANY)
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """What a reader gets and what is kept about them; by POST it is changed, handed out as a file, or erased."""
    number = adapters.read_token("settings", token)
    reader = None if number is None else queries.reader(number)
    if reader is None:
        return _gone(request)
    if request.method != "POST":
        return _settings(request, reader)
    sent = read_sent(request)
    if sent.problem not in ("", "foreign"):
        return _settings(request, reader, notice=sent.problem, status=sent.status)
    return _STEPS.get(sent.fields.get("step", ""), _save)(request, reader, sent.fields)


def _export(_request: HttpRequest, reader: Reader, _fields: QueryDict) -> HttpResponse:
    text = json.dumps(queries.held(reader.address), ensure_ascii=False, indent=2) + "\n"
    return HttpResponse(text, content_type="application/json", headers={"Content-Disposition": 'attachment; filename="newsletter.json"'})


def _erase(request: HttpRequest, reader: Reader, fields: QueryDict) -> HttpResponse:
    never = bool(fields.get("never"))
    actions.erase(address=reader.address, never=never)
    return _private(render(request, "newsletter/erased.html", {"section": "newsletter", "never": never}))


def _save(request: HttpRequest, reader: Reader, fields: QueryDict) -> HttpResponse:
    choices = read_choices(fields)
    shown = replace(reader, choices=choices)
    if problems := problems_of(choices):
        return _settings(request, shown, problems=problems, status=422)
    actions.choose(subscriber=reader.id, choices=choices)
    return _settings(request, shown, notice="saved")


_STEPS: dict[str, Callable[[HttpRequest, Reader, QueryDict], HttpResponse]] = {"export": _export, "erase": _erase}


def _settings(
    request: HttpRequest, reader: Reader, *, problems: dict[str, str] | None = None, notice: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "section": "newsletter",
        "reader": reader,
        "fields": choosing(reader.choices, problems or {}),
        "leave": adapters.token("leave", reader.id),
        "notice": notice,
        "wrong": bool(problems),
    }
    return _private(render(request, "newsletter/settings.html", context, status=status))


@require_http_methods(_ANY)
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """By GET a button, whatever the link; by POST whoever it leads to reads no more. One answer, whether it led to anyone."""
    if request.method != "POST":
        return _private(render(request, "newsletter/leave.html", {"section": "newsletter"}))
    _leave(token, never=bool(read_sent(request).fields.get("never")))
    return _private(render(request, "newsletter/left.html", {"section": "newsletter"}))


@require_http_methods(_ANY)
def one_click(request: HttpRequest, token: str) -> HttpResponse:
    """What programs of mail send when "unsubscribe" is pressed there (RFC 8058): no cookie, no redirect, 200 always. People are led to the page."""
    if request.method != "POST":
        return _private(HttpResponseRedirect(f"/{_language()}/newsletter/u/{token[:100]}/"))
    _leave(token)
    return HttpResponse("OK\n", content_type="text/plain; charset=utf-8")


def _leave(token: str, *, never: bool = False) -> None:
    found = adapters.read_token("leave", token)
    if found is not None:
        actions.leave(subscriber=found, never=never)


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "newsletter/gone.html", {"section": "newsletter", "days": WAITING_DAYS}, status=404)


def _private(response: HttpResponse) -> HttpResponse:
    # The address of this page is not to travel any further.
    response["Referrer-Policy"] = "no-referrer"
    return response


def _language() -> str:
    return get_language() or "en"
