"""`tlog-verify`: recount a log, compare two checkpoints, check a receipt, promises, addresses (docs/log-format.md, section 11).

Answers go to standard output, errors and progress to standard error. Exit codes: 0 valid, 1 invalid, 2 could not check (wrong arguments
too), 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from tlog import note
from tlog.errors import CannotCheckError, InvalidError, TlogError
from tlog.files import read_regular
from tlog.note import VerifierKey
from tlog.progress import Progress
from tlog.report import (
    FIRST_SEEN,
    UNSEEN,
    as_json,
    as_text,
    mirrors_members,
    mirrors_text,
    printable,
    promise_members,
    promises_text,
    receipt_text,
)
from tlog.seen import Seen
from tlog.store import Reader, open_store
from tlog.verify import Recount, recount

if TYPE_CHECKING:
    from tlog.keeping import Watch

Answer: TypeAlias = tuple[dict[str, object], str]
"""What a command found, for programs and for people."""


def read_key(text: str) -> VerifierKey:
    """A verifier key, given itself or as a file that holds it. Raises CannotCheckError("bad-argument")."""
    try:
        return VerifierKey.parse(text)
    except CannotCheckError as not_a_key:
        try:
            held = read_regular(text, note.LARGEST).decode()
        except (OSError, ValueError):
            message = f"{not_a_key.message}, nor a file that can be read: {text}"
            raise CannotCheckError("bad-argument", message) from None
    try:
        return VerifierKey.parse(held)
    except CannotCheckError as error:
        raise CannotCheckError("bad-argument", error.message, path=text) from None


def _size(text: str) -> int:
    """A number of entries, with or without commas. Raises argparse.ArgumentTypeError."""
    try:
        return int(text.replace(",", ""))
    except ValueError:
        raise argparse.ArgumentTypeError(f"no number of entries: {text!r}") from None


def _recount(arguments: argparse.Namespace) -> Answer:
    key = read_key(arguments.key)
    seen = Seen(Path(arguments.seen)) if arguments.seen else None
    found = _read_all(open_store(arguments.log), key, seen, at=arguments.at)
    first = FIRST_SEEN if seen is not None and seen.checkpoint is None else ""
    return as_json(found), as_text(found, seen=UNSEEN if seen is None else first)


def _read_all(store: Reader, key: VerifierKey, seen: Seen | None = None, *, watch: Watch | None = None, at: int | None = None) -> Recount:
    """A recount that shows how far it is."""
    progress = Progress(sys.stderr)
    follow = watch.follow if watch else lambda _: None
    try:
        return recount(store, key, seen, at=at, progress=progress, warn=lambda text: _write(text, to_error=True), watch=follow)
    finally:
        progress.clear()


# What a recount does not need is imported where it is needed: a recount of a small log is mostly its start.


def _consistency(arguments: argparse.Namespace) -> Answer:
    from tlog.consistency import consistency

    old, new = consistency(arguments.old, arguments.new, read_key(arguments.key))
    found: dict[str, object] = {"valid": True, "origin": new.origin, "old_entries": old.size, "new_entries": new.size}
    return found, f"Consistent: the log {printable(new.origin)} of {new.size:,} entries begins with the one of {old.size:,} entries."


def _receipt(arguments: argparse.Namespace) -> Answer:
    from tlog.receipt import verify_receipt
    from tlog.receipt_file import LARGEST as LARGEST_RECEIPT

    key, data = read_key(arguments.key), _file(arguments.file, LARGEST_RECEIPT)
    report = verify_receipt(data, key)
    return {"valid": True, **report.members()}, receipt_text(report)


def _file(path: str, limit: int) -> bytes:
    try:
        return read_regular(path, limit)
    except OSError as error:
        rule = "missing" if isinstance(error, FileNotFoundError) else "unreadable"
        raise CannotCheckError(rule, error.strerror or "cannot be read", path=path) from error


def _promise(arguments: argparse.Namespace) -> Answer:
    from tlog.keeping import PromiseKeys
    from tlog.promise import split_promises

    notes = [(path, one) for path in arguments.file for one in split_promises(_file(path, note.LARGEST))]
    keys = PromiseKeys.read(arguments.key, read_key)
    if arguments.log is None:
        found = list(keys.check(notes))
    else:
        store = open_store(arguments.log)
        found = keys.check_kept(notes, store, lambda key, watch: _read_all(store, key, watch=watch))
    return {"valid": True, "promises": [promise_members(*one) for one in found]}, promises_text(found)


def _mirrors(arguments: argparse.Namespace) -> Answer:
    from tlog.keeping import PromiseKeys
    from tlog.mirrors import read_mirrors, verify_mirrors

    keys = PromiseKeys.read(arguments.key, read_key).require("lists of addresses are")
    data = read_mirrors(arguments.file)
    try:
        found = verify_mirrors(data, keys)
    except InvalidError as error:
        error.path = arguments.file
        raise
    return {"valid": True, **mirrors_members(found)}, mirrors_text(found)


_LOG_KEY = "the log's verifier key, or a file that holds it"
_PROMISE_KEYS = "the promise key (ORIGIN/promise+...), or a file that holds it or a key set of the log"
_PROMISE_KEY = f"{_PROMISE_KEYS}; with --log, the log's key will do"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tlog-verify",
        description="Checks a register's public log without trusting whoever runs it.",
        epilog="Exit codes: 0 valid, 1 invalid, 2 could not check. Temporary files, 17 bytes an entry, go where TMPDIR says.",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, run: Callable[[argparse.Namespace], Answer], text: str, key: str = _LOG_KEY) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        added.set_defaults(run=run)
        added.add_argument("--key", required=True, metavar="STRING|FILE", help=key)
        added.add_argument("--json", action="store_true", help="answer with one JSON object")
        return added

    added = command("recount", _recount, "check every entry of a log, and count")
    added.add_argument("log", metavar="DIR|URL", help="where the log lies")
    added.add_argument("--seen", metavar="FILE", help="remembers the last checkpoint that was accepted, and demands consistency with it")
    added.add_argument("--at", metavar="SIZE", type=_size, help="says too what the count and the root were at this number of entries")
    added = command("consistency", _consistency, "check that one log begins with another")
    added.add_argument("old", metavar="OLD", help="checkpoint file, folder or URL of the smaller log")
    added.add_argument("new", metavar="NEW", help="the same of the larger log, with its tiles beside it")
    added = command("receipt", _receipt, "check a declarant's receipt, offline")
    added.add_argument("file", metavar="FILE", help="the receipt")
    added = command("promise", _promise, "check promises, and with --log whether they were kept", _PROMISE_KEY)
    added.add_argument("file", metavar="FILE", nargs="+", help="a promise, or several one after the other")
    added.add_argument("--log", metavar="DIR|URL", help="reads the whole log: was it put on the record, or listed, in time?")
    added = command("mirrors", _mirrors, "check the signed list of a register's addresses", _PROMISE_KEYS)
    added.add_argument("file", metavar="FILE|URL", help="mirrors.txt as it was kept, or where it is; of a site, its address alone")
    return parser


def _answer(arguments: argparse.Namespace) -> tuple[int, Answer]:
    try:
        return 0, arguments.run(arguments)
    except TlogError as error:
        found = error
    except OSError as error:
        found = CannotCheckError("unreadable", error.strerror or str(error), path=None if error.filename is None else str(error.filename))
    except MemoryError:
        found = CannotCheckError("unreadable", "this machine has not enough memory for it")
    except Exception as error:  # noqa: BLE001 -- exit code 1 says that a log is invalid, and a fault of this program must never say that
        found = CannotCheckError("unreadable", f"this program failed: {type(error).__name__}: {error}")
    verdict = "Not valid" if isinstance(found, InvalidError) else "Could not be checked"
    return found.exit_code, ({"valid": False, "error": found.diagnostics()}, f"{verdict}. {printable(str(found))}")


def _write(text: str, *, to_error: bool) -> None:
    stream = sys.stderr if to_error else sys.stdout
    try:
        print(text.encode("utf-8", "replace").decode("utf-8"), file=stream, flush=True)
    except UnicodeEncodeError:
        print(text.encode("ascii", "backslashreplace").decode("ascii"), file=stream, flush=True)
    except BrokenPipeError:
        # Whoever read has read enough. Python would write what is left at its end, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def main(argv: Sequence[str] | None = None) -> int:
    """The command `tlog-verify`; returns its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        code, (members, text) = _answer(arguments)
        if arguments.json:
            # ASCII alone: no terminal obeys it, whatever names a log has.
            _write(json.dumps(members, indent=2), to_error=False)
        else:
            _write(text, to_error=code != 0)
    except KeyboardInterrupt:
        return 130
    except OSError:
        return 2  # the answer could not be written, and nobody has it
    return code


if __name__ == "__main__":
    sys.exit(main())
