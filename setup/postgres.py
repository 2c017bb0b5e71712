"""A PostgreSQL cluster for the tests alone: made in a temporary folder, reached by a socket in it, stopped by its process id."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "tuidang"
START_SECONDS = 60
STOP_SECONDS = 30


class ClusterError(Exception):
    """The server is not installed, or does not start."""


def programs() -> Path:
    """The folder of the newest installed server's programs. Raises ClusterError."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda folder: float(folder.parent.name))
    if initdb := shutil.which("initdb"):
        return Path(initdb).resolve().parent
    raise ClusterError("PostgreSQL's server is not installed: apt-get install postgresql")


def unprivileged() -> tuple[list[str], pwd.struct_passwd | None]:
    """How to start the server: as another user where we are root, for it refuses root; always so that it ends when we are killed."""
    start = ["setpriv", "--pdeathsig", "INT"]
    if os.geteuid() != 0:
        return start, None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    return [*start, "--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups"], user


def wait_until_ready(server: subprocess.Popen[bytes], folder: Path) -> None:
    """Returns when the server answers. Raises ClusterError with the end of its log where it does not."""
    ready = [str(programs() / "pg_isready"), "-q", "-h", str(folder)]
    deadline = time.monotonic() + START_SECONDS
    while subprocess.run(ready, check=False).returncode != 0:
        if server.poll() is not None or time.monotonic() > deadline:
            log = (folder / "log").read_text(errors="replace").splitlines()
            raise ClusterError("PostgreSQL did not start:\n" + "\n".join(log[-15:]))
        time.sleep(0.1)


def stop(server: subprocess.Popen[bytes]) -> None:
    """Ends the server: politely, then at once, then by force."""
    for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is None:
            server.send_signal(how)
            try:
                server.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                continue


@contextmanager
def private_cluster(*, syncs: bool = True) -> Iterator[str]:
    """Yields the `TUIDANG_DATABASE_URL` of a new cluster, whose user may create databases. Raises ClusterError.

    `syncs` False: it does not wait for the disk. That loses nothing as long as neither the machine nor the server itself is killed.
    """
    prefix, user = unprivileged()
    # Not in TMPDIR: another user must reach it, and a socket's path has room for 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="tuidang-postgresql-", dir="/tmp"))
    try:
        if user:
            os.chown(folder, user.pw_uid, user.pw_gid)
        data = str(folder / "data")
        making = [str(programs() / "initdb"), "-D", data, "-U", USER, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        made = subprocess.run([*prefix, *making], check=False, capture_output=True, text=True, cwd="/")
        if made.returncode != 0:
            raise ClusterError(f"initdb failed:\n{made.stderr}")
        running = [str(programs() / "postgres"), "-D", data, "-k", str(folder), "-c", "listen_addresses=", "-c", "max_connections=200"]
        running += [] if syncs else ["-c", "fsync=off", "-c", "full_page_writes=off"]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen([*prefix, *running], stdout=log, stderr=log, cwd="/", start_new_session=True)
        try:
            wait_until_ready(server, folder)
            yield f"postgresql://{USER}@/{USER}?host={folder}"
        finally:
            stop(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
