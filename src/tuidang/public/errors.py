"""Pages for what went wrong: in the reader's language, saying that nothing was recorded, never what the machine says."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation

from tuidang.public.languages import corrected

_LAST_RESORT = """<!doctype html><meta charset=utf-8><title>500</title>
<p>Something went wrong on our side. Nothing was confirmed as recorded. Go back: what you typed may still be there.
<p lang=zh-Hans>我们这边出了问题。没有确认任何记录。请返回上一页，您填写的内容可能还在。
<p lang=zh-Hant>我們這邊出了問題。沒有確認任何記錄。請返回上一頁，您填寫的內容可能還在。
"""


def _page(request: HttpRequest, kind: str, status: int) -> HttpResponse:
    with translation.override(translation.get_language_from_request(request, check_path=True)):
        return render(request, "public/error.html", {"kind": kind}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    del exception
    return _page(request, "unreadable", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    del exception
    return _page(request, "forbidden", 403)


def stale(request: HttpRequest) -> HttpResponse:
    """403 for a form of staff that lost its token."""
    return _page(request, "stale", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404; to the page itself, where only its last slash is missing, or its language is spelt otherwise."""
    del exception
    if request.method in ("GET", "HEAD") and (address := corrected(request)):
        return HttpResponseRedirect(address)
    return _page(request, "not_found", 404)


def too_large(request: HttpRequest) -> HttpResponse:
    """413, before anything was read: nothing of it can be shown again."""
    return _page(request, "too_large", 413)


def busy(request: HttpRequest) -> HttpResponse:
    """503."""
    response = _page(request, "busy", 503)
    response["Retry-After"] = "10"
    return response


def failed(request: HttpRequest) -> HttpResponse:
    """500. Where even this page cannot be made, three sentences that need nothing."""
    try:
        return _page(request, "failed", 500)
    except Exception:  # noqa: BLE001  whatever broke the first page may break this one: disk, database, template
        return HttpResponse(_LAST_RESORT, status=500)
