"""`tuidang staff`: who may sign in. Works on the machine itself, so it needs no sign-in."""

from __future__ import annotations

import argparse
import sys
from uuid import UUID

import msgspec
from django.conf import settings

from tuidang.accounts import actions, queries
from tuidang.accounts.policies import LINK_HOURS, Role
from tuidang.kernel.errors import RefusedError
from tuidang.kernel.places import noted_address

_MEMBER = "the member's name, or their id, as `staff list` prints them"


def add_to(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `staff` with its subcommands."""
    staff = subparsers.add_parser("staff", help="members of staff: invite, list, take access away")
    commands = staff.add_subparsers(metavar="COMMAND", required=True)
    invited = commands.add_parser("invite", help="make a member and print the address that signs them in once")
    invited.add_argument("--name", required=True, help="how the member is shown to other staff")
    invited.add_argument("--role", required=True, nargs="+", choices=[role.value for role in Role], help="what the member may do")
    invited.set_defaults(run=_invite)
    linked = commands.add_parser("link", help="print a new sign-in address for a member")
    linked.add_argument("member", metavar="NAME|ID", help=_MEMBER)
    linked.set_defaults(run=_link)
    listed = commands.add_parser("list", help="list all members")
    listed.set_defaults(run=_list)
    revoked = commands.add_parser("revoke", help="take a member's access away at once")
    revoked.add_argument("member", metavar="NAME|ID", help=_MEMBER)
    revoked.set_defaults(run=_revoke)
    for command in (invited, linked, listed, revoked):
        command.add_argument("--json", action="store_true", help="print JSON")


def address(token: str) -> str:
    """The path of a one-time link."""
    return f"/staff/in/{token}/"


def _print(arguments: argparse.Namespace, data: object, text: str) -> int:
    sys.stdout.write((msgspec.json.encode(data).decode() if arguments.json else text) + "\n")
    return 0


def _print_link(arguments: argparse.Namespace, token: str) -> int:
    hosts = settings.ENVIRONMENT.hosts
    site = f"https://{hosts[0]}" if hosts else noted_address()
    data = {"address": f"{site}{address(token)}", "hours": LINK_HOURS}
    return _print(arguments, data, f"{site}{address(token)}\nThis address signs in once, within {LINK_HOURS} hours.")


def _invite(arguments: argparse.Namespace) -> int:
    return _print_link(arguments, actions.invite(name=arguments.name, roles={Role(role) for role in arguments.role}, by=None))


def _link(arguments: argparse.Namespace) -> int:
    return _print_link(arguments, actions.new_link(member=_member(arguments.member), by=None))


def _member(named: str) -> UUID:
    """The id of the one member who is meant. Raises RefusedError."""
    every = queries.members()
    found = [one.id for one in every if named in (one.name, str(one.id))]
    active = [one.id for one in every if one.id in found and one.active]
    if len(found) > 1 and len(active) == 1:
        found = active
    if not found:
        raise RefusedError("nobody on the staff has this name or id; `./tuidang staff list` shows everyone")
    if len(found) > 1:
        raise RefusedError("several members have this name: give the id, as `./tuidang staff list` shows it")
    return found[0]


def _list(arguments: argparse.Namespace) -> int:
    rows = [{"id": one.id, "name": one.name, "roles": sorted(one.roles), "active": one.active} for one in queries.members()]
    lines = [f"{one['id']}  {'active' if one['active'] else 'revoked':<8}{one['name']}  ({', '.join(one['roles'])})" for one in rows]  # type: ignore[arg-type]
    return _print(arguments, rows, "\n".join(lines) or "Nobody has been invited yet.")


def _revoke(arguments: argparse.Namespace) -> int:
    member = _member(arguments.member)
    actions.revoke(member=member, by=None)
    return _print(arguments, {"revoked": member}, "Access is taken away; sessions have ended.")
