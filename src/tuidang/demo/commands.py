"""`tuidang demo`: an invented world to look at, and `tuidang demo cheat`: what a recount notices, and what it cannot."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings

from tuidang.accounts.commands import address
from tuidang.demo import cheat, folder
from tuidang.demo.bar import Bar
from tuidang.demo.reckoning import Reckoning, reckon
from tuidang.demo.reviewer import sign_in_link
from tuidang.demo.story import Told, tell
from tuidang.demo.world import ADVERT
from tuidang.kernel.errors import SetUpError
from tuidang.kernel.places import note_address, places
from tuidang.ledger import adapters, sealing
from tuidang.ops.serving import (
    SignerProcess,
    check_free,
    ended_by_signals,
    free_port,
    hold_data_folder,
    port_number,
    prepare_tables,
    serve,
    shown,
)
from tuidang.public.pages import render_ahead

PORT = 8000
_ABOUT = """Fills a data folder of its own (default: demo) with invented declarations through the public forms, seals them week by week,
counts them three times, then serves the site until Ctrl-C. A demo that is there already is served as it is; another number of
declarations, or --anew, replaces it. `tuidang demo cheat` tries to deceive a recount, on a copy."""


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `demo`."""
    one = commands.add_parser(
        "demo",
        help="an invented world to look at",
        description=_ABOUT,
        epilog="Exit codes: 0 the three counts are equal (cheat: all went as it should), 1 they are not, 2 could not.",
    )
    one.add_argument("action", nargs="?", choices=("cheat",), help="cheat: flip a byte, drop an entry, roll back, invent 500 people")
    one.add_argument("--data", metavar="DIR", help="the data folder (default: demo)")
    one.add_argument("--declarations", metavar="N", type=_number, help=f"how many, at least 1 (default: {folder.DEFAULT:,})")
    one.add_argument("--anew", action="store_true", help="fill it anew even if there is a demo already")
    one.add_argument("--once", action="store_true", help="end after the count")
    one.add_argument("--port", metavar="N", type=port_number, help=f"the port on 127.0.0.1 (default: {PORT}; with --once any that is free)")
    one.add_argument("--json", action="store_true", help="print JSON")
    one.set_defaults(run=run, makes_register=True)


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= 10_000_000:
        raise argparse.ArgumentTypeError("a whole number of at least 1")
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    """Fills if need be, counts, serves. Returns 0 if the three counts are equal, else 1."""
    with ended_by_signals():
        if arguments.action == "cheat":
            return cheat.run(as_json=arguments.json)
        port = arguments.port or (free_port() if arguments.once else PORT)
        check_free(port)
        with hold_data_folder() as lock:
            folder.check_is_ours()
            _fill(arguments, port, lock)
            prepare_tables()
            found = reckon()
            if arguments.once:
                _print(arguments, _counted(found), found.text())
                return 0 if found.agrees else 1
            return _serve(arguments, port, lock, found)


def _fill(arguments: argparse.Namespace, port: int, lock: int) -> None:
    """Fills the folder, unless there is a demo already that will do."""
    there = folder.declarations()
    if there is not None and not arguments.anew and arguments.declarations in (None, there):
        return
    folder.make_room()
    number = arguments.declarations or folder.DEFAULT
    bar = Bar(sys.stderr, number)
    try:
        told = tell(number, port=port, lock=lock, bar=bar)
    finally:
        bar.clear()
    folder.finished(number, _codes(told))


def _serve(arguments: argparse.Namespace, port: int, lock: int, found: Reckoning) -> int:
    with (places().data / "signer.log").open("ab") as log, SignerProcess(log) as signer:
        stopped = adapters.signer().status().stopped
        if not stopped:
            sealing.recover()
        render_ahead()
        addresses = _addresses(port)
        codes = folder.codes()
        text = _text(found, addresses, codes, stopped=bool(stopped))
        members = {**_counted(found), "addresses": addresses, "codes": codes}
        with suppress(KeyboardInterrupt):
            serve(port, lock=lock, signer=signer, announce=lambda: _print(arguments, members, text))
    return 0 if found.agrees else 1


def _counted(found: Reckoning) -> dict[str, Any]:
    number = folder.declarations()
    if number is None:
        raise SetUpError("the demo is not whole; fill it again with --anew")
    return {"declarations": number, "count": found.count, **found.members()}


def _addresses(port: int) -> dict[str, str]:
    site = f"http://127.0.0.1:{port}"
    note_address(site)
    return {
        "the number": f"{site}/zh-hans/",
        "declare something": f"{site}/en/declare/",
        "what was published": f"{site}/zh-hans/statements/",
        "look up a code": f"{site}/en/lookup/",
        "sign in as reviewer": f"{site}{address(sign_in_link())}",
    }


def _codes(told: Told) -> dict[str, str]:
    """A code of each sort, as far as there is one: the latest that is on the record."""
    found: dict[str, str] = {}
    for code, one in told.codes:
        if code not in told.taken_back and ADVERT not in one.text:
            found["one person" if len(one.persons) == 1 else f"a group of {len(one.persons)}"] = code
    groups = [name for name in found if name != "one person"]
    wanted = [name for name in ("one person", *groups[-1:]) if name in found]
    taken_back = {"taken back": told.taken_back[-1]} if told.taken_back else {}
    return {name: found[name] for name in wanted} | taken_back


def _text(found: Reckoning, addresses: dict[str, str], codes: dict[str, str], *, stopped: bool) -> str:
    parts = ["\n  Everything in it is invented.\n", found.text(), "\n  Addresses to try:\n"]
    parts += [f"    {name:<22}{where}" for name, where in addresses.items()]
    if codes:
        parts += [
            "\n  Codes to look up (of invented people; a register keeps none):\n",
            *(f"    {name:<22}{code}" for name, code in codes.items()),
        ]
    parts += ["\n  Recount it yourself, and try to cheat:\n", f"    {_recount_command()}", f"    ./tuidang demo cheat{_elsewhere()}\n"]
    if settings.ENVIRONMENT.letters:
        parts.append(f"  What it would send by mail is put into {shown(Path(settings.ENVIRONMENT.letters))}.\n")
    if stopped:
        parts.append("  This demo is more than thirty days old: nothing new is sealed in it. --anew makes another.\n")
    return "\n".join([*parts, "  Ctrl-C ends it.\n"])


def _recount_command() -> str:
    ledger = shlex.quote(shown(places().ledger))
    return f"./tlog-verify recount {ledger} --key {ledger}/log.vkey"


def _elsewhere() -> str:
    where = shown(places().data)
    return "" if where == "./demo" else f" --data {shlex.quote(where)}"


def _print(arguments: argparse.Namespace, members: dict[str, Any], text: str) -> None:
    sys.stdout.write((json.dumps(members, ensure_ascii=False) if arguments.json else text) + "\n")
    sys.stdout.flush()
