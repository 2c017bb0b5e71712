"""Files served before Django sees the request: the ledger, styles, pages rendered ahead, pictures and documents.

Only paths of a fixed form reach the disk, so no request can name a file that is not meant to be public.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tuidang.config.environment import is_onion
from tuidang.config.headers import ONION, SECURITY_HEADERS
from tuidang.design.assets import Asset, assets

Start = Callable[..., Any]
Application = Callable[[dict[str, Any], Start], Iterable[bytes]]

_TILE = r"tile/(?:entries|[0-9]|[1-5][0-9]|6[0-3])/(?:x[0-9]{3}/)*[0-9]{3}(?:\.p/[1-9][0-9]{0,2})?"
_IMMUTABLE = re.compile(rf"/ledger/({_TILE}|list/[0-9a-f]{{64}}|turn/[0-9]+)")
_CHANGING = re.compile(r"/ledger/(checkpoint|log\.vkey)")
_MEDIA = re.compile(r"/media/((?:card-)?[0-9a-f]{64}(?:-[1-9][0-9]{0,3})?\.(jpg|png|pdf|epub|txt))")
_PAGE = re.compile(r"/(en|zh-hans|zh-hant)/")
_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")
_TEXT = "text/plain; charset=utf-8"


def _headers(kind: str, cache: str, *, shared: bool) -> list[tuple[str, str]]:
    extra = [("Content-Type", kind), ("Cache-Control", cache)]
    origin = [("Cross-Origin-Resource-Policy", "cross-origin" if shared else "same-origin")]
    return [*SECURITY_HEADERS, *extra, *origin, *([("Access-Control-Allow-Origin", "*")] if shared else [])]


_FOR_EVER = "public, max-age=31536000, immutable"
_SANDBOX = ("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'")
_PICTURES = {"jpg": "image/jpeg", "png": "image/png"}
_DOCUMENTS = {"pdf": "application/pdf", "epub": "application/epub+zip", "txt": "text/plain; charset=utf-8"}


def _document_headers(kind: str) -> list[tuple[str, str]]:
    """To be saved, not opened here: and if a browser opens it all the same, as a page that may do nothing."""
    rest = [one for one in _headers(kind, _FOR_EVER, shared=False) if one[0] != _SANDBOX[0]]
    return [*rest, _SANDBOX, ("Content-Disposition", "attachment")]


_MEDIA_HEADERS = {ending: _headers(kind, _FOR_EVER, shared=False) for ending, kind in _PICTURES.items()} | {
    ending: _document_headers(kind) for ending, kind in _DOCUMENTS.items()
}
_HEADERS = {
    "immutable": _headers("application/octet-stream", _FOR_EVER, shared=True),
    "changing": _headers(_TEXT, "public, max-age=5", shared=True),
    "page": [*_headers("text/html; charset=utf-8", "no-cache", shared=False), ("Vary", "Accept-Encoding")],
}


class Files:
    """A WSGI application that answers GET and HEAD for files, and hands everything else on."""

    def __init__(self, application: Application, *, ledger: Path, pages: Path, media: Path, onion: str = "") -> None:
        self._application = application
        self._onion = onion
        self._ledger = ledger
        self._pages = pages
        self._media = media
        self._assets = assets()

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        """The file that the path names, else what the application answers."""
        if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            found = self._find(environ["PATH_INFO"], environ)
            if found is not None:
                body, headers = found
                start_response("200 OK", [*headers, ("Content-Length", str(len(body)))])
                return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
        return self._application(environ, start_response)

    def _find(self, path: str, environ: dict[str, Any]) -> tuple[bytes, list[tuple[str, str]]] | None:
        if path in self._assets:
            return _asset(self._assets[path], environ)
        if page := _PAGE.fullmatch(path):
            return self._page(page.group(1), environ)
        if media := _MEDIA.fullmatch(path):
            body = _read(self._media / media.group(1))
            return None if body is None else (body, _MEDIA_HEADERS[media.group(2)])
        for pattern, kind in ((_IMMUTABLE, "immutable"), (_CHANGING, "changing")):
            if match := pattern.fullmatch(path):
                body = _read(self._ledger / match.group(1))
                return None if body is None else (body, _HEADERS[kind])
        return None

    def _page(self, language: str, environ: dict[str, Any]) -> tuple[bytes, list[tuple[str, str]]] | None:
        if environ.get("QUERY_STRING"):
            return None
        headers = _HEADERS["page"]
        if self._onion and not is_onion(environ.get("HTTP_HOST", "")):
            headers = [*headers, (ONION, f"{self._onion}/{language}/")]
        if _takes_gzip(environ):
            body = _read(self._pages / language / "index.html.gz")
            return None if body is None else (body, [*headers, ("Content-Encoding", "gzip")])
        body = _read(self._pages / language / "index.html")
        return None if body is None else (body, headers)


def _takes_gzip(environ: dict[str, Any]) -> bool:
    return bool(_GZIP.search(environ.get("HTTP_ACCEPT_ENCODING", "")))


def _asset(asset: Asset, environ: dict[str, Any]) -> tuple[bytes, list[tuple[str, str]]]:
    headers = [*_headers(asset.content_type, asset.cache_control, shared=False), ("Vary", "Accept-Encoding")]
    if _takes_gzip(environ):
        return asset.compressed, [*headers, ("Content-Encoding", "gzip")]
    return asset.body, headers


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:  # not there, or a name that no disk can hold: Django answers
        return None
