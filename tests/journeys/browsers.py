"""The browsers that journeys go through: Debian's chromium, and Firefox as Tor Browser's safest mode leaves it, without scripts and drawings."""

from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Self

from playwright.sync_api import Browser, Locator, sync_playwright

ARTEFACTS = Path(__file__).parents[2] / "artefacts"
"""Where journeys leave pictures of what they saw, to be looked at."""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SAFEST = {
    "javascript.enabled": "false",
    "svg.disabled": "true",
    "mathml.disabled": "true",
    "gfx.downloadable_fonts.enabled": "false",
    "marionette.port": "0",
    "network.captive-portal-service.enabled": "false",
    "network.connectivity-service.enabled": "false",
    "network.dns.disablePrefetch": "true",
    "datareporting.policy.dataSubmissionEnabled": "false",
    "toolkit.telemetry.enabled": "false",
    "app.normandy.enabled": "false",
    "app.update.enabled": "false",
    "browser.safebrowsing.downloads.enabled": "false",
    "browser.shell.checkDefaultBrowser": "false",
    "extensions.update.enabled": "false",
}
START_SECONDS = 60


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's chromium, ended at the end of the block."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield browser
        browser.close()


def press(button: Locator) -> None:
    """Presses what leads to another page, and waits until that page is there: a press alone returns before."""
    with button.page.expect_navigation():
        button.click()


def keep(name: str, picture: bytes) -> None:
    """Leaves a picture among the artefacts."""
    ARTEFACTS.mkdir(exist_ok=True)
    (ARTEFACTS / f"{name}.png").write_bytes(picture)


class Firefox:
    """Firefox ESR with a fresh profile, in a window as narrow as it lets us. Use as a context manager.

    Spoken to by Marionette, its own remote control: geckodriver is in no registry, and Mozilla's library for it does not load on Python 3.13.
    """

    def __init__(self) -> None:
        self._numbers = count(1)

    def __enter__(self) -> Self:
        self._profile = Path(tempfile.mkdtemp(prefix="tuidang-firefox-"))
        preferences = [f'user_pref("{name}", {value});' for name, value in SAFEST.items()]
        (self._profile / "user.js").write_text("\n".join(preferences))
        program = shutil.which("firefox-esr") or "firefox"
        command = [program, "--headless", "--marionette", "--no-remote", "--profile", str(self._profile)]
        environment = {**os.environ, "HOME": str(self._profile), "MOZ_CRASHREPORTER_DISABLE": "1"}
        self._process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._socket = socket.create_connection(("127.0.0.1", self._port()), timeout=START_SECONDS)
        self._answers = self._socket.makefile("rb")
        self._answer()  # its greeting
        self._ask("NewSession")
        self._ask("SetWindowRect", width=500, height=900)
        return self

    def _port(self) -> int:
        told = self._profile / "MarionetteActivePort"
        deadline = time.monotonic() + START_SECONDS
        while not (told.exists() and told.read_text().strip()):
            assert self._process.poll() is None, "Firefox ended"
            assert time.monotonic() < deadline, "Firefox does not answer"
            time.sleep(0.1)
        return int(told.read_text())

    def _ask(self, command: str, **parameters: object) -> Any:
        """One command of WebDriver over Marionette, as JSON after its length. Raises AssertionError with what the browser says against it."""
        message = json.dumps([0, next(self._numbers), f"WebDriver:{command}", parameters]).encode()
        self._socket.sendall(b"%d:%b" % (len(message), message))
        _, _, error, result = self._answer()
        assert error is None, f"{command}: {error}"
        return result.get("value", result) if isinstance(result, dict) else result

    def _answer(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            length += self._answers.read(1)
        return json.loads(self._answers.read(int(length[:-1])))

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(20)
        shutil.rmtree(self._profile, ignore_errors=True)

    def open(self, address: str) -> None:
        """Goes to an address and waits for the page."""
        self._ask("Navigate", url=address)

    def _one(self, selector: str) -> str:
        found = self._ask("FindElement", using="css selector", value=selector)
        return str(next(iter(found.values())))

    def write(self, selector: str, text: str) -> None:
        """Writes into a field in place of what stands there."""
        field = self._one(selector)
        self._ask("ElementClear", id=field)
        self._ask("ElementSendKeys", id=field, text=text)

    def press(self, selector: str) -> None:
        """Presses a button, a box or a link, and waits for the page that it leads to."""
        self._ask("ElementClick", id=self._one(selector))

    def text(self, selector: str) -> str:
        """What a reader sees of an element."""
        return str(self._ask("GetElementText", id=self._one(selector)))

    def back(self) -> None:
        """Presses the browser's own Back button."""
        self._ask("Back")

    def value(self, selector: str) -> str:
        """What stands in a field."""
        return str(self._ask("GetElementProperty", id=self._one(selector), name="value"))

    @property
    def source(self) -> str:
        """The page as it stands."""
        return str(self._ask("GetPageSource"))

    def picture(self, name: str) -> None:
        """Leaves a picture of the whole page among the artefacts."""
        keep(name, base64.b64decode(self._ask("TakeScreenshot", full=True)))
