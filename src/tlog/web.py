"""A log at a web address."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from functools import cached_property, partial
from http.client import HTTPConnection, HTTPException, HTTPMessage, HTTPResponse, HTTPSConnection
from io import BufferedReader, RawIOBase
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
    getproxies,
    proxy_bypass,
)

from tlog.errors import CannotCheckError, MissingError
from tlog.store import LARGEST

SLOWEST = 100_000
"""Bytes a second: a server that is slower is given up."""
_HEADERS = {"User-Agent": "tlog-verify"}


class _Timed(RawIOBase):
    """What comes from a server, until `ends` (by the monotonic clock): a timeout alone begins anew with every byte."""

    def __init__(self, raw: RawIOBase, sock: socket.socket, ends: float) -> None:
        self._raw = raw
        self._sock = sock
        self._ends = ends

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("the server is too slow")
        self._sock.settimeout(min(left, self._sock.gettimeout() or left))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(HTTPResponse):
    """An answer that is complete, with its headers and all that may come before them, by `ends`."""

    def __init__(self, sock: socket.socket, *arguments: Any, ends: float, **options: Any) -> None:
        super().__init__(sock, *arguments, **options)
        self.fp = BufferedReader(_Timed(self.fp.detach(), sock, ends))


def _until(ends: float, connection: HTTPConnection) -> HTTPConnection:
    """`connection`, whose answers are complete by `ends`."""
    connection.response_class = partial(_Answer, ends=ends)  # type: ignore[assignment]  # it is only ever called
    return connection


class _Http(HTTPHandler):
    def __init__(self, ends: float) -> None:
        super().__init__()
        self._ends = ends

    def http_open(self, req: Request) -> HTTPResponse:
        """Opens a connection for one answer."""
        return self.do_open(lambda *a, **k: _until(self._ends, HTTPConnection(*a, **k)), req)


class _Https(HTTPSHandler):
    def __init__(self, ends: float, web: Web) -> None:
        super().__init__()
        self._ends = ends
        self._web = web

    def https_open(self, req: Request) -> HTTPResponse:
        """Opens a connection for one answer."""
        return self.do_open(lambda *a, **k: _until(self._ends, HTTPSConnection(*a, context=self._web.secure, **k)), req)


class _Redirects(HTTPRedirectHandler):
    def redirect_request(  # noqa: PLR0917 -- urllib's
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        """Refuses to leave the web, and to go on unprotected."""
        scheme = urlsplit(newurl).scheme.lower()
        if scheme not in ("https", req.type):
            raise OSError(f"the server redirects from {req.type} to {scheme}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _whole(answer: HTTPResponse, limit: int) -> bytes:
    """The body, up to one byte more than `limit`. Raises HTTPException if it ended early: cut short, a bundle would look forged."""
    data = answer.read(limit + 1)
    if answer.length and len(data) <= limit:
        raise HTTPException("the answer broke off")
    return data


class Web:
    """A log at a web address. Connections are kept open, one for each thread that reads; one retry on a broken one.

    Redirects, and proxies that the environment names, are left to urllib, which opens a connection for every file.
    """

    def __init__(self, address: str, *, timeout_seconds: float = 30, file_seconds: float = 60) -> None:
        """`timeout_seconds` of silence, and `file_seconds` and what SLOWEST allows for a file, are waited for.

        Raises CannotCheckError("bad-argument") for what is no http(s) address of a folder.
        """
        self.address = address.rstrip("/")
        self.timeout_seconds = timeout_seconds
        self.file_seconds = file_seconds
        try:
            parts = urlsplit(self.address)
            self._host, self._port = parts.hostname or "", parts.port
        except ValueError:
            self._host = ""
        if not self._host or any(char in address for char in "?#@"):
            raise CannotCheckError("bad-argument", f"this is not the web address of a folder: {address}")
        self._scheme, self._prefix = parts.scheme, parts.path
        self._proxied = parts.scheme in getproxies() and not proxy_bypass(self._host)
        self._thread = threading.local()

    def read(self, path: str, limit: int = LARGEST) -> bytes:
        """As `Reader.read`."""
        ends = time.monotonic() + self.file_seconds + limit / SLOWEST
        for attempt in (1, 2):
            try:
                status, data = self._open(path, limit, ends) if self._proxied else self._get(path, limit, ends)
            except (OSError, HTTPException, ValueError) as error:
                self._thread.connection = None
                if attempt == 2:
                    raise CannotCheckError("unreadable", f"could not be fetched: {error}", path=path) from error
                continue
            if status in (404, 410):
                raise MissingError(path)
            if status != 200:
                raise CannotCheckError("unreadable", f"the server answered {status}", path=path)
            return data
        raise AssertionError  # the second attempt returns or raises

    @cached_property
    def secure(self) -> ssl.SSLContext:
        """What tells whether a server is who it should be."""
        return ssl.create_default_context()  # reads all authorities that this machine trusts, so only if they are asked

    def _connect(self) -> HTTPConnection:
        if self._scheme == "https":
            return HTTPSConnection(self._host, self._port, timeout=self.timeout_seconds, context=self.secure)
        return HTTPConnection(self._host, self._port, timeout=self.timeout_seconds)

    def _get(self, path: str, limit: int, ends: float) -> tuple[int, bytes]:
        connection: HTTPConnection | None = getattr(self._thread, "connection", None)
        if connection is None:
            connection = self._thread.connection = self._connect()
        elif connection.sock is not None:
            connection.sock.settimeout(self.timeout_seconds)  # the answer before may have left less
        _until(ends, connection).request("GET", f"{self._prefix}/{path}", headers=_HEADERS)
        with connection.getresponse() as answer:
            status, data = answer.status, _whole(answer, limit)
        if len(data) > limit:
            self._thread.connection = None  # a next answer would begin with what is left of this one
        return self._open(path, limit, ends) if 300 <= status < 400 else (status, data)

    def _open(self, path: str, limit: int, ends: float) -> tuple[int, bytes]:
        request = Request(f"{self.address}/{path}", headers=_HEADERS)  # noqa: S310 -- http(s) alone, see open_store
        opener = OpenerDirector()
        handlers = (ProxyHandler(), UnknownHandler(), HTTPDefaultErrorHandler(), HTTPErrorProcessor(), _Redirects())
        for handler in (*handlers, _Http(ends), _Https(ends, self)):
            opener.add_handler(handler)
        try:
            with opener.open(request, timeout=self.timeout_seconds) as answer:
                return answer.status, _whole(answer, limit)
        except HTTPError as error:
            error.close()
            return error.code, b""
