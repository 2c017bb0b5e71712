"""`tuidang run`: set up what is missing, start the signer, seal the founding entries, serve the site."""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.core.management import call_command

from tlog.signer_client import SignerError
from tuidang.accounts import actions as accounts
from tuidang.accounts import queries as staff
from tuidang.accounts.policies import Role
from tuidang.config import standing
from tuidang.kernel.errors import BusyError, SetUpError
from tuidang.kernel.places import places, private_folder
from tuidang.ledger import adapters, founding, sealing
from tuidang.public.pages import render_ahead

SIGNER_SECONDS = 15


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `run`."""
    run = commands.add_parser("run", help="serve site and signer", description="Sets up what is missing, then serves site and signer on 127.0.0.1.")
    run.add_argument("--data", metavar="DIR", help="the data folder (default: data)")
    run.add_argument("--port", metavar="N", type=_port, default=8000, help="the port on 127.0.0.1 (default: 8000)")
    run.set_defaults(run=serve)


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return int(text)


def prepare(origin: str) -> None:
    """Tables, keys and folders for the log `origin`; what is there stays as it is. Raises SetUpError."""
    private_folder(places().data)
    call_command("migrate", verbosity=0, interactive=False)
    founding.found(origin=origin)


def new_origin(kind: str) -> str:
    """The origin of this folder's log, or a fresh one that begins with `kind` (standing.TRIAL, standing.DEMO)."""
    key = founding.log_key(places())
    if key is not None:
        return key.name
    hosts = settings.ENVIRONMENT.hosts
    return f"{hosts[0]}/ledger" if hosts else f"{kind}{secrets.token_hex(4)}"


class SignerProcess:
    """The signer as a child process: started if nobody answers at its socket, ended with us."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> SignerProcess:
        if _signer_answers():
            return self
        at = places()
        command = [sys.executable, "-m", "tlog.signer", "--keys", str(at.signer), "--lock", str(at.lock), "serve"]
        self._process = subprocess.Popen(command, start_new_session=True)
        deadline = time.monotonic() + SIGNER_SECONDS
        while not _signer_answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise SetUpError("the signer did not start; see what it said above")
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=10)


def _signer_answers() -> bool:
    try:
        adapters.signer().status()
    except SignerError:
        return False
    return True


def seal_founding() -> None:
    """Seals the first entries if nothing is sealed yet, so that there is a checkpoint from the start."""
    if adapters.head().size == 0:
        try:
            sealing.seal(force=True)
        except BusyError as error:
            raise SetUpError(f"the first entries could not be sealed: {error}") from error


def first_link() -> str | None:
    """A one-time sign-in link for the first member of staff; None if there is staff already."""
    if staff.members():
        return None
    return accounts.invite(name="operator", roles=[Role.OPERATOR, Role.REVIEWER], by=None)


def check_free(port: int) -> None:
    """Raises SetUpError if someone listens at the port: the server would share it silently."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise SetUpError(f"port {port} on 127.0.0.1 is in use; choose another with --port") from None


def site_command(port: int) -> list[str]:
    """The command that serves the site. SQLite: one process, the one writer, with its loops as threads."""
    sqlite = not settings.ENVIRONMENT.database_url
    workers, threads = (1, 16) if sqlite else (2, 4)
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    return [*granian, "--workers", str(workers), "--blocking-threads", str(threads), "--no-ws", "--log-level", "warning", "tuidang.config.wsgi:application"]


def serve(arguments: argparse.Namespace) -> int:
    """Runs until it is interrupted."""
    check_free(arguments.port)
    prepare(new_origin(standing.TRIAL))
    with SignerProcess():
        seal_founding()
        sealing.recover()
        render_ahead()
        _announce(arguments.port)
        return run_site(arguments.port)


def run_site(port: int) -> int:
    """The site in the foreground; SIGTERM and Ctrl-C end it in order."""
    environment = {**os.environ, "TUIDANG_LOOPS": "1", "TUIDANG_DATA": str(places().data)}
    site = subprocess.Popen(site_command(port), env=environment, start_new_session=True)

    def stop(_: int, __: FrameType | None) -> None:
        site.terminate()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    code = site.wait()
    return 0 if code in (0, -signal.SIGTERM) else code


def _announce(port: int) -> None:
    address = f"http://127.0.0.1:{port}"
    print(f"\n  site     {address}/\n  staff    {address}/staff/\n  ledger   {address}/ledger/checkpoint\n  data     {_shown(places().data)}")
    link = first_link()
    if link:
        print(f"\n  sign in once, as the first member of staff:\n  {address}/staff/in/{link}/")
    print("\n  Ctrl-C ends it.\n", flush=True)


def _shown(folder: Path) -> str:
    try:
        return f"./{folder.relative_to(Path.cwd())}"
    except ValueError:
        return str(folder)
