"""The site's side of the signer: the only way to a signature of the log. The protocol is in `signer_wire`."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tlog import signer_wire as wire
from tlog.errors import CannotCheckError
from tlog.lock import LockState
from tlog.note import VerifierKey

SECONDS = 60.0
"""How long a caller waits in all: those before it may take `signer_wire.SECONDS` each."""
PAUSE_SECONDS = 0.02


class SignerError(Exception):
    """Root of what can go wrong between the site and the signer."""


class SignerUnreachableError(SignerError):
    """No answer. Whether it signed is not known; asking again for the same tree is safe and gives the same signature."""


class SignerRefusedError(SignerError):
    """It answered that it will not. `reason` is one of the words in `signer_rules`; the message is a sentence for the operator."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(f"{reason}: {message}")
        self.reason = reason


class LockMovedError(SignerRefusedError):
    """Something else was signed last: `state`."""

    def __init__(self, message: str, state: LockState) -> None:
        super().__init__("moved", message)
        self.state = state


@dataclass(frozen=True, slots=True)
class SignerStatus:
    """What was signed last, the log's verifier key, and why nothing may be signed now (None if it may)."""

    lock: LockState
    key: VerifierKey
    stopped: str | None


class SignerClient:
    """Asks the signer at a socket. Holds no connection, so it may be shared between threads and forked."""

    def __init__(self, path: Path, *, seconds: float = SECONDS) -> None:
        self._path = path
        self._seconds = seconds

    def status(self) -> SignerStatus:
        """Raises SignerError."""
        answer = self._ask({"do": "status"})
        with _expected():
            stopped = answer["stopped"]
            return SignerStatus(_state(answer["lock"]), VerifierKey.parse(answer["key"]), None if stopped is None else str(stopped))

    def lock(self) -> LockState:
        """What was signed last. Raises SignerError."""
        return self.status().lock

    def sign(self, request: wire.SignRequest) -> str:
        """The signature line, with its newline, over the checkpoint of `request.new`. Raises SignerError, LockMovedError with it."""
        answer = self._ask(request.members())
        with _expected():
            return str(answer["signature"])

    def _ask(self, request: dict[str, object]) -> dict[str, Any]:
        end = time.monotonic() + self._seconds
        try:
            with wire.address(self._path) as address, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                _connect(connection, address, end)
                connection.sendall(wire.write_line(request))
                answer = wire.read_line(connection, end - time.monotonic())
        except (OSError, wire.WireError) as error:
            raise SignerUnreachableError(f"the signer does not answer: {getattr(error, 'strerror', None) or error}") from error
        if answer.get("refused") == "moved":
            with _expected():
                raise LockMovedError(str(answer.get("message")), _state(answer["lock"]))
        if "refused" in answer:
            raise SignerRefusedError(str(answer["refused"]), str(answer.get("message")))
        return answer


def _connect(connection: socket.socket, address: str, end: float) -> None:
    """Connects, waiting while the signer's queue is full: the kernel then says EAGAIN at once. Raises OSError."""
    while True:
        connection.settimeout(max(end - time.monotonic(), PAUSE_SECONDS))
        try:
            connection.connect(address)
        except BlockingIOError:
            if time.monotonic() > end:
                raise TimeoutError("the signer has too many callers") from None
            time.sleep(PAUSE_SECONDS)
        else:
            return


@contextlib.contextmanager
def _expected() -> Iterator[None]:
    try:
        yield
    except (KeyError, TypeError, AttributeError, wire.WireError, CannotCheckError):
        raise SignerUnreachableError("what listens there is not a signer") from None


def _state(members: dict[str, Any]) -> LockState:
    tree = wire.Tree.read(members)
    return LockState(tree.size, tree.root, None if members["day"] is None else wire.whole(members["day"]))
