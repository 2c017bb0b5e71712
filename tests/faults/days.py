"""Ends days while another process goes on accepting, with a memory of keys of its own; prints what it came to as JSON.

python -m tests.faults.days FOLDER DAYS
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path

import django

django.setup()

from tests.faults import killing  # noqa: E402 -- Django must be set up first
from tests.faults.world import World, kill  # noqa: E402 -- what is faulted must be chosen before Django is set up
from tests.ledger.register import declare, is_pending  # noqa: E402 -- what is faulted must be chosen before Django is set up

from tuidang.kernel.places import places  # noqa: E402 -- what is faulted must be chosen before Django is set up
from tuidang.ledger import sealing  # noqa: E402 -- what is faulted must be chosen before Django is set up
from tuidang.vault import daykeys  # noqa: E402 -- what is faulted must be chosen before Django is set up
from tuidang.vault.codes import Code  # noqa: E402 -- what is faulted must be chosen before Django is set up

THREADS = 4
WARM_SECONDS = 1
PAUSE_SECONDS = 0.02
"""Between two of one thread: every day writes anew all that came before it, and the test is to end."""


def accept(pipe: int) -> None:
    """For ever, in several threads; each code leaves the process as soon as it may be shown."""

    def on() -> None:
        while True:
            os.write(pipe, declare().secret)
            time.sleep(PAUSE_SECONDS)

    threads = [threading.Thread(target=on, daemon=True) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    raise AssertionError("nobody accepts any more")


def end_days(world: World, days: int, told: list[bytes]) -> list[dict[str, object]]:
    """What each day's end came to: how long it took, whether all keys but one are gone with it, and how many codes were shown meanwhile."""
    found = []
    for _ in range(days):
        time.sleep(PAUSE_SECONDS)
        before, begin = len(told), time.monotonic()
        world.run(lambda: _end(world))
        found.append({"seconds": time.monotonic() - begin, "shown": len(told) - before, **json.loads((world.folder / "day").read_text())})
    return found


def _end(world: World) -> None:
    sealing.end_day()
    files = {path.name for path in places().keys.iterdir() if "day-" in path.name}
    only = files == {daykeys._name(daykeys.current_key().id)} and daykeys.old_keys() == []
    (world.folder / "day").write_text(json.dumps({"one_key": only}))


def main(folder: Path, days: int) -> None:
    """See above."""
    world = killing.template(folder / "days", "seal")
    read, write = os.pipe()
    child = world.start(lambda: accept(write))
    os.close(write)
    told: list[bytes] = []

    def listen() -> None:
        while part := os.read(read, 16):
            told.append(part)

    listener = threading.Thread(target=listen)
    listener.start()
    time.sleep(WARM_SECONDS)
    found = end_days(world, days, told)
    kill(child)
    listener.join()

    def look() -> None:
        (world.folder / "lost").write_text(str(sum(not is_pending(Code(secret)) for secret in told)))

    world.run(look)
    result = {"days": found, "shown": len(told), "lost": int((world.folder / "lost").read_text())}
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
