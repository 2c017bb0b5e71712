"""`tuidang seal`: one batch now, and what follows from it, so that pages and feed say at once what the log says."""

from __future__ import annotations

import argparse
import json
import sys

from tuidang.archive import actions as archive
from tuidang.ledger import sealing
from tuidang.ops import serving
from tuidang.public.pages import render_ahead

_NOTES = {
    "recovered": "entries of an earlier batch were finished first",
    "dropped": "instructions no longer held and were dropped",
    "waiting": "declarants wait for a later batch",
    "small_cells": "combinations of features stay rare although they were made coarser (fewer than k declarations share them)",
}


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `seal`."""
    one = commands.add_parser(
        "seal", help="seal a batch now", description="Seals all that can go in, fully coarsened where it stands alone."
    )
    one.add_argument(
        "--now", action="store_true", help="do not wait for the day to end (this is what the command is for; it may be left out)"
    )
    one.add_argument("--json", action="store_true", help="print the report as JSON")
    one.set_defaults(run=seal)


def _progress(what: str, number: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K  {what} {number:,}")
        sys.stderr.flush()


def seal(arguments: argparse.Namespace) -> int:
    """Seals one batch, with a signer of its own where none runs; publishes what was released, renders the pages, and says what went in."""
    with serving.signer_for_now(), sealing.alone():
        report = sealing.seal(force=True, progress=_progress)
    while archive.take_in() or archive.follow_voids():
        pass
    render_ahead()
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
    found = {name: getattr(report, name) for name in sealing.Report.__slots__}
    if arguments.json:
        print(json.dumps(found))
        return 0
    print(f"{report.sealed:,} entries sealed, {report.size:,} in all.")
    for name, text in _NOTES.items():
        if found[name]:
            print(f"{found[name]:,} {text}.")
    return 0
