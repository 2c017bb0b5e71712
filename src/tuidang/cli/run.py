"""`tuidang run`: set up what is missing, start the signer, seal the founding entries, serve the site."""

from __future__ import annotations

import argparse
import json
import shlex
from contextlib import suppress
from functools import partial

from tuidang.accounts import actions as accounts
from tuidang.accounts import queries as staff
from tuidang.accounts.commands import address
from tuidang.accounts.policies import Role
from tuidang.kernel.places import note_address, places
from tuidang.ledger import sealing
from tuidang.ops import standing
from tuidang.ops.serving import (
    SignerProcess,
    check_free,
    ended_by_signals,
    hold_data_folder,
    new_origin,
    port_number,
    prepare,
    seal_founding,
    serve,
    shown,
    site_command,
)
from tuidang.public.pages import render_ahead

__all__ = ["SignerProcess", "add_to", "prepare", "run", "seal_founding", "site_command"]


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `run`."""
    one = commands.add_parser(
        "run",
        help="serve site and signer",
        description="Sets up what is missing, then serves site and signer on 127.0.0.1 until Ctrl-C.",
        epilog="Exit codes: 0 ended by Ctrl-C or SIGTERM, 2 could not be served.",
    )
    one.add_argument("--data", metavar="DIR", help="the data folder (default: data)")
    one.add_argument("--port", metavar="N", type=port_number, default=8000, help="the port on 127.0.0.1 (default: 8000)")
    one.add_argument("--json", action="store_true", help="print the addresses as one line of JSON")
    one.set_defaults(run=run, makes_register=True)


def run(arguments: argparse.Namespace) -> int:
    """Serves until Ctrl-C or SIGTERM; returns 0 then."""
    with ended_by_signals():
        check_free(arguments.port)
        with hold_data_folder() as lock:
            prepare(new_origin(standing.TRIAL))
            with SignerProcess() as signer:
                seal_founding()
                sealing.recover()
                render_ahead()
                with suppress(KeyboardInterrupt):
                    announce = partial(_announce, arguments.port, as_json=arguments.json)
                    serve(arguments.port, lock=lock, signer=signer, announce=announce)
    return 0


def first_link() -> str | None:
    """A one-time sign-in link for the first member of staff, a fresh one as long as nobody signed in; None from then on."""
    members = staff.members()
    if members:
        first = next((one for one in members if one.active and Role.OPERATOR in one.roles), None)
        return None if first is None or staff.anyone_was_here() else accounts.new_link(member=first.id, by=None)
    return accounts.invite(name="operator", roles=[Role.OPERATOR, Role.REVIEWER], by=None)


def _announce(port: int, *, as_json: bool) -> None:
    site, link = f"http://127.0.0.1:{port}", first_link()
    note_address(site)
    addresses = {"site": f"{site}/", "staff": f"{site}/staff/", "ledger": f"{site}/ledger/checkpoint", "data": shown(places().data)}
    if link:
        addresses["sign_in"] = f"{site}{address(link)}"
    if as_json:
        print(json.dumps({**addresses, "register": standing.banner() or "public"}), flush=True)
        return
    lines = [f"  {name:<8} {value}" for name, value in addresses.items() if name != "sign_in"]
    kind = _KINDS[standing.banner()]
    sign_in = f"  sign in once, within a day, as the first member of staff:\n  {addresses['sign_in']}\n" if link else ""
    sign_in += f"  another sign-in link: ./tuidang{_elsewhere()} staff link NAME (`staff list` shows the names)\n"
    print(f"\n  {kind}\n\n" + "\n".join(lines) + f"\n\n{sign_in}\n  Ctrl-C ends it.\n", flush=True)


def _elsewhere() -> str:
    where = shown(places().data)
    return "" if where == "./data" else f" --data {shlex.quote(where)}"


_KINDS = {
    "trial": "A trial: open on this machine alone. `./tuidang doctor` says what a public register needs.",
    "demo": "A demo: everything in it is invented.",
    "": "A public register. It takes declarations in while `tuidang doctor` is content.",
}
