"""`tuidang count`, `baseline`, `void` and `keys`."""

from __future__ import annotations

import argparse
import json

from tlog.entry import SELF_VOID, Kind
from tuidang.ledger import actions, adapters, founding, queries
from tuidang.reference import queries as reference
from tuidang.reference import switches
from tuidang.vault import epochs


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the commands of the ledger."""
    one = commands.add_parser(
        "count",
        help="the count from the tables",
        description="Prints the count as the tables have it, with the keys of tlog-verify recount.",
    )
    one.add_argument("--json", action="store_true", help="print JSON")
    one.set_defaults(run=count)
    one = commands.add_parser(
        "baseline",
        help="record the total of an earlier register",
        description="Goes into the next batch, for good and in public; shown apart, never counted. A later one takes its place.",
    )
    one.add_argument("--total", type=int, required=True, metavar="N", help="the total that was published")
    one.add_argument("--source", required=True, metavar="TEXT", help="who published it, and when")
    one.add_argument("--json", action="store_true", help="print JSON")
    one.set_defaults(run=baseline)
    one = commands.add_parser(
        "void",
        help="take an entry out of the count",
        description="Goes into the next batch, for good and in public. A declarant's own wish goes through the lookup page, with the code.",
    )
    one.add_argument("--entry", type=int, required=True, metavar="N", help="the registry number")
    one.add_argument("--reason", required=True, choices=_reasons(), help="why")
    one.add_argument("--json", action="store_true", help="print JSON")
    one.set_defaults(run=void)
    one = commands.add_parser(
        "keys",
        help="the keys of this register",
        description="Shows the public keys; `epochs` makes audit keys ahead and has the log say so.",
    )
    one.add_argument("action", nargs="?", choices=("show", "epochs"), default="show", help="what to do (default: show)")
    one.add_argument("--json", action="store_true", help="print JSON")
    one.set_defaults(run=keys)


def count(arguments: argparse.Namespace) -> int:
    """Prints the count from the tables."""
    found = queries.count_from_tables()
    if arguments.json:
        print(json.dumps(found, indent=2))
        return 0
    print(f"{found['count']:,} withdrawals declared, on the public record ({found['entries']:,} entries).")
    for name in (one for one in found if one.startswith("by_") and found[one]):
        print(f"\n{name.replace('_', ' ')}")
        for key, value in found[name].items():
            print(f"  {key:<16}{value:>14,}")
    return 0


def baseline(arguments: argparse.Namespace) -> int:
    """Leaves the instruction."""
    before = queries.snapshot().baseline
    actions.set_baseline(total=arguments.total, source=arguments.source)
    if arguments.json:
        print(json.dumps({"total": arguments.total, "source": arguments.source, "before": before}))
        return 0
    instead = "" if before is None else f" It takes the place of {before:,}, which stays in the log."
    print(f"The baseline of {arguments.total:,} goes into the next batch.{instead}")
    return 0


def _reasons() -> list[str]:
    return [one.name for code, one in reference.reasons().items() if code != SELF_VOID]


def void(arguments: argparse.Namespace) -> int:
    """Leaves the instruction."""
    reason = next(code for code, one in reference.reasons().items() if one.name == arguments.reason)
    left = actions.instruct_void(ref=arguments.entry, reason=reason)
    if arguments.json:
        print(json.dumps({"entry": arguments.entry, "reason": arguments.reason, "new": left}))
    else:
        print("The void goes into the next batch." if left else "There is an instruction to void this entry already.")
    return 0


def keys(arguments: argparse.Namespace) -> int:
    """Shows keys, or makes epochs ahead."""
    if arguments.action == "epochs":
        made = epochs.make_epochs()
        if made:
            switches.set_open(is_open=False)  # their private halves lie on this machine: the doctor opens again when they are moved away
        changed = Kind.KEYS in founding.announce_changes()
        print(f"{len(made)} made: {', '.join(made) or 'none was missing'}." + (" The log says so with the next batch." if changed else ""))
        return 0
    found = founding.key_set()
    if arguments.json:
        print(json.dumps(found))
        return 0
    print(f"log      {adapters.verifier()}\npromise  {found['promise'][0]}\nepochs   {', '.join(one['name'] for one in found['epochs'])}")
    return 0
