"""Site and signer as processes of this machine: what must be there first, starting, and ending in order.

One supervisor a data folder holds `DATA/running` locked; the site holds the same lock, so it stays held while a site lives whose
supervisor was killed. Children get SIGTERM from the kernel when the supervisor dies, however it dies; a worker of the site is killed with
the process that started it, for two sites on one data folder would be two writers.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn, Self

from django.conf import settings
from django.core.management import call_command
from django.db import connections, transaction

from tlog.signer_client import SignerError
from tuidang.kernel.errors import BusyError, SetUpError
from tuidang.kernel.places import places, private_folder
from tuidang.kernel.processes import end_with_parent
from tuidang.ledger import adapters, founding, sealing

SIGNER_SECONDS = 15
SITE_SECONDS = 30
STOP_SECONDS = 10
WATCH_SECONDS = 0.5
CALM_SECONDS = 5
"""A child that ends by itself sooner than this after its start is not started again."""
RUNNING = "running"
"""The lock in the data folder; it holds the supervisor's number."""
_ENDING = (signal.SIGTERM, signal.SIGINT)


def prepare(origin: str) -> None:
    """Tables, keys and folders for the log `origin`; what is there stays as it is. Raises SetUpError."""
    prepare_tables()
    founding.found(origin=origin)


def prepare_tables() -> None:
    """The data folder and its tables, as this version of the program wants them."""
    private_folder(places().data)
    for alias in settings.DATABASES:
        # All or nothing: Django notes some migrations after their own transaction, and a kill in between would leave tables that the next
        # start makes once more, and fails.
        connections[alias].disable_constraint_checking()  # SQLite cannot do so inside a transaction
        try:
            with transaction.atomic(using=alias):
                call_command("migrate", database=alias, verbosity=0, interactive=False)
        finally:
            connections[alias].enable_constraint_checking()


def new_origin(kind: str) -> str:
    """The origin of this folder's log, or a fresh one that begins with `kind` (standing.TRIAL, standing.DEMO)."""
    key = founding.log_key(places())
    if key is not None:
        return key.name
    hosts = settings.ENVIRONMENT.hosts
    return f"{hosts[0]}/ledger" if hosts else f"{kind}{secrets.token_hex(4)}"


def seal_founding() -> None:
    """Seals the first entries if nothing is sealed yet, so that there is a checkpoint from the start."""
    if adapters.head().size == 0:
        try:
            sealing.seal(force=True)
        except BusyError as error:
            raise SetUpError(f"the first entries could not be sealed: {error}") from error


