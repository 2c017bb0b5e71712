"""Sealing: the write order, and what a crash at each point means.

(0) `recover` whatever was signed and not finished → (1) `stage` the batch, replayed, durable → (2) `sign`: the signer compares and swaps,
then signs → (3) `publish` lists, bundles, tiles → (4) witnesses: none yet → (5) `show` the checkpoint → (6) `move` the rows and record the
root → (7) the archive pulls what is to be published, from review → (8) `end_day`: the day key dies → (9) the stage is dropped.

- Stopped before (2): nothing was signed. The stage can be signed no more once another is; then it is dropped.
- Stopped between (2) and (6): the signer's lock is ahead of the tables. Whoever seals next finds the stage by the lock's root and goes on from (3).
- Stopped after (6): the tables say what the log says. The old day keys die with the next sealing.

Two sealers at once: the signer signs one of two batches with the same base; the other is told that the lock moved, and gives up its own. Steps
(3) to (9) may run twice, interleaved in any way: files are never overwritten and are the same bytes, the checkpoint is only replaced by a
larger one under a file lock, the row move checks the root that it begins with in its own transaction.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction

from tlog.checkpoint import Checkpoint, SignedCheckpoint
from tlog.entry import SIZE
from tlog.errors import MissingError, TlogError
from tlog.growth import Growth, grow, read_entry
from tlog.lists import list_path
from tlog.merkle import root_of_size
from tlog.signer_client import LockMovedError, SignerError, SignerRefusedError
from tlog.signer_wire import SignRequest, Tree
from tlog.store import write_durably
from tlog.tiles import TileReader
from tuidang.intake import actions as intake_actions
from tuidang.intake import queries as intake
from tuidang.kernel.errors import BusyError, DamagedError
from tuidang.kernel.places import places, private_folder
from tuidang.ledger import adapters, batch, gathering, instructions, moving
from tuidang.ledger import stage as stages
from tuidang.ledger.stage import Staged
from tuidang.review import actions as review_actions
from tuidang.vault import daykeys, formkeys

MOST_OUTCOMES = 100_000


@dataclass(frozen=True, slots=True)
class Report:
    """What a sealing did. `sealed` entries in all; `dropped` instructions no longer held; `waiting` declarants are left for another day."""

    size: int
    sealed: int
    dropped: int
    waiting: int
    small_cells: int
    recovered: int


Progress = Callable[[str, int], None]


def _silent(_: str, __: int) -> None:
    """No progress."""


def seal(*, force: bool = False, progress: Progress = _silent) -> Report:
    """Finishes what was begun, then seals one batch of all that can go in. `force`: also what stands alone, fully coarsened.

    Raises BusyError (another sealer was first, or the signer does not answer), DamagedError (says why nothing may be sealed).
    """
    recovered = recover(progress)
    candidates = gathering.candidates(lambda found: progress("gathered", found))
    made = batch.make(
        candidates=candidates,
        due=gathering.due_instructions(),
        outcomes=intake.waiting_outcomes(MOST_OUTCOMES),
        k=settings.ENVIRONMENT.k,
        force=force,
    )
    if made is None:
        return Report(adapters.head().size, 0, 0, len(candidates), 0, recovered)
    staged, growth = stage(made)
    progress("staged", len(made.entries))
    instructions.drop(made.dropped)
    finish(staged, sign(staged, growth), growth, progress)
    return Report(staged.size, len(made.entries), len(made.dropped), made.waiting, made.small_cells, recovered)


def recover(progress: Progress = _silent) -> int:
    """Step 0: brings the tables to where the signer's lock is. Returns how many entries that took.

    Raises DamagedError if that cannot be done: the lock is ahead and the batch is neither staged nor in the ledger, or the lock is behind.
    """
    lock, head = _lock(), adapters.head()
    if (lock.size, lock.root) == (head.size, head.root):
        stages.drop_dead(lock.root)
        return 0
    if lock.size <= head.size:
        raise DamagedError(
            f"the signer's lock is at {lock.size} entries and the database at {head.size}: the lock store was replaced by an older one. "
            "Nothing was sealed. Set the lock from a witness or a mirror, or start a successor log"
        )
    staged = _staged(lock.root) or _read_back(head, lock)
    finish(staged, None, None, progress)
    return lock.size - head.size


def _staged(root: bytes) -> Staged | None:
    try:
        return stages.read(root)
    except DamagedError:
        return None  # its key is gone; what was published may still lead there


def _lock() -> Tree:
    try:
        lock = adapters.signer().lock()
    except SignerError as error:
        raise BusyError(f"nothing was sealed: {error}") from error
    return Tree(lock.size, lock.root)


def _read_back(head: adapters.Head, lock: Tree) -> Staged:
    """The batch between the tables and the lock, read from the ledger's own files; the tables come from an older copy."""
    store = adapters.store()
    try:
        there = adapters.published()
        if there is None or (there.checkpoint.size, there.checkpoint.root) != (lock.size, lock.root):
            raise MissingError("checkpoint")
        reader = TileReader(store, lock.size)
        if root_of_size(lock.size, reader) != lock.root or root_of_size(head.size, reader) != head.root:
            raise MissingError("tile")
        entries = [read_entry(store, index, lock.size) for index in range(head.size, lock.size)]
        grown = grow(store, head.size, entries)
    except TlogError as error:
        raise DamagedError(
            f"the signer has signed {lock.size} entries, this data folder holds {head.size} and no batch that leads there: it was restored from "
            "an older copy. Nothing was sealed. Bring ledger/ from a mirror, then seal again"
        ) from error
    if grown.root != lock.root:
        raise DamagedError("the ledger's bundles do not lead to the root that the signer has signed; bring ledger/ from a mirror")
    day = max(one.day for one in batch.entries_of(b"".join(entries)))
    return Staged(
        base=head.size,
        base_root=head.root,
        size=lock.size,
        root=lock.root,
        day=day,
        entries=b"".join(entries),
        lists={},
        instructions=[],
        outcomes=[],
    )


