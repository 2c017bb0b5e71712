"""Sealing: the write order, and what a crash at each point means.

(0) `recover` whatever was signed and not finished → (1) `stage` the batch, replayed, durable → (2) `sign`: the signer compares and swaps,
then signs → (3) `publish` lists, bundles, tiles → (4) witnesses: none yet → (5) `show` the checkpoint → (6) `move` the rows and record the
root → (7) the archive pulls what is to be published, from review → (8) `end_day`: the day key dies → (9) the stage is dropped.

- Stopped before (2): nothing was signed. The stage can be signed no more once another is; then it is dropped.
- Stopped between (2) and (6): the signer's lock is ahead of the tables. Whoever seals next finds the stage by the lock's root and goes on from (3).
- Stopped after (6): the tables say what the log says. The stage that is still there tells whoever seals next to do (8) and (9).

Two sealers at once: the signer signs one of two batches with the same base; the other is told that the lock moved, and gives up its own. Steps
(3) to (9) may run twice, interleaved in any way: files are never overwritten and are the same bytes, the checkpoint is only replaced by a
larger one under a file lock, the row move checks the root that it begins with in its own transaction.
"""

from __future__ import annotations

import fcntl
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction

from tlog.checkpoint import Checkpoint, SignedCheckpoint
from tlog.entry import SIZE
from tlog.errors import MissingError, TlogError
from tlog.growth import Growth, grow, read_entry
from tlog.lists import list_path
from tlog.merkle import EMPTY_ROOT, root_of_size
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
from tuidang.ledger.actions import correcting
from tuidang.ledger.stage import Staged
from tuidang.review import actions as review_actions
from tuidang.vault import daykeys, epochs, formkeys

log = logging.getLogger("tuidang.ledger")
MOST_OUTCOMES = 100_000
MOST_ROUNDS = 20_000
DEATH_SECONDS = 60
WAIT_SECONDS = 20
PATIENCE_SECONDS = 0.02
NOT_SIGNED = frozenset(
    {"moved", "clock-ahead", "clock-behind", "clock-unknown", "not-larger", "not-consistent", "not-last", "too-many", "entry-kind"}
    | {"day-ahead", "day-behind"}
)
"""Refusals of a batch that was not signed and never will be as it is. After `storage` or trouble with the lock store that is not known."""


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


