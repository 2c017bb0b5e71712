"""`tuidang contact`: keys of those who can be written to, and opening what was written, each on the machine where it belongs."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import msgspec

from tuidang.intake.contact import actions
from tuidang.intake.contact.content import Letter
from tuidang.intake.contact.states import Role
from tuidang.kernel.errors import RefusedError
from tuidang.vault import rolekeys
from tuidang.vault.rolekeys import KeyFile


def add_to(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `contact` with its subcommands. Two of them need no register: they are for the machine of whoever reads the messages."""
    contact = subparsers.add_parser("contact", help="messages to those who run the register: keys, opening them")
    commands = contact.add_subparsers(metavar="COMMAND", required=True)
    roles = [role.value for role in Role]
    made = commands.add_parser("new-key", help="make the key of a role, on the machine of whoever reads its messages")
    made.add_argument("role", choices=roles)
    made.add_argument("--out", required=True, type=Path, metavar="FILE", help="the private key; the public one goes to FILE.pub")
    made.set_defaults(run=_new_key, makes_register=True)
    given = commands.add_parser("key", help="register the public key of a role, so that it can be written to")
    given.add_argument("role", choices=roles)
    given.add_argument("--public", required=True, type=Path, metavar="FILE", help="the file that ends in .pub")
    given.set_defaults(run=_key)
    opened = commands.add_parser("open", help="open a message that was downloaded, on the machine of whoever reads it")
    opened.add_argument("file", type=Path, metavar="FILE")
    opened.add_argument("--key", required=True, type=Path, metavar="FILE", help="the private key of the role")
    opened.set_defaults(run=_open, makes_register=True)


def _new_key(arguments: argparse.Namespace) -> int:
    secret, private = rolekeys.new_secret(), arguments.out
    public = private.with_name(f"{private.name}.pub")
    if public.exists():
        raise RefusedError(f"{public} is there already; choose another name")
    key = rolekeys.public_of(secret)
    try:
        handle = os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise RefusedError(f"{private} is there already; choose another name") from None
    with os.fdopen(handle, "w") as file:
        file.write(KeyFile(arguments.role, secret).secret_text())
        file.flush()
        os.fsync(file.fileno())
    public.write_text(KeyFile(arguments.role, key).public_text())
    print(f"{private} opens what is written to {arguments.role}: keep it on this machine, and a copy of it in another place.")
    print(f"{public} goes to the register: tuidang contact key {arguments.role} --public {public.name}")
    print(f"The register must then show this key: {rolekeys.mark(key)}")
    return 0


def _key(arguments: argparse.Namespace) -> int:
    found = rolekeys.read_public(arguments.public.read_text("utf-8", "replace"))
    if found.role != arguments.role:
        raise RefusedError(f"this key was made for {found.role or 'nobody'}, not for {arguments.role}")
    print(f"{arguments.role} can be written to, under the key {actions.register_key(role=Role(arguments.role), public=found.key)}.")
    return 0


def _open(arguments: argparse.Namespace) -> int:
    message = rolekeys.read_sealed(arguments.file.read_bytes())
    key = rolekeys.read_secret(arguments.key.read_text("utf-8", "replace"))
    own = rolekeys.mark(rolekeys.public_of(key.key))
    if own != message.key:
        raise RefusedError(_plain(f"this message is for the key {message.key} of {message.role}; the one given is {own} of {key.role}"))
    letter = msgspec.json.decode(rolekeys.unseal(key.key, message.sealed, message.bound_to), type=Letter)
    reach = f"\n\nHow to reach them: {letter.reach}" if letter.reach else ""
    sys.stdout.write(_plain(f"To {message.role}, in {letter.language}:\n\n{letter.text}{reach}\n"))
    return 0


def _plain(text: str) -> str:
    """Without what a terminal would take for a command of its own. Nothing of a file is trusted: whoever has the register can write all of it."""
    return "".join(one for one in text if one == "\n" or one.isprintable())
