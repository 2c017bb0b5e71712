"""The few things every request passes. Outermost first: headers, bounds, and the staff's own set."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.gzip import GZipMiddleware

from tuidang.accounts import gate
from tuidang.config.bodies import LARGEST_BODY, largest_body
from tuidang.config.environment import is_onion
from tuidang.config.headers import ONION, PAGE_HEADERS, STAFF_POLICY
from tuidang.kernel.errors import BusyError
from tuidang.public.errors import busy, too_large

Handler = Callable[[HttpRequest], HttpResponse]
STAFF = "/staff/"
_PAGE = re.compile(r"/(en|zh-hans|zh-hant)/")
_PLAIN = "text/plain; charset=utf-8"
_TOO_LARGE = (
    "413 Too large: at most 1 MB. Nothing was recorded. / 内容过大（上限 1 MB），未作任何记录。 / 內容過大（上限 1 MB），未作任何記錄。\n"
)


class PageHeaders:
    """Puts the security headers on every answer, errors included. Pages of people are never stored by browsers or proxies."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Adds the headers that the view did not set."""
        response = self._get_response(request)
        if request.path_info.startswith(STAFF):
            response.headers.setdefault("Content-Security-Policy", STAFF_POLICY)
        for name, value in PAGE_HEADERS:
            response.headers.setdefault(name, value)
        onion = settings.ENVIRONMENT.onion
        if onion and request.method == "GET" and _PAGE.match(request.path_info) and not is_onion(request.META.get("HTTP_HOST", "")):
            response.headers[ONION] = onion + request.get_full_path()
        response.headers.pop("Content-Language", None)  # the page says it itself, and every byte counts on a slow line
        return response


class PageGzip(GZipMiddleware):
    """Compresses pages, without the random bytes that would hide a secret from someone who reads lengths.

    That attack has the victim's browser fetch the same secret again and again beside text of the attacker's choice. Here a code is answered
    only to a POST that holds it, or its form's token, from a page of ours; and the tokens of staff pages are masked anew in every answer.
    """

    max_random_bytes = 0


class Bounds:
    """Refuses what is too large before a byte of it is read."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """413 or 400 without reading the body, else the answer."""
        try:
            request.get_host()
        except DisallowedHost:
            return HttpResponse("400 This is not one of the names of this site.\n", status=400, content_type=_PLAIN)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isascii() or not length.isdigit():
            return HttpResponse("400 Content-Length is not a number.\n", status=400, content_type=_PLAIN)
        if int(length) > largest_body(request.path_info):
            # Closed, not kept alive: what was not read would be taken for the next request.
            response = _too_large(request)
            response["Connection"] = "close"
            return response
        return self._get_response(request)


def _too_large(request: HttpRequest) -> HttpResponse:
    """A page where people are, in the look of what they see; a line of text for programs."""
    if request.path_info.startswith(STAFF):
        return staff_chain(_too_large_for_staff)(request)
    if _PAGE.match(request.path_info) and not request.path_info.endswith(".txt"):
        return too_large(request)
    return HttpResponse(_TOO_LARGE, status=413, content_type=_PLAIN)


def _too_large_for_staff(request: HttpRequest) -> HttpResponse:
    file = largest_body(request.path_info) > LARGEST_BODY
    return gate.too_large(request, file=file) or too_large(request)


class NotNow:
    """What could not be done now is answered with a page that says so, and when to try again."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """As the view answers."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """503 for BusyError, nothing for anything else."""
        return busy(request) if isinstance(exception, BusyError) else None


def staff_chain(get_response: Handler) -> Handler:
    """Sessions, CSRF cookies and sign-in around `get_response`. None of them reads a body on the way in."""
    return SessionMiddleware(CsrfViewMiddleware(AuthenticationMiddleware(get_response)))  # type: ignore[return-value]


class StaffOnly:
    """Sessions, CSRF cookies and sign-in exist below /staff/ alone: a declarant's browser never gets a cookie."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response
        self._csrf = CsrfViewMiddleware(get_response)
        self._staff = staff_chain(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The staff's chain below /staff/, else straight on."""
        if request.path_info.startswith(STAFF):
            return self._staff(request)
        return self._get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any], kwargs: dict[str, Any]) -> Any:
        """The CSRF check of staff pages. Public forms set no cookie; they carry a signed token of their own and the origin is checked."""
        if request.path_info.startswith(STAFF):
            return self._csrf.process_view(request, view, args, kwargs)
        return None
