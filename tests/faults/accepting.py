"""Kills a process that accepts declarations in several threads, and looks whether every code it had shown is there; prints JSON.

python -m tests.faults.accepting FOLDER KILLS
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

from tuidang.ledger import sealing  # noqa: E402 -- what is faulted must be chosen before Django is set up
from tuidang.vault.codes import Code  # noqa: E402 -- what is faulted must be chosen before Django is set up

THREADS = 6
SECONDS = 0.4
LEAST = 11
"""Codes shown before a kill, however slow the machine."""


def show_codes(pipe: int) -> None:
    """Accepts for ever; each code leaves the process as soon as it may be shown. Every so often a batch is sealed."""

    def accept() -> None:
        while True:
            os.write(pipe, declare().secret)

    for _ in range(THREADS):
        threading.Thread(target=accept, daemon=True).start()
    while True:
        time.sleep(0.1)
        sealing.end_day()


def one(world: World) -> list[Code]:
    """The codes shown until the process was killed."""
    read, write = os.pipe()
    child = world.start(lambda: show_codes(write))
    os.close(write)
    time.sleep(SECONDS)
    shown = b""
    while len(shown) < LEAST * 16:
        part = os.read(read, 65_536)
        assert part, "whoever accepts has ended by itself"
        shown += part
    kill(child)
    while part := os.read(read, 65_536):
        shown += part
    os.close(read)
    assert len(shown) % 16 == 0
    return [Code(shown[at : at + 16]) for at in range(0, len(shown), 16)]


def main(folder: Path, kills: int) -> None:
    """See above."""
    world = killing.template(folder / "accepting", "seal")
    codes: list[Code] = []

    def look() -> None:
        lost = [code for code in codes if not is_pending(code)]
        (world.folder / "lost").write_text(str(len(lost)))

    lost = 0
    for _ in range(kills):
        codes += one(world)
        world.run(look)
        lost += int((world.folder / "lost").read_text())
    sys.stdout.write(json.dumps({"shown": len(codes), "lost": lost}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
