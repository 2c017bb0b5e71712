"""Where a log lies: a folder, or a web address with the same paths below it (`web`).

`Reader` is all that verifying needs. `Folder` also writes: a file once written is never overwritten, and is durable before the call
returns. Its file system needs hard links, which alone can put a whole file in a place and refuse if there is one.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from tlog.errors import CannotCheckError, InvalidError, MissingError
from tlog.files import read_regular

LARGEST = 256 * 1024 * 1024
"""No file of a log is larger (a bitmap over 2³¹ entries); most kinds are held to less by whoever reads them."""

_TEMPORARY = re.compile(r"\..+\.[0-9]+\.[0-9a-f]{8}")


class Reader(Protocol):
    """The contract: `read` returns the whole file, raises MissingError if it is not there, CannotCheckError if it cannot be read."""

    def read(self, path: str, limit: int = LARGEST) -> bytes:
        """The file at `path`, relative to the log; of one that has more than `limit` bytes, the first `limit` + 1."""
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
    with _temporary(target, data, mode) as temporary:
        temporary.replace(target)
    fsync_folder(target.parent)


def _link_new(target: Path, data: bytes) -> bool:
    """Puts `data` at `target` unless something is there; whether it did."""
    with _temporary(target, data, 0o644) as temporary:
        try:
            os.link(temporary, target)
        except FileExistsError:
            return False
        finally:
            temporary.unlink()
    return True


@contextlib.contextmanager
def _temporary(target: Path, data: bytes, mode: int) -> Iterator[Path]:
    """`data`, synced, in a file beside `target` that no reader looks at. The caller renames it, or removes it; else it is removed here."""
    handle, temporary = _make_temporary(target, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            yield temporary
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def _make_temporary(target: Path, mode: int) -> tuple[int, Path]:
    """A new file, open, and its path. Its flock, held until it is closed, tells `sweep` that its writer lives."""
    while True:
        path = target.with_name(f".{target.name}.{os.getpid()}.{os.urandom(4).hex()}")
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        if _taken(handle) and path.exists():
            return handle, path
        os.close(handle)  # a sweeper came between making and locking it


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def sweep(folder: Path) -> None:
    """Removes the temporaries that killed writers left in `folder`; those of living ones stay."""
    for left in folder.glob(".*"):
        if _TEMPORARY.fullmatch(left.name):
            with contextlib.suppress(OSError):
                _remove_abandoned(left)


def _remove_abandoned(temporary: Path) -> None:
    handle = os.open(temporary, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        if _taken(handle):
            temporary.unlink()
    finally:
        os.close(handle)


class Folder:
    """A log in a folder on disk."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, path: str, limit: int = LARGEST) -> bytes:
        """As `Reader.read`. Raises CannotCheckError for what is no regular file."""
        # Not Path.read_bytes: a recount reads two files for 256 entries, and would spend half as long again on building paths.
        try:
            return read_regular(f"{self.root}/{path}", limit)
        except (FileNotFoundError, NotADirectoryError):
            raise MissingError(path) from None
        except (OSError, ValueError) as error:  # ValueError: a zero byte in a path
            raise CannotCheckError("unreadable", getattr(error, "strerror", None) or "cannot be read", path=path) from error

    def write_new(self, path: str, data: bytes) -> None:
        """Writes `data` to `path`, which must not hold anything else: the same bytes again are fine, since a crash makes us write again.

        Raises InvalidError("bundle") if other bytes are there: a log never overwrites, not even when two write at once.
        """
        self.write_all_new({path: data})

    def write_all_new(self, files: dict[str, bytes]) -> None:
        """As `write_new` for many files: all are durable before the call returns, and folders are synced once each.

        What killed writers left in these folders and in the log's own goes first.
        """
        folders = {(self.root / path).parent for path in files}
        for folder in sorted(folders):
            self._make_folder(folder)
        for folder in folders | {self.root}:
            sweep(folder)
        for path, data in files.items():
            self._write_once(path, data)
        # Also where all was there: whoever wrote it may have been killed before its names were durable.
        for folder in folders:
            fsync_folder(folder)

    def _write_once(self, path: str, data: bytes) -> None:
        target = self.root / path
        written = not target.exists() and _link_new(target, data)
        if not written and target.read_bytes() != data:
            raise InvalidError("bundle", "other bytes are there already; a log never overwrites", path=path)

    def _make_folder(self, folder: Path) -> None:
        missing = []
        while not folder.exists():
            missing.append(folder)
            folder = folder.parent
        for new in reversed(missing):
            new.mkdir(exist_ok=True)
            fsync_folder(new.parent)


def is_address(where: str) -> bool:
    """Whether `where` is meant as a web address."""
    return where[:8].lower().startswith(("http://", "https://"))


def open_store(where: str) -> Reader:
    """A folder path or an http(s) address. Raises CannotCheckError("missing") if the folder is not there."""
    if is_address(where):
        from tlog.web import Web  # a third of what a recount from a folder would spend to start

        return Web(where)
    folder = Path(where)
    if not folder.is_dir():
        raise CannotCheckError("missing", f"there is no folder {where}")
    return Folder(folder)