def stage(made: batch.Batch) -> tuple[Staged, Growth]:
    """Step 1: the batch, durable and encrypted, before anyone is asked to sign it."""
    growth = grow(adapters.store(), made.head.size, made.entries)
    staged = Staged(
        base=made.head.size,
        base_root=made.head.root,
        size=growth.size,
        root=growth.root,
        day=made.day,
        entries=b"".join(made.entries),
        lists=made.lists,
        instructions=[one.bytes for one in made.carried_out],
        outcomes=[one.bytes for one in made.outcomes],
    )
    stages.write(staged)
    return staged, growth


def sign(staged: Staged, growth: Growth | None = None) -> bytes:
    """Step 2: the signed checkpoint. Asked again for the tree that was signed last, the signer gives the same signature.

    Raises BusyError if another batch was signed meanwhile, or the signer refuses or is silent.
    """
    growth = growth or _grow(staged)
    request = SignRequest(
        old=Tree(staged.base, staged.base_root),
        new=Tree(staged.size, staged.root),
        consistency=tuple(growth.consistency()),
        entry=staged.entries[-SIZE:],
        inclusion=tuple(growth.inclusion(staged.size - 1)),
    )
    try:
        status = adapters.signer().status()
        line = adapters.signer().sign(request)
    except LockMovedError as error:
        raise BusyError("another batch was signed meanwhile; this one was given up") from error
    except SignerRefusedError as error:
        raise DamagedError(f"the signer refuses: {error}") from error
    except SignerError as error:
        raise BusyError(f"the signer does not answer: {error}") from error
    text = Checkpoint(status.key.name, staged.size, staged.root).text
    return f"{text}\n{line}".encode()


def _grow(staged: Staged) -> Growth:
    return grow(adapters.store(), staged.base, [staged.entries[at : at + SIZE] for at in range(0, len(staged.entries), SIZE)])


def finish(staged: Staged, checkpoint: bytes | None, growth: Growth | None = None, progress: Progress = _silent) -> None:
    """Steps 3 to 9 of a batch that the signer has signed. Each may have been done before."""
    growth = growth or _grow(staged)
    checkpoint = checkpoint or sign(staged, growth)
    publish(staged, growth)
    progress("published", staged.size)
    show(checkpoint)
    moving.move(staged, lambda done: progress("moved", done))
    end_day()
    stages.drop(staged.root)
    stages.drop_dead(staged.root)


def publish(staged: Staged, growth: Growth) -> None:
    """Step 3: lists, bundles and tiles, each written once."""
    store = adapters.store()
    store.write_all_new({list_path(bytes.fromhex(name)): data for name, data in staged.lists.items()})
    store.write_all_new(growth.files)


def show(checkpoint: bytes) -> None:
    """Step 5: the checkpoint that the world sees, only ever replaced by a larger one."""
    new = SignedCheckpoint.parse(checkpoint).checkpoint
    with _file_lock(private_folder(places().stage) / ".checkpoint"):
        there = adapters.published()
        if there is not None and there.checkpoint.size >= new.size:
            if there.checkpoint.size == new.size and there.checkpoint.root != new.root:
                raise DamagedError(f"two checkpoints of size {new.size} with different roots: the ledger folder is not this log's")
            return
        write_durably(adapters.store().root / "checkpoint", checkpoint)


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def end_day() -> None:
    """Step 8: what still waits is encrypted anew under a fresh key; the keys before it die.

    An accept that held an old key in memory either commits before the old key's row goes (then it is carried over) or fails and is tried again.
    """
    daykeys.rotate()
    for key in daykeys.old_keys():
        while not _dies(key):
            for carry_over in (intake_actions.carry_over, review_actions.carry_over, instructions.carry_over):
                while carry_over(old_key=key):
                    pass
    daykeys.bury()
    formkeys.drop_old()
    intake_actions.forget_spent()
    intake_actions.purge_taken_back()
    instructions.drop_unneeded()


def _dies(key: int) -> bool:
    try:
        with transaction.atomic():
            daykeys.let_die([key])
    except IntegrityError:
        return False
    return True
