"""Pages for what went wrong: in the reader's language, saying that nothing was recorded, never what the machine says."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def _page(request: HttpRequest, kind: str, status: int) -> HttpResponse:
    return render(request, "public/error.html", {"kind": kind}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    del exception
    return _page(request, "unreadable", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    del exception
    return _page(request, "forbidden", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    del exception
    return _page(request, "not_found", 404)


def failed(request: HttpRequest) -> HttpResponse:
    """500."""
    return _page(request, "failed", 500)
