"""Statistics and submission as clients of today's register expect them (docs/interfaces.md)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from tuidang.api import clients, feed
from tuidang.public.views import preferred

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
    return HttpResponse(feed.document(), content_type="text/xml; charset=utf-8", headers=headers)


def submit(request: HttpRequest) -> HttpResponse:
    """A declaration by a client: base64url of JSON in and out, always status 200 once the body was read. OPTIONS answers preflights."""
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers=CORS)
    if request.method != "POST" or request.GET.get("act") != "submit":
        return HttpResponse("405 POST /t.php?act=submit\n", status=405, content_type="text/plain; charset=utf-8", headers={**CORS, "Allow": "POST, OPTIONS"})
    return HttpResponse(clients.answer(request.body), content_type="text/plain; charset=us-ascii", headers=CORS)


@require_safe
def query_by_id(request: HttpRequest) -> HttpResponse:
    """The old address of the lookup."""
    return HttpResponseRedirect(f"/{preferred(request.headers.get('Accept-Language', ''))}/lookup/")
