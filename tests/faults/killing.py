"""Kills sealers and signers at every write they make, each time in a fresh copy of the same register; prints what it came to as JSON.

python -m tests.faults.killing FOLDER seal|recover|signer|found
"""

from __future__ import annotations

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

from tlog.accelerator import accelerator  # noqa: E402 -- what is faulted must be chosen before Django is set up

MOST = 1_000


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


def found_killed(world: World, last: int) -> bool:
    """Founding and first batch are killed and done again."""
    was = killed(world, story.found, last)
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
    "found": found_killed,
}


def template(folder: Path, way: str) -> World:
    """The register that every copy begins as."""
    world = World(folder, os.environ.get("TUIDANG_DATABASE_URL", ""))
    folder.mkdir()
    if way == "found":
        world.run(lambda: None)
        return world
    world.run(story.found)
    with world.signing():
        world.run(story.begin)
        if way == "recover":
            assert wait(world.start(sign_only)) == KILLED
    return world


def main(folder: Path, way: str) -> None:
    """Goes on until a run comes through without being killed."""
    accelerator()  # imported once, here, and not in each of some hundred processes
    origin = template(folder / "template", way)
    failures, kills = [], 0
    for last in range(1, MOST):
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
