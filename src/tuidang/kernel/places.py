"""Where things lie on disk. Beside the data folder `DATA` stand `DATA.keys`, `DATA.lock`, `DATA.signer` and `DATA.offline`.

They are apart so that a copy of `DATA` opens nothing, and that a restored copy does not bring back an older lock.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Places:
    """All folders of one installation, from its data folder."""

    data: Path

    def _beside(self, ending: str) -> Path:
        return self.data.with_name(f"{self.data.name}.{ending}")

    @property
    def database(self) -> Path:
        """SQLite's file."""
        return self.data / "db.sqlite3"

    @property
    def newsletter(self) -> Path:
        """SQLite's file with the newsletter's readers, apart from everything else."""
        return self.data / "newsletter.sqlite3"

    @property
    def ledger(self) -> Path:
        """The public log."""
        return self.data / "ledger"

    @property
    def stage(self) -> Path:
        """Batches between their making and their row move, encrypted."""
        return self.data / "stage"

    @property
    def pages(self) -> Path:
        """Pages rendered ahead, served as files."""
        return self.data / "pages"

    @property
    def media(self) -> Path:
        """Pictures and documents of the newsroom, by their digests."""
        return self.data / "media"

    @property
    def keys(self) -> Path:
        """Day keys, promise key, keys of forms and clients. In no plain backup."""
        return self._beside("keys")

    @property
    def lock(self) -> Path:
        """What the signer signed last. In no backup at all."""
        return self._beside("lock")

    @property
    def signer(self) -> Path:
        """The log key and the signer's socket."""
        return self._beside("signer")

    @property
    def offline(self) -> Path:
        """The keys that open sealed records for audits; a real register moves them away from the machine."""
        return self._beside("offline")

    @property
    def signer_socket(self) -> Path:
        """Where the signer listens."""
        return self.signer / "signer.sock"


def places() -> Places:
    """The places of this process: `TUIDANG_DATA`, else `data` in the current folder."""
    return _places(os.environ.get("TUIDANG_DATA", "data"))


@cache
def _places(data: str) -> Places:
    # Once: resolving asks the disk, and a thread that asks lets go of the interpreter and waits for it again, in every request.
    return Places(Path(data).resolve())


def note_address(site: str) -> None:
    """Remembers where the site of this data folder is served, like `http://127.0.0.1:8000`, for commands that print addresses."""
    (places().data / "address").write_text(site)


def noted_address() -> str:
    """Where the site was last served; empty if it never was."""
    path = places().data / "address"
    return path.read_text() if path.exists() else ""


def private_folder(folder: Path) -> Path:
    """Makes `folder` for this user alone, if it is not there; returns it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
