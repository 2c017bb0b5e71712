"""A log at a web address."""

from __future__ import annotations

import threading
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, build_opener, getproxies, proxy_bypass

from tlog.errors import CannotCheckError, MissingError
from tlog.store import LARGEST

_HEADERS = {"User-Agent": "tlog-verify"}


def _whole(answer: HTTPResponse) -> bytes:
    """The body, up to one byte more than LARGEST. Raises HTTPException if it ended early: cut short, a bundle would look forged."""
    data = answer.read(LARGEST + 1)
    if answer.length and len(data) <= LARGEST:
        raise HTTPException("the answer broke off")
    return data


class Web:
    """A log at a web address. Connections are kept open, one for each thread that reads; one retry on a broken one.

    Redirects, and proxies that the environment names, are left to urllib, which opens a connection for every file.
    """

    def __init__(self, address: str, *, timeout_seconds: float = 30) -> None:
        """Raises CannotCheckError("bad-argument") for what is no http(s) address."""
        self.address = address.rstrip("/")
        self.timeout_seconds = timeout_seconds
        try:
            parts = urlsplit(self.address)
            self._host, self._port = parts.hostname or "", parts.port
        except ValueError:
            self._host = ""
        if not self._host:
            raise CannotCheckError("bad-argument", f"this is not a web address: {address}")
        self._scheme, self._prefix = parts.scheme, parts.path
        self._proxied = parts.scheme in getproxies() and not proxy_bypass(self._host)
        self._opener = build_opener()
        self._thread = threading.local()

    def read(self, path: str) -> bytes:
        """As `Reader.read`."""
        for attempt in (1, 2):
            try:
                status, data = self._open(path) if self._proxied else self._get(path)
            except (OSError, HTTPException, ValueError) as error:
                self._thread.connection = None
                if attempt == 2:
                    raise CannotCheckError("unreadable", f"could not be fetched: {error}", path=path) from error
                continue
            if status in (404, 410):
                raise MissingError(path)
            if status != 200:
                raise CannotCheckError("unreadable", f"the server answered {status}", path=path)
            if len(data) > LARGEST:
                raise CannotCheckError("unreadable", "larger than any file of a log can be", path=path)
            return data
        raise AssertionError  # the second attempt returns or raises

    def _get(self, path: str) -> tuple[int, bytes]:
        connection = getattr(self._thread, "connection", None)
        if connection is None:
            kind = HTTPSConnection if self._scheme == "https" else HTTPConnection
            connection = self._thread.connection = kind(self._host, self._port, timeout=self.timeout_seconds)
        connection.request("GET", f"{self._prefix}/{path}", headers=_HEADERS)
        with connection.getresponse() as answer:
            status, data = answer.status, _whole(answer)
        if len(data) > LARGEST:
            self._thread.connection = None  # a next answer would begin with what is left of this one
        return self._open(path) if 300 <= status < 400 else (status, data)

    def _open(self, path: str) -> tuple[int, bytes]:
        request = Request(f"{self.address}/{path}", headers=_HEADERS)  # noqa: S310 -- http(s) alone, see open_store
        try:
            with self._opener.open(request, timeout=self.timeout_seconds) as answer:
                return answer.status, _whole(answer)
        except HTTPError as error:
            return error.code, b""
