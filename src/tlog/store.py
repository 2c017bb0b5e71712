"""Where a log lies: a folder, or a web address with the same paths below it.

`Reader` is all that verifying needs. `Folder` also writes: a file once written is never overwritten, and is durable before the call returns.
"""

from __future__ import annotations

import contextlib
import os
import urllib.error
import urllib.request
from pathlib import Path
from typing import Protocol

from tlog.errors import CannotCheckError, InvalidError, MissingError

LARGEST = 256 * 1024 * 1024
"""No file of a log is larger (a bitmap over two thousand million entries)."""


class Reader(Protocol):
    """The contract: `read` returns the whole file, raises MissingError if it is not there, CannotCheckError if it cannot be read."""

    def read(self, path: str) -> bytes: ...


def fsync_folder(folder: Path) -> None:
    """Makes renames and new names in `folder` durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_durably(target: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Replaces `target` by `data` in one step that survives a crash: temporary file, fsync, rename, fsync of the folder."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}.{os.urandom(4).hex()}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    fsync_folder(target.parent)


class Folder:
    """A log in a folder on disk."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, path: str) -> bytes:
        try:
            return (self.root / path).read_bytes()
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

    def _make_folder(self, folder: Path) -> None:
        missing = []
        while not folder.exists():
            missing.append(folder)
            folder = folder.parent
        for new in reversed(missing):
            new.mkdir(exist_ok=True)
            fsync_folder(new.parent)


class Web:
    """A log at a web address. No redirects to other hosts are followed beyond what urllib does; one retry on a broken connection."""

    def __init__(self, address: str, *, timeout_seconds: float = 30) -> None:
        self.address = address.rstrip("/")
        self.timeout_seconds = timeout_seconds

    def read(self, path: str) -> bytes:
        request = urllib.request.Request(f"{self.address}/{path}", headers={"User-Agent": "tlog-verify"})
        for attempt in (1, 2):
            try:
                with urllib.request.urlopen(request, timeout=self.timeout_seconds) as answer:
                    data: bytes = answer.read(LARGEST + 1)
                    if len(data) > LARGEST:
                        raise CannotCheckError("unreadable", "larger than any file of a log can be", path=path)
                    return data
            except urllib.error.HTTPError as error:
                if error.code in (404, 410):
                    raise MissingError(path) from None
                raise CannotCheckError("unreadable", f"the server answered {error.code}", path=path) from error
            except (OSError, ValueError) as error:
                if attempt == 2:
                    raise CannotCheckError("unreadable", f"could not be fetched: {error}", path=path) from error
        raise AssertionError  # the second attempt returns or raises


def open_store(where: str) -> Folder | Web:
    """A folder path or an http(s) address. Raises CannotCheckError("missing") if the folder is not there."""
    if where.startswith(("http://", "https://")):
        return Web(where)
    folder = Path(where)
    if not folder.is_dir():
        raise CannotCheckError("missing", f"there is no folder {where}")
    return Folder(folder)
