"""Key files in `DATA.keys` and `DATA.offline`: made durable before use, destroyed for good."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from tlog.store import fsync_folder
from tuidang.kernel.errors import DamagedError
from tuidang.kernel.places import private_folder
from tuidang.kernel.randomness import random_bytes


class KeyFiles:
    """Secrets as files of one folder, by name. A file is made whole or not at all, and never replaced."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def make(self, name: str, secret: bytes) -> bytes:
        """Stores `secret` under `name` durably and returns it; if another process was first, returns what that one stored."""
        folder = private_folder(self._folder)
        temporary = folder / f".{name}.{random_bytes(6).hex()}"
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(temporary, folder / name)
        temporary.unlink()
        fsync_folder(folder)
        return self.read(name)

    def read(self, name: str) -> bytes:
        """The secret. Raises DamagedError if there is none."""
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            raise DamagedError(f"the key {name} is not in {self._folder.name}; what it encrypted cannot be read without it") from None

    def has(self, name: str) -> bool:
        """Whether there is such a key."""
        return (self._folder / name).exists()

    def names(self, prefix: str) -> list[str]:
        """Names of the keys that begin with `prefix`, sorted."""
        if not self._folder.exists():
            return []
        return sorted(path.name for path in self._folder.iterdir() if path.name.startswith(prefix))

    def destroy(self, name: str) -> None:
        """Overwrites and removes the key, and what a kill left of its making. No error if it is gone already: a crash makes us come back."""
        for path in [*self._folder.glob(f".{name}.*"), self._folder / name]:
            try:
                handle = os.open(path, os.O_WRONLY)
            except FileNotFoundError:
                continue
            with os.fdopen(handle, "wb") as file:
                file.write(bytes(os.fstat(file.fileno()).st_size))
                file.flush()
                os.fsync(file.fileno())
            path.unlink(missing_ok=True)
            fsync_folder(self._folder)
