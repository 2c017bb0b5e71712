"""Where a log lies: a folder, or a web address with the same paths below it.

`Reader` is all that verifying needs. `Folder` also writes: a file once written is never overwritten, and is durable before the call
returns.
"""

from __future__ import annotations

import contextlib
import errno
import os
import threading
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Protocol
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, getproxies, proxy_bypass, urlopen

from tlog.errors import CannotCheckError, InvalidError, MissingError

LARGEST = 256 * 1024 * 1024
"""No file of a log is larger (a bitmap over two thousand million entries)."""


_HEADERS = {"User-Agent": "tlog-verify"}


class Reader(Protocol):
    """The contract: `read` returns the whole file, raises MissingError if it is not there, CannotCheckError if it cannot be read."""

    def read(self, path: str) -> bytes:
        """The file at `path`, relative to the log."""
        ...


def fsync_folder(folder: Path) -> None:
    """Makes renames and new names in `folder` durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_durably(target: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Replaces `target` by `data` in one step that survives a crash: temporary file, fsync, rename, fsync of the folder."""
    _write_temporary(target, data, mode).replace(target)
    fsync_folder(target.parent)


def _write_temporary(target: Path, data: bytes, mode: int) -> Path:
    """`data`, synced, in a file beside `target` that no reader looks at."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}.{os.urandom(4).hex()}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    return temporary


def _read_whole(handle: int) -> bytes:
    left = os.fstat(handle).st_size
    if left > LARGEST:
        raise OSError(errno.EFBIG, "larger than any file of a log can be")
    parts = []
    while part := os.read(handle, left + 1):
        parts.append(part)
        left = max(0, left - len(part))
    return b"".join(parts)


class Folder:
    """A log in a folder on disk."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, path: str) -> bytes:
        """As `Reader.read`."""
        # Not Path.read_bytes: a recount reads two files for 256 entries, and would spend half as long again on building paths.
        try:
            handle = os.open(f"{self.root}/{path}", os.O_RDONLY)
            try:
                return _read_whole(handle)
            finally:
                os.close(handle)
        except (FileNotFoundError, NotADirectoryError):
            raise MissingError(path) from None
        except OSError as error:
            raise CannotCheckError("unreadable", error.strerror or "cannot be read", path=path) from error

    def write_new(self, path: str, data: bytes) -> None:
        """Writes `data` to `path`, which must not hold anything else: the same bytes again are fine, since a crash makes us write again.

        Raises InvalidError("bundle") if other bytes are there: a log never overwrites.
        """
        target = self.root / path
        if target.exists():
            if target.read_bytes() == data:
                return
            raise InvalidError("bundle", "other bytes are there already; a log never overwrites", path=path)
        self._make_folder(target.parent)
        write_durably(target, data)

    def write_all_new(self, files: dict[str, bytes]) -> None:
        """As `write_new` for many files: all are durable before the call returns, and folders are synced once each."""
        renames = []
        for path, data in files.items():
            target = self.root / path
            if target.exists():
                self.write_new(path, data)
                continue
            self._make_folder(target.parent)
            renames.append((_write_temporary(target, data, 0o644), target))
        for temporary, target in renames:
            temporary.replace(target)
        for folder in {target.parent for _, target in renames}:
            fsync_folder(folder)

    def _make_folder(self, folder: Path) -> None:
        missing = []
        while not folder.exists():
            missing.append(folder)
            folder = folder.parent
        for new in reversed(missing):
            new.mkdir(exist_ok=True)
            fsync_folder(new.parent)


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
            status, data = answer.status, answer.read(LARGEST + 1)
        if not answer.isclosed() or len(data) > LARGEST:
            self._thread.connection = None  # a next answer would begin with what is left of this one
        return self._open(path) if 300 <= status < 400 else (status, data)

    def _open(self, path: str) -> tuple[int, bytes]:
        request = Request(f"{self.address}/{path}", headers=_HEADERS)  # noqa: S310 -- http(s) alone, see open_store
        try:
            with urlopen(request, timeout=self.timeout_seconds) as answer:  # noqa: S310 -- the same
                return answer.status, answer.read(LARGEST + 1)
        except HTTPError as error:
            return error.code, b""


def open_store(where: str) -> Folder | Web:
    """A folder path or an http(s) address. Raises CannotCheckError("missing") if the folder is not there."""
    if where.startswith(("http://", "https://")):
        return Web(where)
    folder = Path(where)
    if not folder.is_dir():
        raise CannotCheckError("missing", f"there is no folder {where}")
    return Folder(folder)
