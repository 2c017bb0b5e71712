"""What a request brings is read whole before the application runs, by fewer threads than the server has.

The server reads a body in the thread that answers, for as long as the sender likes, and has no limit of time for it: a handful of senders
who stop after a byte would hold every thread, and with them the pages and files of everyone else. Here they hold each other up alone.

No time is set here either. Reading in a further thread and answering 408 when it takes too long stops the server for good: granian 2.8
waits, with the interpreter's lock held, for the read that the answer has overtaken.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from tuidang.config.headers import SECURITY_HEADERS

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
LARGEST_BODY = 1024 * 1024
LARGEST_UPLOAD = 12 * 1024 * 1024 + 64 * 1024
"""Of a picture or a document, which is 12 MB at most, with the form around it. In memory alone."""
_UPLOADS = re.compile(r"/staff/newsroom/[0-9a-f-]{36}/(?:picture|document)/")
AT_ONCE = 16
UPLOADS_AT_ONCE = 2
"""Whoever is not of the staff is refused only after it was read: so there are few places for what is large."""
PATIENCE_SECONDS = 0.5
"""For a place among those that are read: the bodies of people arrive in less."""
_FULL = (
    "503 Too much is arriving at once. Nothing was recorded; try again in a minute. / "
    "目前提交过多，未作任何记录，请一分钟后再试。 / 目前提交過多，未作任何記錄，請一分鐘後再試。\n"
)


class Bodies:
    """A WSGI application that hands on requests whose bodies are here."""

    def __init__(self, application: Application, *, at_once: int = AT_ONCE) -> None:
        self._application = application
        self._places = threading.BoundedSemaphore(at_once)
        self._large = threading.BoundedSemaphore(UPLOADS_AT_ONCE)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """The application's answer; 503 where too many bodies are on their way."""
        length = _length(environ)
        if not 0 < length <= largest_body(environ.get("PATH_INFO", "")):
            return self._application(environ, start_response)  # nothing to read, or refused unread
        places = self._places if length <= LARGEST_BODY else self._large
        if not places.acquire(timeout=PATIENCE_SECONDS):
            return _refuse(start_response)
        try:
            body = environ["wsgi.input"].read(length)
        except OSError:
            body = b""  # cut off on its way
        finally:
            places.release()
        environ["wsgi.input"] = BytesIO(body)
        return self._application(environ, start_response)


def largest_body(path: str) -> int:
    """How many bytes may be sent to an address."""
    return LARGEST_UPLOAD if _UPLOADS.fullmatch(path) else LARGEST_BODY


def _length(environ: dict[str, Any]) -> int:
    text = environ.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isascii() and text.isdigit() and environ["REQUEST_METHOD"] not in ("GET", "HEAD") else 0


def _refuse(start_response: Callable[..., Any]) -> Iterable[bytes]:
    body = _FULL.encode()
    kind = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    # Closed, not kept alive: what was not read would be taken for the next request.
    more = [("Connection", "close"), ("Retry-After", "60"), ("Access-Control-Allow-Origin", "*")]
    start_response("503 Service Unavailable", [*SECURITY_HEADERS, *kind, *more])
    return [body]
