"""A signer as a process, for tests."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.tlog.small_tree import SmallTree

from tlog.checkpoint import Checkpoint
from tlog.note import Note
from tlog.signer_client import SignerClient, SignerUnreachableError

ORIGIN = "register.example/ledger"


class Process:
    """A signer started as an operator would, with its folders below `where`."""

    def __init__(self, where: Path, socket_path: Path | None = None) -> None:
        self.socket = socket_path or where / "keys" / "signer.sock"
        options = ["--keys", str(where / "keys"), "--lock", str(where / "lock"), "--socket", str(self.socket)]
        self.command = [sys.executable, "-m", "tlog.signer", *options]
        self.client = SignerClient(self.socket, seconds=10)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*self.command, *arguments], capture_output=True, text=True, timeout=60, check=False)

    def start(self) -> None:
        self.process = subprocess.Popen([*self.command, "serve"], stderr=subprocess.PIPE, text=True)
        answers_within(self, 60)

    def stop(self, how: int = signal.SIGTERM) -> str:
        self.process.send_signal(how)
        _, said = self.process.communicate(timeout=60)
        return said


def answers_within(process: Process, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            process.client.status()
        except SignerUnreachableError:
            assert process.process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)
        else:
            return


def signed_by(client: SignerClient, tree: SmallTree, line: str) -> bool:
    text = Checkpoint(ORIGIN, len(tree), tree.root).text
    return Note.parse(f"{text}\n{line}".encode()).signed_by(client.status().key)
