"""A register that runs for real, for tests that speak to it over HTTP: `tuidang run` in processes of its own, on a free port."""

from __future__ import annotations

import http.client
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

START_SECONDS = 60
PORTS = range(20_000, 32_000)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the site answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens at, nor is likely to before it is used: not of those that the kernel gives to whoever asks."""
    while True:
        port = PORTS[secrets.randbelow(len(PORTS))]
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port


class Site:
    """`tuidang run` on `data` and `database_url`; what site and signer print goes to `log`. Use as a context manager."""

    def __init__(self, data: Path, database_url: str) -> None:
        self.data = data
        self.log = data.parent / "site.log"
        self.environment = {**os.environ, "TUIDANG_DATA": str(data), "TUIDANG_DATABASE_URL": database_url, "TUIDANG_K": "1"}
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "tuidang.cli.main", "run", "--port", str(self.port)]
            self._process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self._process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            return self.get("/livez").status == 200
        except OSError:
            return False

    def _family(self) -> list[int]:
        """Process ids of the command and all below it."""
        assert self._process is not None
        listing = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout.split()
        parents = dict(zip(map(int, listing[::2]), map(int, listing[1::2]), strict=True))
        family = [self._process.pid]
        for pid in family:
            family += [child for child, parent in parents.items() if parent == pid]
        return family

    def kill(self) -> None:
        """kill -9 to site, signer and all."""
        for pid in self._family():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        assert self._process is not None
        self._process.wait()

    def stop(self) -> None:
        assert self._process is not None
        family = self._family()
        self._process.terminate()
        try:
            self._process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.kill()
        for pid in family:  # a site that was killed cannot end what it started
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def request(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, headers=headers)

    def post(self, path: str, fields: dict[str, str] | list[tuple[str, str]], **headers: str) -> Answer:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.request("POST", path, urlencode(fields).encode(), {**kind, **headers})

    def token(self, path: str = "/en/declare/") -> str:
        found = re.search(r'name="token" value="([^"]+)"', self.get(path).text)
        assert found
        return found.group(1)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A `tuidang` command beside the site."""
        command = [sys.executable, "-m", "tuidang.cli.main", *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False, timeout=120)

    def count(self, expected: int) -> int:
        """The count once it is `expected`, or after half a minute: screening goes on in the background."""
        deadline = time.monotonic() + 30
        while True:
            assert self.run("seal", "--now").returncode == 0
            found: int = json.loads(self.run("count", "--json").stdout)["count"]
            if found == expected or time.monotonic() > deadline:
                return found
            time.sleep(0.5)


def person(name: str, token: str, **more: str) -> dict[str, str]:
    """The last step of the form for one person."""
    fixed = {"step": "send", "left": "party", "text": "我声明退出。", "adult": "on", "consent": "on"}
    return {**fixed, "name": name, "token": token, **more}


def code_on(page: str) -> str:
    """The code that an English code page shows."""
    found = re.search(r'<p class="code"[^>]*>(.*?)</p>', page, re.DOTALL)
    assert found, page
    code = re.sub(r"<[^>]+>|[^0-9A-Z<>]", "", re.sub(r"<[^>]+>", " ", found.group(1)))
    assert len(code) == 28, code
    return code
