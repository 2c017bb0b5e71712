"""The signer: a small process of its own that holds the log key, so that a taken-over site can neither fork nor shrink the log.

    tlog-signer --keys DIR --lock DIR [--socket PATH] init --origin NAME | serve | status | confirm

`--keys` holds `log.key`, `--lock` what was signed last; both are outside the data folder, and the lock store is in no backup. The socket is
`signer.sock` in the folder of keys unless another path is given. What is signed is in `signer_rules`, how it is asked for in
`signer_wire`, what is remembered in `lock`. Started on a damaged or missing lock store it stays up and says so to whoever asks.

`init` makes the key, prints its verifier key, and refuses if there is one. `status` prints what is held as JSON. `confirm` is a person's
word that the clock is right; it is a command on this machine and cannot be asked for over the socket.

What the signer cannot know: it sees hashes and one entry, never the entries between. Whoever may ask it, the site or one who took the
site over, can have it sign up to a million entries a time that break the log's rules, or hashes of entries that nobody has. Recounting
shows it, and what was signed stays signed: the log goes on as a successor. Such a one cannot have a fork, a smaller tree or a day to come
signed, nor change or learn the key.

Each connection has a thread and ten seconds, two of them for its first byte; 32 are served at once, others wait. Exit codes: 0 done;
1 `status` of a signer that is stopped; 2 could not. It writes starts, stops and new sizes to standard error, nothing else, and drops what
nobody takes from there: a signature never waits for a reader of the log.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import select
import signal
import socket
import stat
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from tlog import signer_wire as wire
from tlog.clock import day_date
from tlog.errors import CannotCheckError
from tlog.lock import EMPTY, Held, LockError, LockState, LockStore
from tlog.note import SignerKey
from tlog.signer_rules import RefusalError, Signer, stopped, today
from tlog.store import fsync_folder, sweep, write_durably

WAITING = 16
AT_ONCE = 32
FIRST_BYTE_SECONDS = 2.0
PAUSE_SECONDS = 0.1
UNFINISHED = "log.key.new"
"""The key of an `init` under way, in the folder of keys. It has signed nothing: only `log.key` is read for signing."""
_STDERR = 2
_saying = threading.Lock()


class SignerStartError(Exception):
    """The command cannot do what it was asked for; the message says why."""


def _say(text: str) -> None:
    """Writes a line to standard error if it takes one now. A signer whose log nobody reads any more signs on."""
    line = f"tlog-signer: {text}\n".encode(errors="replace")[: select.PIPE_BUF]
    if not _saying.acquire(timeout=1):
        return  # another thread hangs in its write: someone who shares the pipe filled it after we had asked
    try:
        with contextlib.suppress(OSError):
            ready = select.poll()
            ready.register(_STDERR, select.POLLOUT)
            if ready.poll(0):
                os.write(_STDERR, line)
    finally:
        _saying.release()


def _say_type(failed: threading.ExceptHookArgs) -> None:
    _say(f"a request ended in a fault of the signer: {failed.exc_type.__name__}")


def _occupy_standard_descriptors() -> None:
    # Started with one of them closed, we would open the lock store or the socket in its place, and write the log into it.
    while (handle := os.open(os.devnull, os.O_RDWR)) <= _STDERR:
        pass
    os.close(handle)


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True)
        fsync_folder(folder.parent)


def create(keys: Path, lock: Path, origin: str) -> SignerKey:
    """Makes key and lock store. Raises SignerStartError if there is a key, LockError if the store is in use, ValueError for the origin.

    The store comes before the key: a key without one would look like a loss. The key lies beside its place until then, so that after a
    crash between the two the next call knows the store for one of a key that was never used, and begins again.
    """
    if not origin.isprintable():
        raise ValueError("a key name has no control or format characters")
    if lock.resolve() == keys.resolve():
        raise SignerStartError("key and lock store are kept in two folders: the key is backed up, the lock store never")
    key = SignerKey.generate(origin)
    _make_folder(keys)
    _make_folder(lock)
    store = LockStore(lock, str(key.verifier))
    with store.exclusive():
        if (keys / "log.key").exists():
            raise SignerStartError("there is a log key already; it is not replaced")
        sweep(keys)
        store.clear(_unfinished(keys))
        write_durably(keys / UNFINISHED, key.export().encode() + b"\n", mode=0o600)
        store.write(Held(EMPTY))
        (keys / UNFINISHED).replace(keys / "log.key")
        fsync_folder(keys)
    return key


def _unfinished(keys: Path) -> str | None:
    """The verifier key of an `init` that was killed."""
    try:
        return str(SignerKey.parse((keys / UNFINISHED).read_text()).verifier)
    except (FileNotFoundError, CannotCheckError, UnicodeDecodeError):
        return None


def load(keys: Path, lock: Path) -> Signer:
    """The signer of existing folders; the lock store is read when it is needed. Raises SignerStartError."""
    try:
        with (keys / "log.key").open() as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise SignerStartError("others can read the log key: set its mode to 0600")
            key = SignerKey.parse(file.read())
    except FileNotFoundError:
        raise SignerStartError("there is no log key; `init` makes one") from None
    except (CannotCheckError, UnicodeDecodeError):
        raise SignerStartError("the log key is damaged") from None
    return Signer(key, LockStore(lock, str(key.verifier)))


def _lock_members(state: LockState) -> dict[str, object]:
    return {**wire.Tree(state.size, state.root).members(), "day": state.day}


def _status(signer: Signer) -> dict[str, object]:
    held = signer.held()
    return {"key": str(signer.verifier), "lock": _lock_members(held.state), "stopped": stopped(held)}


def _sign(signer: Signer, members: dict[str, Any]) -> dict[str, object]:
    request = wire.SignRequest.read(members)
    signed = signer.sign(request)
    if signed.fresh:
        _say(f"signed size {request.new.size}")
    return {"signature": signed.line}


def answer(signer: Signer, members: dict[str, Any]) -> dict[str, object]:
    """The answer to one request, refusals included."""
    try:
        if members.get("do") == "sign":
            return _sign(signer, members)
        if members.get("do") == "status":
            return _status(signer)
    except RefusalError as error:
        moved = {} if error.state is None else {"lock": _lock_members(error.state)}
        return {"refused": error.reason, "message": str(error), **moved}
    except LockError as error:
        return {"refused": error.reason, "message": str(error)}
    except wire.WireError as error:
        return {"refused": "bad-request", "message": str(error)}
    return {"refused": "bad-request", "message": "`do` is neither sign nor status"}


def _serve_one(signer: Signer, connection: socket.socket) -> None:
    # A client that is slow, silent or gone costs a thread for ten seconds at most.
    with contextlib.suppress(OSError):
        try:
            reply = answer(signer, wire.read_line(connection, first=FIRST_BYTE_SECONDS))
        except wire.WireError as error:
            reply = {"refused": "bad-request", "message": str(error)}
        connection.settimeout(wire.SECONDS)
        connection.sendall(wire.write_line(reply))


def _serve_apart(signer: Signer, connection: socket.socket, slots: threading.Semaphore) -> None:
    try:
        with connection:
            _serve_one(signer, connection)
    finally:
        slots.release()


def _begin(signer: Signer, connection: socket.socket, slots: threading.Semaphore) -> None:
    try:
        threading.Thread(target=_serve_apart, args=(signer, connection, slots), daemon=True).start()
    except RuntimeError:
        connection.close()
        raise


def answer_all(signer: Signer, listener: socket.socket) -> NoReturn:
    """Answers whoever connects, `AT_ONCE` at a time, each in a thread that does not outlive the process."""
    slots = threading.BoundedSemaphore(AT_ONCE)
    while True:
        slots.acquire()
        try:
            connection, _ = listener.accept()
            _begin(signer, connection, slots)
        except (OSError, RuntimeError):
            # The client is gone again, or descriptors or threads have run out: neither may end a signer. Who is not answered asks again.
            slots.release()
            time.sleep(PAUSE_SECONDS)


@contextlib.contextmanager
def _alone_at(path: Path) -> Iterator[None]:
    """Holds the flock beside the socket `path`. Raises SignerStartError if another signer does."""
    handle = os.open(path.with_name(f".{path.name}.flock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SignerStartError("a signer is listening at this socket already") from None
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def listening(path: Path) -> Iterator[socket.socket]:
    """A listening socket at `path`; one that a killed signer left is replaced. Raises SignerStartError if one is living there."""
    with _alone_at(path), wire.address(path) as address, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        if path.is_socket():
            path.unlink()
        # Only the owner and the group, from the first moment: the mask is set back before anything else is made.
        mask = os.umask(0o117)
        try:
            listener.bind(address)
        finally:
            os.umask(mask)
        listener.listen(WAITING)
        try:
            yield listener
        finally:
            path.unlink(missing_ok=True)


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    # Wherever this falls is safe: a signer may be killed at any point.
    raise SystemExit(0)


def serve(signer: Signer, path: Path) -> NoReturn:
    """Answers at `path` until SIGTERM or SIGINT. Raises SignerStartError, OSError."""
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    threading.excepthook = _say_type
    with listening(path) as listener:
        try:
            signer.sweep()
            _say(f"started at size {signer.held().state.size}")
        except LockError as error:
            _say(f"started, and refuses to sign: {error}")
        try:
            answer_all(signer, listener)
        finally:
            _say("stopped")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tlog-signer", description="Holds the log key and signs only what continues the log.")
    parser.add_argument("--keys", type=Path, required=True, metavar="DIR", help="folder of the log key")
    parser.add_argument("--lock", type=Path, required=True, metavar="DIR", help="folder of the lock store, in no backup")
    parser.add_argument("--socket", type=Path, metavar="PATH", help="default: signer.sock in the folder of keys")
    commands = parser.add_subparsers(dest="command", required=True)
    init = commands.add_parser("init", help="make the log key")
    init.add_argument("--origin", required=True, metavar="NAME", help="name of the log, like register.example/ledger")
    commands.add_parser("serve", help="answer at the socket")
    commands.add_parser("status", help="print what was signed last")
    commands.add_parser("confirm", help="say that the clock is right, after a stop")
    return parser


def _run(options: argparse.Namespace) -> int:
    if options.command == "init":
        sys.stdout.write(f"{create(options.keys, options.lock, options.origin).verifier}\n")
        return 0
    signer = load(options.keys, options.lock)
    if options.command == "serve":
        serve(signer, options.socket or options.keys / "signer.sock")
    if options.command == "confirm":
        _say(f"confirmed that today is {day_date(today())}; size {signer.confirm().state.size}")
        return 0
    status = _status(signer)
    sys.stdout.write(json.dumps(status) + "\n")
    return 0 if status["stopped"] is None else 1


def main(arguments: Sequence[str] | None = None) -> int:
    """The command. Returns the exit code."""
    _occupy_standard_descriptors()
    try:
        return _run(_parser().parse_args(arguments))
    except (SignerStartError, LockError, RefusalError, ValueError, OSError) as error:
        _say(str(error))
        return 2


if __name__ == "__main__":
    sys.exit(main())
