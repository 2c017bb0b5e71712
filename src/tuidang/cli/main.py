"""The `tuidang` command. Each app brings its own commands; here they are put together, and errors become exit codes.

Exit codes: 0 done, 1 refused or not so, 2 could not, 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tlog.errors import TlogError
from tuidang.kernel.errors import TuidangError


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point. Returns the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _choose_data(given)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tuidang.config.settings")
    try:
        import django

        django.setup()
        parsed = _parser().parse_args(given)
        code: int = parsed.run(parsed)
    except (TuidangError, TlogError) as error:
        print(f"tuidang: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _choose_data(given: list[str]) -> None:
    """Takes `--data DIR` before Django is set up, since the settings depend on it."""
    peek = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    peek.add_argument("--data", type=Path)
    known, _ = peek.parse_known_args(given)
    if known.data is not None:
        os.environ["TUIDANG_DATA"] = str(known.data.resolve())
    elif given[:1] == ["demo"]:
        os.environ.setdefault("TUIDANG_DATA", str(Path("demo").resolve()))
        os.environ.setdefault("TUIDANG_K", "5")


def _parser() -> argparse.ArgumentParser:
    from tuidang.accounts import commands as accounts
    from tuidang.cli import run
    from tuidang.demo import commands as demo
    from tuidang.ledger import commands as ledger
    from tuidang.ops import commands as ops

    parser = argparse.ArgumentParser(prog="tuidang", description="A register of declarations, with a count that anyone can recount.")
    parser.add_argument("--data", metavar="DIR", help="the data folder (default: data in the current folder, or TUIDANG_DATA)")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for app in (run, demo, ledger, ops, accounts):
        app.add_to(commands)
    for command in commands.choices.values():
        if not any("--data" in action.option_strings for action in command._actions):  # noqa: SLF001 -- argparse has no other way to ask
            command.add_argument("--data", metavar="DIR", help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