@contextmanager
def hold_data_folder() -> Iterator[int]:
    """Holds the data folder for this supervisor; yields the lock's descriptor, for the site. Raises SetUpError if another one has it."""
    path = private_folder(places().data) / RUNNING
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 20).decode("ascii", "replace").strip() or "unknown"
            raise SetUpError(
                f"{places().data} is being served already, by process {holder}; end that one first, or choose another folder with --data"
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield handle
    finally:
        os.close(handle)


def check_free(port: int) -> None:
    """Raises SetUpError if someone listens at the port: the server would share it silently."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise SetUpError(f"port {port} needs more rights than you have; choose one from 1024 on with --port") from None
        except OSError:
            raise SetUpError(f"port {port} on 127.0.0.1 is in use; choose another with --port") from None


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def port_number(text: str) -> int:
    """An argument that is a port. Raises ArgumentTypeError."""
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return int(text)


def shown(folder: Path) -> str:
    """A folder as a person in the current one would name it."""
    try:
        return f"./{folder.relative_to(Path.cwd())}"
    except ValueError:
        return str(folder)


def _begin_child() -> None:
    # Runs in the child before its program starts.
    end_with_parent(signal.SIGTERM)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Signals wait meanwhile: between its fork and its return, a start drops what a handler raises, and the child with it."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)


class Child:
    """A program that is ended with us: in a session of its own, so that Ctrl-C reaches us alone and we end things in order."""

    def __init__(
        self, command: list[str], *, environment: dict[str, str] | None = None, keep: int | None = None, log: IO[bytes] | None = None
    ) -> None:
        """Starts it. `keep` is a descriptor that it inherits; `log` takes its standard error."""
        self.started = time.monotonic()
        with _uninterrupted():
            self.process = subprocess.Popen(  # noqa: S603  the command is ours
                command,
                env=environment,
                pass_fds=() if keep is None else (keep,),
                stderr=log,
                start_new_session=True,
                preexec_fn=_begin_child,  # noqa: PLW1509  the supervisor has no other threads when it starts a child
            )

    def ended(self) -> bool:
        """Whether it is gone."""
        return self.process.poll() is not None

    def stop(self) -> None:
        """Ends it: asked first, killed if it does not listen."""
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class SignerProcess:
    """The signer as a child process: started if nobody answers at its socket, ended with us."""

    def __init__(self, log: IO[bytes] | None = None) -> None:
        self._log = log
        self._child: Child | None = None

    def __enter__(self) -> Self:
        if not signer_answers():
            self._start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._child is not None:
            self._child.stop()

    def _start(self) -> None:
        at = places()
        command = [sys.executable, "-m", "tlog.signer", "--keys", str(at.signer), "--lock", str(at.lock), "serve"]
        self._child = Child(command, log=self._log)
        deadline = time.monotonic() + SIGNER_SECONDS
        while not signer_answers():
            if self._child.ended() or time.monotonic() > deadline:
                self._child.stop()
                raise SetUpError("the signer did not start; see what it said above")
            time.sleep(0.05)

    def revive(self) -> None:
        """Starts it again if it was ours and is gone. Killed at any point it has lost nothing."""
        if self._child is not None and self._child.ended():
            _say("the signer ended by itself and is started again")
            self._start()


@contextmanager
def signer_for_now() -> Iterator[None]:
    """A signer for as long as this lasts: the one that runs, or one of our own, which nobody else comes to rely on meanwhile.

    Raises SetUpError.
    """
    if signer_answers():
        yield
        return
    with hold_data_folder(), SignerProcess():
        yield


def is_served() -> bool:
    """Whether a supervisor, or a site whose supervisor was killed, holds the data folder."""
    try:
        with (places().data / RUNNING).open("rb") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def signer_answers() -> bool:
    """Whether a signer answers at this data folder's socket."""
    try:
        adapters.signer().status()
    except SignerError:
        return False
    return True


def site_command(port: int) -> list[str]:
    """The command that serves the site. SQLite: one process, the one writer, with its loops as threads."""
    sqlite = not settings.ENVIRONMENT.database_url
    # More than may read bodies at once (config.bodies), or wait for the writer (kernel.writer): files and pages find one free.
    workers, threads = (1, 32) if sqlite else (2, 24)
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    bounds = ["--workers", str(workers), "--blocking-threads", str(threads), "--http", "1", "--no-ws", "--workers-kill-timeout", "5s"]
    return [*granian, *bounds, "--no-access-log", "--log-level", "error", "tuidang.config.wsgi:application"]


def start_site(port: int, *, lock: int, loops: bool = True) -> Child:
    """Starts the site; `lock` is what `hold_data_folder` yielded. Without `loops`, somebody else does what they do."""
    environment = {**os.environ, "TUIDANG_SUPERVISED": "1", "TUIDANG_LOOPS": "1" if loops else "0", "TUIDANG_DATA": str(places().data)}
    return Child(site_command(port), environment=environment, keep=lock)


def wait_for_site(site: Child, port: int) -> None:
    """Returns when the site answers. Raises SetUpError if it ends instead, or says nothing for half a minute."""
    deadline = time.monotonic() + SITE_SECONDS
    while not _site_answers(port):
        check_not_ended()
        if site.ended() or time.monotonic() > deadline:
            raise SetUpError("the site did not start; see what it said above")
        time.sleep(0.05)


def _site_answers(port: int) -> bool:
    line = HTTPConnection("127.0.0.1", port, timeout=SITE_SECONDS)
    try:
        line.request("GET", "/livez")
        return line.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        line.close()


def serve(port: int, *, lock: int, signer: SignerProcess, announce: Callable[[], None]) -> NoReturn:
    """Serves until Ctrl-C or SIGTERM, and starts again what was killed meanwhile. Raises KeyboardInterrupt, SetUpError.

    `announce` is called once the site answers.
    """
    site = start_site(port, lock=lock)
    try:
        wait_for_site(site, port)
        announce()
        while True:
            check_not_ended()
            time.sleep(WATCH_SECONDS)
            signer.revive()
            if not site.ended():
                continue
            if time.monotonic() - site.started < CALM_SECONDS:
                raise SetUpError(f"the site ended by itself (code {site.process.returncode}); see what it said above")
            _say("the site ended by itself and is started again")
            site = start_site(port, lock=lock)
    finally:
        site.stop()


_asked_to_end: list[int] = []


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """SIGTERM ends this process as Ctrl-C does: in order, whatever it is doing."""

    def interrupt(number: int, _: FrameType | None) -> None:
        # Python drops what is raised where nobody can catch it, in a finaliser for one: so it is noted too.
        _asked_to_end.append(number)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def check_not_ended() -> None:
    """Raises KeyboardInterrupt if a signal was lost."""
    if _asked_to_end:
        raise KeyboardInterrupt


def _say(text: str) -> None:
    sys.stderr.write(f"tuidang: {text}\n")
    sys.stderr.flush()
