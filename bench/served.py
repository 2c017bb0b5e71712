"""A real site for a benchmark, and the processor time that it and its database use."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port on loopback that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def site(port: int, *, loops: bool = False) -> Iterator[int]:
    """The site in processes of its own, as `tuidang run` starts it; yields the process id of the first. Ended at the end of the block."""
    from tuidang.ops.serving import site_command

    environment = {**os.environ, "TUIDANG_LOOPS": "1" if loops else "0"}
    process = subprocess.Popen(site_command(port), env=environment, stdout=sys.stderr)
    try:
        _await(port, process)
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=15)


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        if process.poll() is not None:
            sys.exit("the site did not start")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    sys.exit("the site does not answer")


def cpu_seconds(roots: list[int]) -> float:
    """Processor time so far of these processes and all below them."""
    parents: dict[int, list[int]] = {}
    used: dict[int, float] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(entry.name))
        # Time of children that have ended counts with their parent: a database's short-lived workers are in it.
        used[int(entry.name)] = sum(int(fields[at]) for at in (11, 12, 13, 14)) / TICK
    total, waiting = 0.0, list(roots)
    while waiting:
        pid = waiting.pop()
        total += used.get(pid, 0.0)
        waiting += parents.get(pid, [])
    return total


def database_processes() -> list[int]:
    """The database server's first process; none for SQLite, which runs in the site's own."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        folder = Path(cursor.fetchone()[0])
    return [int((folder / "postmaster.pid").read_text().split()[0])]
