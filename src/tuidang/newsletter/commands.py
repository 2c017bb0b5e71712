"""`tuidang newsletter`: lists from elsewhere, and what people ask for by letter: what is kept about them, to erase it, never to be written to."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from django.conf import settings

from tuidang.kernel.errors import RefusedError
from tuidang.kernel.mailing import Sender
from tuidang.newsletter import actions, queries, signing
from tuidang.newsletter.importing import REASONS, import_file
from tuidang.newsletter.policies import LANGUAGES, Address, NoAddress, read_address
from tuidang.newsletter.signing import Signer

TXT_BYTES = 255
"""The most that one string of a TXT record holds."""


def add_to(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `newsletter` with its subcommands."""
    newsletter = subparsers.add_parser("newsletter", help="readers of the newsletter: import, export, erase")
    commands = newsletter.add_subparsers(metavar="COMMAND", required=True)
    imported = commands.add_parser("import", help="take in a list of people who agreed elsewhere")
    imported.add_argument(
        "file", type=Path, metavar="FILE.csv", help="columns address, consented (2026-11-03); and language, topics, rhythm"
    )
    imported.add_argument("--proof", required=True, metavar="TEXT", help="where and how they agreed, and where that is kept")
    imported.add_argument("--language", default="en", choices=LANGUAGES, help="of rows that name none (default: en)")
    imported.add_argument("--refused", type=Path, metavar="FILE", help="where refused rows go (default: FILE.refused.csv)")
    imported.add_argument(
        "--warned", action="store_true", help="take mailboxes within reach of the Chinese state, too: their owners were told"
    )
    imported.set_defaults(run=_import)
    exported = commands.add_parser("export", help="print what is kept about an address, for its owner")
    exported.set_defaults(run=_export)
    erased = commands.add_parser("erase", help="erase what is kept about an address")
    erased.add_argument("--never", action="store_true", help="they ask never to be written to again: a one-way mark of the address stays")
    erased.set_defaults(run=_erase)
    allowed = commands.add_parser("allow", help="let somebody sign up again who had asked never to be written to")
    allowed.set_defaults(run=_allow)
    for command in (exported, erased, allowed):
        command.add_argument(
            "address", metavar="ADDRESS", help="the address, or - to read it from standard input, which leaves it in no history"
        )
    signed = commands.add_parser("dkim", help="make the key that letters are signed with, and print the record for the DNS")
    signed.set_defaults(run=_dkim)
    for command in (imported, exported, erased, allowed, signed):
        command.add_argument("--json", action="store_true", help="print JSON")


def _print(arguments: argparse.Namespace, data: object, text: str) -> None:
    print(json.dumps(data, ensure_ascii=False) if arguments.json else text)


def _address(arguments: argparse.Namespace) -> Address:
    found = read_address(sys.stdin.readline().strip() if arguments.address == "-" else arguments.address)
    if isinstance(found, NoAddress):
        raise RefusedError(REASONS[found.problem])
    return found


def _import(arguments: argparse.Namespace) -> int:
    refused = arguments.refused or arguments.file.with_suffix(".refused.csv")

    def progress(done: int) -> None:
        print(f"\r{done:,} rows", end="", file=sys.stderr, flush=True)

    try:
        outcome = import_file(
            arguments.file, proof=arguments.proof, refused=refused, language=arguments.language, warned=arguments.warned, progress=progress
        )
    finally:
        print(file=sys.stderr)
    many = sum(outcome.refused.values())
    lines = [f"{outcome.accepted:,} accepted, {many:,} refused."]
    lines += [f"  {count:,}: {REASONS[reason]}" for reason, count in outcome.refused.most_common()]
    lines += [f"The refused rows are in {refused}; delete it when you are done."] if many else []
    data = {"accepted": outcome.accepted, "refused": dict(outcome.refused), "file": str(refused) if many else None}
    _print(arguments, data, "\n".join(lines))
    return 1 if many else 0


def _export(arguments: argparse.Namespace) -> int:
    held = queries.held(_address(arguments))
    if held is None:
        raise RefusedError("nothing is kept about this address")
    print(json.dumps(held, ensure_ascii=False, indent=None if arguments.json else 2))
    return 0


def _erase(arguments: argparse.Namespace) -> int:
    gone = actions.erase(address=_address(arguments), never=arguments.never)
    said = "Erased." if gone else "Nothing was kept about this address."
    _print(arguments, {"erased": gone, "never": arguments.never}, said + (" It is never written to again." if arguments.never else ""))
    return 0


def _allow(arguments: argparse.Namespace) -> int:
    gone = actions.allow(address=_address(arguments))
    _print(arguments, {"allowed": gone}, "They can sign up again." if gone else "Nothing was in the way.")
    return 0


def dns_record(signer: Signer, domain: str) -> str:
    """The line of a zone under which receivers find the key: in strings as short as the DNS has them."""
    text = signer.record()
    strings = " ".join(f'"{text[at : at + TXT_BYTES]}"' for at in range(0, len(text), TXT_BYTES))
    return f"{signer.selector}._domainkey.{domain}. TXT {strings}"


def _dkim(arguments: argparse.Namespace) -> int:
    sender: Sender | None = settings.ENVIRONMENT.newsletter
    if sender is None:
        raise RefusedError("the newsletter is off: set TUIDANG_NEWSLETTER_FROM first, for letters are signed for its domain")
    signer, domain = signing.make(), sender.address.partition("@")[2]
    data = {"name": f"{signer.selector}._domainkey.{domain}", "type": "TXT", "value": signer.record()}
    _print(arguments, data, f"Letters are signed. Put this into the DNS of {domain}:\n{dns_record(signer, domain)}")
    return 0
