"""The `tuidang` command. Each app brings its own commands; here they are put together, and errors become exit codes.

Exit codes: 0 done, 1 refused or not so, 2 could not, 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tlog.clock import ClockError
from tlog.errors import TlogError
from tlog.lock import LockError
from tlog.signer import SignerStartError
from tlog.signer_client import SignerError
from tuidang.kernel.errors import SetUpError, TuidangError

_DEMO = {
    "TUIDANG_K": "5",
    "TUIDANG_MILESTONES": "100 1000 2500 5000 10000 100000 1000000",
}
"""What a demo is set to where nothing else is said, whatever command looks at it: it is small."""
_DEMO_LETTERS = {"TUIDANG_NEWSLETTER_FROM": "newsletter@demo.example", "TUIDANG_NEWSLETTER_SMTP": "smtp://localhost"}
"""Its newsletter is on, and its letters go to a folder."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point. Returns the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _choose_data(given)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tuidang.config.settings")
    try:
        return _run(given)
    except (TuidangError, TlogError) as error:
        return _fail(str(error), error.exit_code)
    except (SignerError, SignerStartError, LockError, ClockError) as error:
        return _fail(str(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _fail(f"{error.strerror or type(error).__name__}{f': {error.filename}' if error.filename else ''}")
    except KeyboardInterrupt:
        return 130


def _run(given: list[str]) -> int:
    import django
    from django.db import DatabaseError

    data = Path(os.environ.get("TUIDANG_DATA", "data"))
    if data.exists() and not data.is_dir():
        raise SetUpError(f"{data} is a file, not a folder; choose a folder with --data")
    django.setup()
    parsed, unknown = _parser().parse_known_args(given)
    if unknown:
        parsed.parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    try:
        if not getattr(parsed, "makes_register", False):
            _need_register()
        code: int = parsed.run(parsed)
    except DatabaseError as error:
        # The first line alone: further ones may quote a row.
        return _fail(f"the database cannot do this: {(str(error).splitlines() or [type(error).__name__])[0]}")
    return code


def _need_register() -> None:
    """Raises SetUpError where no register is yet: asking after one must not leave an empty one behind."""
    from django.conf import settings

    from tuidang.kernel.places import places

    if not settings.ENVIRONMENT.database_url and not places().database.exists():
        raise SetUpError(f"there is no register in {places().data}; `tuidang run` makes one")


def _fail(message: str, code: int = 2) -> int:
    print(f"tuidang: {message}", file=sys.stderr)
    return code


def _choose_data(given: list[str]) -> None:
    """Takes `--data DIR` before Django is set up, since the settings depend on it. A demo is set up as one."""
    peek = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    peek.add_argument("--data", type=Path)
    known, rest = peek.parse_known_args(given)
    demo = rest[:1] == ["demo"]
    if known.data is not None:
        os.environ["TUIDANG_DATA"] = str(known.data.resolve())
    elif demo:
        os.environ.setdefault("TUIDANG_DATA", str(Path("demo").resolve()))
    if demo or _is_demo(Path(os.environ.get("TUIDANG_DATA", "data"))):
        _set_up_a_demo(Path(os.environ["TUIDANG_DATA"]) if "TUIDANG_DATA" in os.environ else Path("data"))


def _set_up_a_demo(data: Path) -> None:
    for name, value in _DEMO.items():
        os.environ.setdefault(name, value)
    if not os.environ.get("TUIDANG_HOSTS") and not any(name.startswith("TUIDANG_NEWSLETTER_") for name in os.environ):
        os.environ.update(_DEMO_LETTERS, TUIDANG_LETTERS=str(data.resolve() / "letters"))


def _is_demo(data: Path) -> bool:
    try:
        return (data / "ledger" / "log.vkey").read_text().startswith("localhost/DEMO-")
    except (OSError, UnicodeDecodeError):
        return False


def _parser() -> argparse.ArgumentParser:
    from tuidang.accounts import commands as accounts
    from tuidang.cli import run, seal
    from tuidang.demo import commands as demo
    from tuidang.intake.contact import commands as contact
    from tuidang.ledger import commands as ledger
    from tuidang.newsletter import commands as newsletter
    from tuidang.ops import commands as ops

    parser = argparse.ArgumentParser(
        prog="tuidang",
        description="A register of declarations, with a count that anyone can recount.",
        epilog="Exit codes: 0 done, 1 refused or not so, 2 could not, 130 interrupted. `tuidang COMMAND --help` says more.",
    )
    parser.add_argument("--data", metavar="DIR", help="the data folder (default: data in the current folder, or TUIDANG_DATA)")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for app in (run, demo, seal, ledger, ops, accounts, contact, newsletter):
        app.add_to(commands)
    for command in commands.choices.values():
        command.set_defaults(parser=command)  # its usage is shown where an argument is not known
        if not any("--data" in action.option_strings for action in command._actions):  # noqa: SLF001  argparse has no other way to ask
            command.add_argument("--data", metavar="DIR", help="the data folder (default: data)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
