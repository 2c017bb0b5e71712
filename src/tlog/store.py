"""Where a log lies: a folder, or a web address with the same paths below it (`web`).

`Reader` is all that verifying needs. `Folder` also writes: a file once written is never overwritten, and is durable before the call
returns.
"""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path
from typing import Protocol

from tlog.errors import CannotCheckError, InvalidError, MissingError

LARGEST = 256 * 1024 * 1024
"""No file of a log is larger (a bitmap over two thousand million entries)."""


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
    while left > 0 and (part := os.read(handle, left)):
        parts.append(part)
        left -= len(part)
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


def open_store(where: str) -> Reader:
    """A folder path or an http(s) address. Raises CannotCheckError("missing") if the folder is not there."""
    if where.startswith(("http://", "https://")):
        from tlog.web import Web  # a third of what a recount from a folder would spend to start

        return Web(where)
    folder = Path(where)
    if not folder.is_dir():
        raise CannotCheckError("missing", f"there is no folder {where}")
    return Folder(folder)