@contextmanager
def alone() -> Iterator[None]:
    """Holds off other sealers of this data folder, to save their work: two at once would be right too. Ends with the process, however it ends.

    Raises BusyError if another one is at it for longer than a few seconds.
    """
    handle = os.open(private_folder(places().stage) / ".sealing", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + WAIT_SECONDS
        while not _taken(handle):
            if time.monotonic() > deadline:
                raise BusyError("another process is sealing; try again when it is done")
            time.sleep(0.1)
        yield
    finally:
        os.close(handle)


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def seal(*, force: bool = False, progress: Progress = _silent) -> Report:
    """Finishes what was begun, then seals one batch of all that can go in. `force`: also what stands alone, fully coarsened.

    With nothing to seal there is no batch, and the day ends all the same.

    Raises BusyError (another sealer was first, or the signer does not answer), DamagedError (says why nothing may be sealed), SetUpError (there
    is no audit key for this quarter).
    """
    recovered = recover(progress)
    gathering.catch_up()
    # Before anything is gathered: if another sealer seals what we gather, the tables move on, and the signer refuses a batch that begins here.
    head = adapters.head()
    candidates = gathering.candidates(lambda found: progress("gathered", found))
    made = batch.make(
        head=head,
        candidates=candidates,
        due=gathering.due_instructions(head.size),
        outcomes=intake.waiting_outcomes(MOST_OUTCOMES),
        k=settings.ENVIRONMENT.k,
        force=force,
    )
    if not made.entries:
        _drop_alone(made)
        end_day()  # what was removed since is still there under its key
        return Report(head.size, 0, len(made.dropped), made.waiting, 0, recovered)
    # A batch that is signed must be movable: its audit key is asked for while nothing has happened yet.
    epochs.epoch_for(made.day)
    staged, growth = stage(made)
    correcting.delay_corrected(candidates=candidates, staged=staged)
    progress("staged", len(made.entries))
    finish(staged, sign(staged, growth), growth, progress)
    return Report(staged.size, len(made.entries), len(made.dropped), made.waiting, made.small_cells, recovered)


def _drop_alone(made: batch.Batch) -> None:
    """Drops instructions that no longer hold where no batch takes them along; not if the tables moved on while they were tried."""
    with transaction.atomic():
        if adapters.head() == made.head:
            instructions.drop(made.dropped)


def recover(progress: Progress = _silent) -> int:
    """Step 0: brings the tables to where the signer's lock is. Returns how many entries that took.

    Raises DamagedError if that cannot be done: signer, tables and ledger contradict each other, or the batch between them is gone.
    """
    recovered = 0
    while True:
        # In this order: whatever other sealers do between these lines, an earlier one never finds more than a later one.
        head, there, lock = adapters.head(), adapters.published(), _lock()
        try:
            _check_agreement(head, there.checkpoint if there else None, lock)
            if lock.size == head.size:
                _tidy(head.size)
                return recovered
            staged, checkpoint = _staged(lock.root), None
            if staged is None or staged.base != head.size:
                staged, checkpoint = _read_back(head, lock)
            finish(staged, checkpoint, None, progress)
        except (BusyError, DamagedError):
            if adapters.head() == head:
                raise
            continue  # another sealer went on meanwhile: look again
        recovered += staged.size - staged.base


def _check_agreement(head: adapters.Head, there: Checkpoint | None, lock: Tree) -> None:
    """Raises DamagedError unless tables, ledger folder and lock can be of one log: each as far as the next, or behind it."""
    tables, shown = Tree(head.size, head.root), Tree(there.size, there.root) if there else Tree(0, EMPTY_ROOT)
    if lock.size < max(tables.size, shown.size):
        raise DamagedError(
            f"the signer's lock is at {lock.size} entries, the database at {tables.size} and the ledger at {shown.size}: the lock store was "
            "replaced by an older one. Nothing was sealed. Set the lock from a witness or a mirror, or start a successor log"
        )
    if shown.size < tables.size:
        raise DamagedError(
            f"the ledger's checkpoint is at {shown.size} entries and the database at {tables.size}: ledger/ is an older copy. Nothing was "
            "sealed. Bring ledger/ from a mirror, then seal again"
        )
    for one, other, what in (
        (tables, shown, "database and ledger"),
        (shown, lock, "ledger and signer"),
        (tables, lock, "database and signer"),
    ):
        if one.size == other.size and one.root != other.root:
            raise DamagedError(f"{what} hold different logs of {one.size} entries. Nothing was sealed. They are not of one register")


def _tidy(size: int) -> None:
    """Steps 8 and 9, where a stage that the tables have passed shows that a sealer did not get there."""
    if stages.outlived(size):
        end_day()
        stages.drop_outlived(size)


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


def _read_back(head: adapters.Head, lock: Tree) -> tuple[Staged, bytes]:
    """What the ledger's own files hold beyond the tables, which come from an older copy; and its checkpoint."""
    store = adapters.store()
    try:
        checkpoint = store.read("checkpoint")
        there = SignedCheckpoint.parse(checkpoint).checkpoint
        if there.size <= head.size:
            raise MissingError("checkpoint")
        reader = TileReader(store, there.size)
        if root_of_size(there.size, reader) != there.root or root_of_size(head.size, reader) != head.root:
            raise MissingError("tile")
        entries = [read_entry(store, index, there.size) for index in range(head.size, there.size)]
        grown = grow(store, head.size, entries)
    except TlogError as error:
        raise DamagedError(
            f"the signer has signed {lock.size} entries, this data folder holds {head.size} and no batch that leads there: it was restored from "
            "an older copy. Nothing was sealed. Bring ledger/ from a mirror, then seal again"
        ) from error
    if grown.root != there.root:
        raise DamagedError("the ledger's bundles do not lead to the root that the signer has signed; bring ledger/ from a mirror")
    decoded = batch.entries_of(b"".join(entries))
    staged = Staged(
        base=head.size,
        base_root=head.root,
        size=there.size,
        root=there.root,
        day=max(one.day for one in decoded),
        entries=b"".join(entries),
        lists={},
        instructions=[one.bytes for one in gathering.carried_out_by(decoded)],
        outcomes=[one.bytes for one in gathering.listed_by(decoded)],
        read_back=True,
    )
    return staged, checkpoint


def stage(made: batch.Batch) -> tuple[Staged, Growth]:
    """Step 1: the batch, durable and encrypted, before anyone is asked to sign it."""
    growth = _grow(made.head.size, made.entries)
    staged = Staged(
        base=made.head.size,
        base_root=made.head.root,
        size=growth.size,
        root=growth.root,
        day=made.day,
        entries=b"".join(made.entries),
        lists=made.lists,
        instructions=[one.bytes for one in (*made.carried_out, *made.dropped)],
        outcomes=[one.bytes for one in made.outcomes],
    )
    stages.write(staged)
    return staged, growth


def sign(staged: Staged, growth: Growth | None = None) -> bytes:
    """Step 2: the signed checkpoint. Asked again for the tree that was signed last, the signer gives the same signature.

    Raises BusyError if another batch was signed meanwhile, or the signer refuses or is silent.
    """
    growth = growth or _growth_of(staged)
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
    except SignerRefusedError as error:
        if error.reason in NOT_SIGNED:
            stages.drop(staged.root)  # else one that is refused for its clock's sake would leave a stage at every attempt
        if isinstance(error, LockMovedError):
            raise BusyError("another batch was signed meanwhile; this one was given up") from error
        raise DamagedError(f"the signer refuses: {error}") from error
    except SignerError as error:
        raise BusyError(f"the signer does not answer: {error}") from error
    text = Checkpoint(status.key.name, staged.size, staged.root).text
    return f"{text}\n{line}".encode()


def _growth_of(staged: Staged) -> Growth:
    return _grow(staged.base, [staged.entries[at : at + SIZE] for at in range(0, len(staged.entries), SIZE)])


def _grow(base: int, entries: list[bytes]) -> Growth:
    try:
        return grow(adapters.store(), base, entries)
    except MissingError as error:
        raise DamagedError(
            f"the ledger cannot be continued, {error}. Nothing was sealed. Bring ledger/ from a mirror, then seal again"
        ) from error


def finish(staged: Staged, checkpoint: bytes | None, growth: Growth | None = None, progress: Progress = _silent) -> None:
    """Steps 3 to 9 of a batch that the signer has signed. Each may have been done before."""
    growth = growth or _growth_of(staged)
    checkpoint = checkpoint or sign(staged, growth)
    publish(staged, growth)
    progress("published", staged.size)
    show(checkpoint)
    moving.move(staged, lambda done: progress("moved", done))
    end_day()
    stages.drop_outlived(staged.size)


def publish(staged: Staged, growth: Growth) -> None:
    """Step 3: lists, bundles and tiles, each written once."""
    store = adapters.store()
    store.write_all_new({list_path(bytes.fromhex(name)): data for name, data in staged.lists.items()})
    store.write_all_new(growth.files)


def show(checkpoint: bytes) -> None:
    """Step 5: the checkpoint that the world sees, only ever replaced by a larger one."""
    new = SignedCheckpoint.parse(checkpoint).checkpoint
    with adapters.file_lock(private_folder(places().stage) / ".checkpoint"):
        there = adapters.published()
        if there is not None and there.checkpoint.size >= new.size:
            if there.checkpoint.size == new.size and there.checkpoint.root != new.root:
                raise DamagedError(f"two checkpoints of size {new.size} with different roots: the ledger folder is not this log's")
            return
        write_durably(adapters.store().root / "checkpoint", checkpoint)


def end_day() -> None:
    """Step 8: what is due to go goes, what still waits is encrypted anew under a fresh key; the keys before it die.

    An accept that held an old key in memory either was under way when the new one became current (then it is carried over) or finds that it
    is no longer current, and takes the new one. So what is to be carried over becomes less, however fast others accept.
    """
    # What is due to go goes first, so that it is gone with the key under which it was.
    intake_actions.forget_spent()
    with transaction.atomic():
        review_actions.forget(declarations=intake_actions.purge_taken_back())
    instructions.drop_unneeded()
    daykeys.rotate()
    for key in daykeys.old_keys():
        _let_die(key)
    dying, size = daykeys.dying(), adapters.head().size
    for key in dying:
        stages.carry_over(old_key=key, size=size)
    daykeys.bury(dying)
    formkeys.drop_old()


def _let_die(key: int) -> None:
    """Goes on until the key's row is gone; if another transaction holds rows under it for a minute, the next sealing lets it die."""
    deadline = time.monotonic() + DEATH_SECONDS
    while not _dies(key) and not daykeys.lost(key):
        if time.monotonic() > deadline:
            log.error("a day key could not die: another transaction holds rows under it; it is tried again with the next sealing")
            return
        time.sleep(PATIENCE_SECONDS)


def _carry_over(key: int) -> None:
    try:
        for carry_over in (intake_actions.carry_over, review_actions.carry_over, instructions.carry_over):
            for _ in range(MOST_ROUNDS):
                if not carry_over(old_key=key):
                    break
    except DamagedError:
        if daykeys.alive(key):
            raise
        # Another sealer carried everything over and buried the key.


def _dies(key: int) -> bool:
    """With the key's row gone, whoever still uses it waits for this transaction: what came until then is all there is to carry over."""
    if not daykeys.lost(key):
        _carry_over(key)
    try:
        with transaction.atomic():
            daykeys.let_die([key])
            if daykeys.readable(key):
                _carry_over(key)
    except IntegrityError:
        return False
    return True
