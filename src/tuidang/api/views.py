"""Statistics and submission as clients of today's register expect them (docs/interfaces.md)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from tuidang.api import clients, feed

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Max-Age": "86400",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@require_safe
def statics(request: HttpRequest) -> HttpResponse:
    """The totals as a small XML document."""
    del request
    headers = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": "public, max-age=60"}
    return _whole(feed.document().encode(), "text/xml; charset=utf-8", headers)


def submit(request: HttpRequest) -> HttpResponse:
    """A declaration by a client: base64url of JSON in and out, always status 200 once the body was read. OPTIONS answers preflights."""
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers=CORS)
    if request.method != "POST" or request.GET.get("act") != "submit":
        headers = {**CORS, "Allow": "POST, OPTIONS"}
        return HttpResponse("405 POST /t.php?act=submit\n", status=405, content_type="text/plain; charset=utf-8", headers=headers)
    try:
        body = request.body
    except UnreadablePostError:
        body = b""  # cut off on its way: answered like anything unreadable, if anyone still listens
    return _whole(clients.answer(body), "text/plain; charset=us-ascii", CORS)


def _whole(body: bytes, kind: str, headers: dict[str, str]) -> HttpResponse:
    # With its length: some clients read HTTP by hand, and none of those knows chunks.
    return HttpResponse(body, content_type=kind, headers={**headers, "Content-Length": str(len(body))})


@require_safe
def query_by_id(request: HttpRequest) -> HttpResponse:
    """The old address of the lookup, in the reader's language as the browser says it."""
    del request
    return redirect("lookup")
