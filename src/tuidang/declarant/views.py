"""What a code opens. GET shows an empty form; a code travels in the body of a POST alone, never in an address."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from tlog.entry import SELF_VOID
from tuidang.declarant import actions, queries
from tuidang.declarant.forms import LONGEST_TYPED, code_field, refusal
from tuidang.declarant.queries import Person, Status
from tuidang.design.requests import read_sent
from tuidang.kernel.errors import RefusedError
from tuidang.ledger.actions import SHARED_DAYS
from tuidang.reference import queries as reference
from tuidang.vault.codes import Code, UnreadableCodeError, read_code

SHARED_FOR = timedelta(days=SHARED_DAYS)
_FILES = {"promise": (queries.promise, "promise.txt"), "receipt": (queries.receipt, "receipt.json")}
_STANDING = frozenset({"waiting", "counted", "held", "sealed"})


@require_http_methods(["GET", "HEAD", "POST"])
def lookup(request: HttpRequest) -> HttpResponse:
    """Asks for a code; by POST shows what it opens, hands out promise or receipt, or takes back (asked for twice)."""
    if request.method != "POST":
        return _ask(request)
    sent = read_sent(request)
    typed = sent.fields.get("code", "").replace("\0", "")[:LONGEST_TYPED]
    if sent.problem:
        return _ask(request, typed=typed, problem=sent.problem, status=sent.status)
    try:
        code = read_code(typed)
    except UnreadableCodeError as error:
        return _ask(request, typed=typed, problem=error.hint if typed.strip() else "empty", status=422)
    return _act(request, code, typed, sent.fields.get("step", "show"))


def _act(request: HttpRequest, code: Code, typed: str, step: str) -> HttpResponse:
    if step in _FILES:
        make, name = _FILES[step]
        content = make(code)
        if content is not None:
            disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
            return HttpResponse(content, content_type="application/octet-stream", headers=disposition)
    notice = _take_back(code) if step == "take_back_now" else ""
    found = queries.status(code)
    if found is None:
        return _ask(request, typed=typed, problem="unknown", status=404)
    confirm = step == "take_back" and _can_be_taken_back(found)
    template = "declarant/take_back.html" if confirm else "declarant/status.html"
    return render(request, template, {**_context(found), "code": code.base32(), "notice": notice or _absent(step)})


def _take_back(code: Code) -> str:
    try:
        return actions.take_back(code=code)
    except RefusedError:
        return "answered_twice"


def _absent(step: str) -> str:
    """Why a file was asked for and a page is answered."""
    return f"no_{step}" if step in _FILES else ""


def _can_be_taken_back(found: Status) -> bool:
    return any(one.status in _STANDING for one in found.persons)


def _context(found: Status) -> dict[str, object]:
    states = {one.status for one in found.persons}
    return {
        "section": "lookup",
        "status": found,
        "persons": [_shown(one) for one in found.persons],
        "can_take_back": _can_be_taken_back(found),
        "has_promise": not states <= {"sealed", "voiding", "void"},
        "has_receipt": bool(states & {"sealed", "voiding", "void"}),
        "contact": settings.ENVIRONMENT.contact,
        "shared_until": found.accepted + SHARED_FOR,
    }


def _shown(one: Person) -> dict[str, object]:
    left = [found.full[get_language() or "en"] for found in reference.organisations() if found.bit & one.organisations]
    return {
        "name": one.name,
        "status": one.status,
        "index": one.index,
        "left": left,
        "refusal": refusal(one.refusal),
        "own_wish": one.void_reason == SELF_VOID,
        "void_reason": _void_reason(one.void_reason),
    }


def _void_reason(code: int) -> str:
    """The reason of a void in the reader's language; empty if it is not known."""
    known = reference.reasons().get(code)
    return known.label(get_language() or "en") if known else ""


def _ask(request: HttpRequest, *, typed: str = "", problem: str = "", status: int = 200) -> HttpResponse:
    context = {"section": "lookup", "field": code_field(typed, problem)}
    return render(request, "declarant/lookup.html", context, status=status)
