"""Registers that can be copied, and processes in them that can be killed.

One process has Django set up and holds no connection; everything else is done in children that it forks, each in the register it is told. A
register is a folder with `data` and its neighbours in it, and on PostgreSQL a database of its own.

The disk is not waited for: kill -9 loses nothing that the kernel has been told. What is synced when counts as a write all the same (`death`).
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.db import connection, connections

from tlog import signer
from tlog.signer_client import SignerError
from tuidang.config.environment import postgresql
from tuidang.kernel.places import places
from tuidang.ledger import adapters

NEIGHBOURS = ("data", "data.keys", "data.lock", "data.signer", "data.offline")
PATIENCE_SECONDS = 60
KILLED = -signal.SIGKILL


@dataclass(frozen=True, slots=True)
class World:
    """One register. `url` is empty on SQLite."""

    folder: Path
    url: str

    def _admin(self, statement: str) -> None:
        address, _, query = self.url.partition("?")
        with psycopg.connect(f"{address.rpartition('/')[0]}/postgres?{query}", autocommit=True) as admin:
            admin.execute(statement.encode())

    @property
    def database(self) -> str:
        """The name of its database."""
        return self.url.partition("?")[0].rpartition("/")[2]

    def copy(self, name: str) -> World:
        """A copy of all of it as it stands, as of a machine that is switched off."""
        folder = self.folder.with_name(name)
        shutil.copytree(self.folder, folder, ignore=shutil.ignore_patterns("signer.sock"))
        if not self.url:
            return World(folder, "")
        copied = World(folder, self.url.replace(f"/{self.database}?", f"/{self.database.partition('__')[0]}__{name}?"))
        self.take_database_of(copied, into=copied.database, of=self.database)
        return copied

    def take_database_of(self, other: World, *, into: str, of: str) -> None:
        """Replaces the database `into` by a copy of `of`."""
        if not other.url:
            return
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                self._admin(f'DROP DATABASE IF EXISTS "{into}" WITH (FORCE)')
                self._admin(f'CREATE DATABASE "{into}" TEMPLATE "{of}"')
            except psycopg.errors.ObjectInUse:
                # The server has not noticed yet that a killed process is gone.
                assert time.monotonic() < deadline
                time.sleep(0.02)
            else:
                return

    def restore(self, older: World, *parts: str) -> None:
        """Replaces `parts` by those of `older`: names of folders beside and below `folder`, and `database`."""
        for part in parts:
            if part == "database" and self.url:
                self.take_database_of(self, into=self.database, of=older.database)
            elif part == "database":
                for file in (self.folder / "data").glob("db.sqlite3*"):
                    file.unlink()
                for file in (older.folder / "data").glob("db.sqlite3*"):
                    shutil.copy2(file, self.folder / "data" / file.name)
            else:
                shutil.rmtree(self.folder / part, ignore_errors=True)
                if (older.folder / part).exists():
                    shutil.copytree(older.folder / part, self.folder / part, ignore=shutil.ignore_patterns("signer.sock"))

    def remove(self) -> None:
        """Takes it off the disk and the server."""
        shutil.rmtree(self.folder)
        if self.url:
            self._admin(f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)')

    def enter(self) -> None:
        """Makes this process one of this register."""
        os.environ["TUIDANG_DATA"] = str(self.folder / "data")
        os.environ["TUIDANG_CLOCK_FILE"] = str(self.folder / "clock")
        os.fsync = lambda _: None
        if self.url:
            connection.settings_dict.update(postgresql(self.url))
        else:
            connection.settings_dict["NAME"] = str(self.folder / "data" / "db.sqlite3")
            connection.settings_dict["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"
        connections["newsletter"].settings_dict["NAME"] = str(self.folder / "data" / "newsletter.sqlite3")

    def start(self, work: Callable[[], object]) -> int:
        """Forks a process that does `work` in this register; returns its id. What it raises is in `error`."""
        sys.stdout.flush()
        child = os.fork()
        if child:
            return child
        try:
            self.enter()
            work()
        except BaseException:  # noqa: BLE001 -- told to whoever waits
            (self.folder / "error").write_text(traceback.format_exc())
            os._exit(1)
        os._exit(0)

    def run(self, work: Callable[[], object]) -> int:
        """As `start`; waits, and returns the exit code, negative for a signal. Raises AssertionError with what the process raised."""
        code = wait(self.start(work))
        assert code != 1, (self.folder / "error").read_text()
        return code

    @contextmanager
    def signing(self, first: Callable[[], object] = lambda: None) -> Iterator[int]:
        """The signer of this register, as a process that does `first` before it serves; killed at the end. Yields its id."""
        child = self.start(lambda: (first(), _serve()))
        try:
            self.wait_for_signer(child)
            yield child
        finally:
            kill(child)

    def wait_for_signer(self, child: int) -> None:
        """Returns when it answers, or is gone."""
        os.environ["TUIDANG_DATA"] = str(self.folder / "data")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                adapters.signer().status()
            except SignerError:
                if not alive(child):
                    return
                time.sleep(0.005)
            else:
                return
        raise AssertionError("the signer does not answer")


def _serve() -> None:
    at = places()
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    signer.serve(signer.load(at.signer, at.lock), at.signer_socket)


def wait(child: int) -> int:
    """The exit code, negative for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def alive(child: int) -> bool:
    """Whether the process is still running. It stays to be waited for."""
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None


def kill(child: int) -> None:
    """kill -9."""
    os.kill(child, signal.SIGKILL)
    wait(child)
