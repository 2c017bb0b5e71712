"""Puts older copies of some parts into a register that has gone on, and lets it seal; prints what it came to as JSON.

python -m tests.faults.restoring FOLDER
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import django

django.setup()

from tests.faults import killing, story  # noqa: E402 -- Django must be set up first
from tests.faults.world import World  # noqa: E402 -- what is faulted must be chosen before Django is set up

from tlog.errors import TlogError  # noqa: E402 -- what is faulted must be chosen before Django is set up
from tuidang.kernel.errors import TuidangError  # noqa: E402 -- what is faulted must be chosen before Django is set up
from tuidang.ledger import adapters  # noqa: E402 -- what is faulted must be chosen before Django is set up

CASES: dict[str, tuple[str, ...]] = {
    "the database": ("database",),
    "the database and the day keys": ("database", "data.keys"),
    "the database and the ledger": ("database", "data/ledger", "data.keys"),
    "the ledger": ("data/ledger",),
    "the lock": ("data.lock",),
    "database, keys and lock": ("database", "data.keys", "data.lock"),
    "ledger and lock": ("data/ledger", "data.lock"),
    "all of it": ("database", "data", "data.keys", "data.lock"),
    "the log key, which was not there": ("data.signer",),
    "the day keys": ("data.keys",),
}


KEYS_GONE = {"the database": story.goes_on_without_what_waited, "the day keys": story.goes_on_with_what_was_sealed}
"""Where rows are left whose day key is not: no copy brings it back, because none is kept of what was destroyed."""


@dataclass(slots=True)
class Result:
    """What sealing answered (empty: it sealed), what it left, and whether all is well in the end, after `repair` where it refused."""

    answer: str = ""
    signed: bool = False
    ledger_changed: bool = False
    fine: str = ""


def _seal(world: World) -> None:
    try:
        story.found()
        story.seal()
        answer = ""
    except (TuidangError, TlogError) as error:
        answer = str(error)
    (world.folder / "answer").write_text(answer)


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _attempt(world: World) -> str:
    with world.signing():
        world.run(lambda: _seal(world))
    return (world.folder / "answer").read_text()


def _fine(world: World, check: Callable[[], None] = story.finish_and_check) -> str:
    try:
        with world.signing():
            world.run(check)
    except AssertionError as error:
        return str(error)
    return ""


def one(case: str, before: World, after: World, number: int) -> Result:
    """Restores the parts of `case` from `before`; where sealing refuses, puts them back as they were and lets it seal."""
    world = after.copy(f"case{number}")
    parts = CASES[case]
    world.restore(before, *parts)
    if case == "the log key, which was not there":
        (world.folder / "data.signer" / "log.key").unlink()
    lock, ledger = _files(world.folder / "data.lock"), _files(world.folder / "data" / "ledger")
    result = Result(answer=_attempt_without_signer(world) if "log key" in case else _attempt(world))
    result.signed = _files(world.folder / "data.lock")["lock"] != lock["lock"]
    now = _files(world.folder / "data" / "ledger")
    result.ledger_changed = any(now.get(name) != data for name, data in ledger.items())
    if result.answer:
        world.restore(after, "data/ledger", "data.lock", "data.signer") if "database" in parts else world.restore(after, *parts)
        if "data.keys" not in parts and "database" in parts:
            world.restore(before, "data.keys")
    older = "database" in parts and case != "all of it"
    result.fine = _fine(world, KEYS_GONE.get(case, story.finish_and_check_restored if older else story.finish_and_check))
    world.remove()
    return result


def _attempt_without_signer(world: World) -> str:
    world.run(lambda: _seal(world))
    return (world.folder / "answer").read_text()


def main(folder: Path) -> None:
    """All cases, from one register before and after a batch."""
    before = killing.template(folder / "before", "seal")
    after = before.copy("after")
    with after.signing():
        after.run(story.finish_and_check)
    results = {case: asdict(one(case, before, after, number)) for number, case in enumerate(CASES)}
    sys.stdout.write(json.dumps(results) + "\n")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tuidang.config.settings")
    adapters.store()
    main(Path(sys.argv[1]))
