"""What a code opens. GET shows an empty form; a code travels in the body of a POST alone, never in an address."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from tuidang.declarant import queries
from tuidang.design.requests import read_sent
from tuidang.kernel.errors import RefusedError
from tuidang.ledger import actions
from tuidang.vault.codes import Code, UnreadableCodeError, read_code

_FILES = {"promise": (queries.promise, "promise.txt"), "receipt": (queries.receipt, "receipt.json")}


@require_http_methods(["GET", "HEAD", "POST"])
def lookup(request: HttpRequest) -> HttpResponse:
    """Asks for a code; by POST shows what it opens, hands out promise or receipt, or takes back (asked for twice)."""
    if request.method != "POST":
        return _ask(request)
    sent = read_sent(request)
    typed = sent.fields.get("code", "")
    if sent.problem:
        return _ask(request, typed=typed, problem=sent.problem, status=sent.status)
    try:
        code = read_code(typed)
    except UnreadableCodeError as error:
        return _ask(request, typed=typed, problem=error.hint, status=422)
    return _act(request, code, sent.fields.get("step", "show"))


def _act(request: HttpRequest, code: Code, step: str) -> HttpResponse:
    if step in _FILES:
        make, name = _FILES[step]
        content = make(code)
        if content is not None:
            disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
            return HttpResponse(content, content_type="application/octet-stream", headers=disposition)
    notice = ""
    if step == "take_back_now":
        try:
            notice = actions.take_back(code=code)
        except RefusedError:
            notice = "answered_twice"
    found = queries.status(code)
    if found is None:
        return _ask(request, typed=code.base32(), problem="unknown", status=404)
    context = {"section": "lookup", "status": found, "code": code.base32(), "notice": notice, "confirm": step == "take_back"}
    return render(request, "declarant/status.html", context)


def _ask(request: HttpRequest, *, typed: str = "", problem: str = "", status: int = 200) -> HttpResponse:
    return render(request, "declarant/lookup.html", {"section": "lookup", "typed": typed, "problem": problem}, status=status)
