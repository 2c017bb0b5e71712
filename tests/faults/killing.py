"""Kills sealers and signers at every write they make, each time in a fresh copy of the same register; prints what it came to as JSON.

At every write on SQLite. On PostgreSQL at every other one where they are many: the writes are the same, and of two that follow each other one
is mostly a file's. Its tables are made in one transaction, in a database that is there: few writes.

python -m tests.faults.killing FOLDER seal|recover|signer|tables|found
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import django

django.setup()

from tests.faults import story  # noqa: E402 -- Django must be set up first
from tests.faults.death import Death  # noqa: E402 -- what is faulted must be chosen before Django is set up
from tests.faults.world import KILLED, World, alive, wait  # noqa: E402 -- what is faulted must be chosen before Django is set up

MOST = 1_000
FEW_WRITES = ("signer", "tables")


def killed(world: World, work: Callable[[], object], last: int) -> bool:
    """Whether `work`, to be killed before its write number `last`, was; else it is done."""
    return wait(world.start(lambda: (Death(last), work()))) == KILLED


def seal_killed(world: World, last: int) -> bool:
    """The sealer is killed, and another one seals."""
    with world.signing():
        was = killed(world, story.seal, last)
        world.run(story.finish_and_check)
        world.run(story.accept_under_old_key)
    return was


def recovery_killed(world: World, last: int) -> bool:
    """The batch is signed and nothing more; whoever recovers is killed too, then another one seals."""
    with world.signing():
        was = killed(world, story.seal, last)
        world.run(story.finish_and_check)
    return was


def signer_killed(world: World, last: int) -> bool:
    """The signer is killed while it is asked, and started again; the sealer notices, and another one seals."""
    with world.signing(lambda: Death(last)) as child:
        wait(world.start(story.seal))
        was = not alive(child)
    with world.signing():
        world.run(story.finish_and_check)
    return was


def tables_killed(world: World, last: int) -> bool:
    """Whoever makes folder and tables is killed; they are made again, and everything after them."""
    return _found_killed(world, story.make_tables, last)


def found_killed(world: World, last: int) -> bool:
    """Founding is killed where the tables are there, and done again; then the first batch."""
    return _found_killed(world, story.found, last)


def _found_killed(world: World, work: Callable[[], object], last: int) -> bool:
    was = killed(world, work, last)
    world.run(story.found)
    with world.signing():
        world.run(story.begin)
        world.run(story.finish_and_check)
    return was


def sign_only() -> None:
    """Seals, and is killed as soon as the signature is there."""
    from tuidang.ledger import sealing

    sealing.publish = lambda *_: os.kill(os.getpid(), 9)
    sealing.seal(force=True)


WAYS: dict[str, Callable[[World, int], bool]] = {
    "seal": seal_killed,
    "recover": recovery_killed,
    "signer": signer_killed,
    "tables": tables_killed,
    "found": found_killed,
}


def import_all(world: World) -> None:
    """Imports once, in this process, what each of some hundred that it forks would import anew. The whole story in `world` tells what that is."""

    def tell() -> None:
        story.finish_and_check()
        (world.folder / "modules").write_text("\n".join(name for name in sys.modules if not name.startswith("__")))

    world.run(story.found)
    with world.signing():
        world.run(story.begin)
        world.run(tell)
    names = (world.folder / "modules").read_text().splitlines()
    for name in names:
        # They stand in the order in which they were complete. Of two that import each other, that is not the order in which they can begin.
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    for name in names:
        importlib.import_module(name)
    gc.freeze()  # else every child's collector writes to, and so copies, what it shares with this process
    world.remove()


def template(folder: Path, way: str) -> World:
    """The register that every copy begins as."""
    world = World(folder, os.environ.get("TUIDANG_DATABASE_URL", ""))
    folder.mkdir()
    import_all(world.copy("imports"))
    if way == "tables":
        return world
    if way == "found":
        world.run(story.make_tables)
        return world
    world.run(story.found)
    with world.signing():
        world.run(story.begin)
        if way == "recover":
            assert wait(world.start(sign_only)) == KILLED
    return world


def main(folder: Path, way: str) -> None:
    """Goes on until a run comes through without being killed."""
    origin = template(folder / "template", way)
    failures, kills = [], 0
    for last in range(1, MOST, 2 if origin.url and way not in FEW_WRITES else 1):
        world = origin.copy(f"killed{last}")
        try:
            was_killed = WAYS[way](world, last)
        except AssertionError as error:
            failures.append(f"killed before write {last}: {error}")
            was_killed = True
        world.remove()
        kills += was_killed
        if not was_killed or len(failures) > 5:
            break
    sys.stdout.write(json.dumps({"kills": kills, "failures": failures}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
