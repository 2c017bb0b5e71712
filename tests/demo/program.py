"""The `tuidang` command as a person starts it: a program of its own, with a folder and a database of the test's."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

SECONDS = 90


def environment(data: Path, database_url: str, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TUIDANG_") and name != "DJANGO_SETTINGS_MODULE"}
    return {**kept, "TUIDANG_DATA": str(data), "TUIDANG_DATABASE_URL": database_url, **more}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "tuidang.cli.main", *arguments]


def run(*arguments: str, data: Path, database_url: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Runs it to its end; nothing it prints is a terminal."""
    return subprocess.run(
        command(*arguments),
        env=environment(data, database_url, **more),
        cwd=data.parent,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def get(port: int, path: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode("utf-8", "replace")
    finally:
        connection.close()


def answers(port: int) -> bool:
    try:
        return get(port, "/readyz")[0] == 200
    except OSError:
        return False


def wait_until(true, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.1)


@contextmanager
def served(*arguments: str, data: Path, database_url: str = "", port: int, **more: str):
    """The command while it serves. Yields the process; ends it if the test did not."""
    process = subprocess.Popen(
        command(*arguments, "--port", str(port)),
        env=environment(data, database_url, **more),
        cwd=data.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_until(lambda: answers(port) or process.poll() is not None)
        assert process.poll() is None, process.stderr.read()
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()  # its children end with it
            raise
        for pipe in (process.stdout, process.stderr):
            pipe.close()


def children(pid: int) -> dict[int, str]:
    """Process ids and command lines of everything below `pid`."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except (OSError, ValueError):
            continue
        if parent == pid:
            found |= {int(folder.name): line} | children(int(folder.name))
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
