"""The recount: everything that docs/log-format.md demands of a log, checked in one pass. Start reading here.

1. The checkpoint is a signed note; it is not smaller than the one seen last (`checkpoint`, `seen`).
2. Every tile and bundle of its size is read, and leads to its root; only entries that are known to be the log's go on (`tree`, `hashing`).
3. Every entry is replayed by the rules, and counted; what earlier entries said is looked up (`replay`, `tally`, `scratch`).
4. Roots that were stated for earlier sizes are compared on the way: by --seen, changes of the log key, a predecessor (`roots`).
5. No commitment stands twice (`commitments`); the two ways to count agree.
6. The checkpoint is signed by the log key that is in force at the end, and the key given is a key of this log.
7. Only then is the checkpoint remembered as seen.

Whatever fails is raised: InvalidError (exit code 1) if something that is there contradicts the rules, CannotCheckError (2) if something is
missing or unknown. In one lot of entries (tree.BUNDLES) the tree is checked before the rules; else the first fault in the log is raised.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from tlog import note
from tlog.checkpoint import Checkpoint, SignedCheckpoint
from tlog.claims import Claim, Earlier, Succession, Turn
from tlog.entry import SIZE, Kind
from tlog.errors import CannotCheckError, InvalidError, TlogError
from tlog.hashing import Hashers
from tlog.lists import CodeList, lists_of
from tlog.note import VerifierKey
from tlog.replay import Replay
from tlog.roots import Roots
from tlog.scratch import ScratchHistory
from tlog.seen import Seen
from tlog.store import Folder, Reader
from tlog.tally import Tally
from tlog.tiles import WIDTH
from tlog.tree import Lot, TreeReader

Progress: TypeAlias = Callable[[int, int], None]
"""Told how many entries are done, and of how many."""
FEW = 10_000
"""Entries that are hashed in less time than it takes to start a process."""
THREADS = 8
"""Files asked for at once if the log is not in a folder."""


@dataclass(frozen=True, slots=True)
class Recount:
    """What a valid log says. `codes` names the codes of `tally`, None in an empty log; `missing_lists` were not there and not needed.

    `successions` are the logs that it took over. `replaced_at`: the entry that put another log key in the place of the one given, or None.
    `earlier`: what it said at the size that was asked for.
    """

    checkpoint: Checkpoint
    tally: Tally
    baseline: int
    codes: CodeList | None
    missing_lists: int
    successions: tuple[Succession, ...] = ()
    replaced_at: int | None = None
    earlier: Earlier | None = None


def recount(
    store: Reader,
    key: VerifierKey,
    seen: Seen | None = None,
    *,
    at: int | None = None,
    processes: int | None = None,
    vectorised: bool | None = None,
    progress: Progress = lambda _done, _of: None,
    warn: Callable[[str], None] = lambda _: None,
    watch: Callable[[Lot], None] = lambda _: None,
) -> Recount:
    """Checks the log at `store` under `key`, and counts it; `at` asks for root and count of its first entries too, as many as that.

    `processes` hash (None: one a core; they are forked, so a caller with threads gives 1); `vectorised` as in `accelerator`. Neither changes
    the result. `warn` is told at the start what will cost time and may come to nothing; `watch` is shown every lot once it was replayed.
    Raises TlogError.
    """
    signed = SignedCheckpoint.parse(store.read("checkpoint", note.LARGEST))
    checkpoint = signed.checkpoint
    _check_key_can_be_right(signed, key, warn)
    if seen is not None:
        seen.check_not_rolled_back(checkpoint)
    if at is not None and not 0 < at <= checkpoint.size:
        raise CannotCheckError("bad-argument", f"no size to count at: {at}; the log has {checkpoint.size} entries")
    earlier = None if at is None else Earlier(at)
    threads = 0 if isinstance(store, Folder) else THREADS
    with (
        Hashers(processes if checkpoint.size > FEW else 1) as hashers,
        TreeReader(store, checkpoint, hashers, threads=threads) as tree,
        ScratchHistory(store, checkpoint.size, vectorised=vectorised) as history,
    ):
        replay = Replay(history, lists_of(store), vectorised=vectorised)
        roots = Roots([*(seen.claims() if seen is not None else ()), *([earlier] if earlier else [])])
        for lot in _follow(store, tree.lots(), replay, history, roots, earlier=earlier):
            watch(lot)
            progress(lot.end, checkpoint.size)
        roots.finish(checkpoint)
        if history.live() != replay.tally.count:
            raise CannotCheckError("unreadable", "two ways to count differ: this machine, or this verifier, is faulty")
    replaced_at = _check_signature(signed, key, replay)
    if seen is not None:
        seen.remember(signed)
    successions = tuple(replay.successions)
    codes = replay.standing.codes
    return Recount(checkpoint, replay.tally, replay.baseline, codes, replay.missing_lists, successions, replaced_at, earlier)


def _follow(
    store: Reader, lots: Iterable[Lot], replay: Replay, history: ScratchHistory, roots: Roots, *, earlier: Earlier | None
) -> Iterator[Lot]:
    """Replays all lots; yields each when that is done. Raises the first fault."""
    try:
        for lot in lots:
            claims, turns = len(replay.claims), len(replay.turns)
            history.keep_digests(lot.first // WIDTH, lot.digests)
            _feed(replay, lot, earlier)
            roots.follow(lot, [*replay.claims[claims:], *(_claim_of_turn(store, turn) for turn in replay.turns[turns:])])
            yield lot
    except TlogError:
        # A commitment that repeats is only found when all buckets are complete, and may stand before the fault found here. If it cannot
        # be looked for, that fault is what is known.
        with contextlib.suppress(CannotCheckError, OSError):
            history.check_commitments()
        raise
    history.check_commitments()


def _feed(replay: Replay, lot: Lot, earlier: Earlier | None) -> None:
    """In two parts where the size that was asked for lies within the lot: between them is its count."""
    if earlier is None or not lot.first < earlier.size <= lot.end:
        replay.feed(lot.entries)
        return
    cut = (earlier.size - lot.first) * SIZE
    replay.feed(lot.entries[:cut])
    earlier.count = replay.tally.count
    replay.feed(lot.entries[cut:])


def _claim_of_turn(store: Reader, turn: Turn) -> Claim:
    """What `turn/<index>` says of the log, signed by both keys (section 8)."""
    path = f"turn/{turn.index}"
    data = store.read(path, note.LARGEST)
    try:
        signed = SignedCheckpoint.parse(data, path)
        for key in (turn.old, turn.new):
            signed.require(key, path=path)
    except InvalidError as error:
        raise InvalidError("turn", error.message, index=turn.index, path=path) from None
    size = signed.checkpoint.size
    if size <= turn.index:
        raise InvalidError("turn", f"its size is {size}, before the change of the key", index=turn.index, path=path)
    return Claim(size, signed.checkpoint.root, "turn", turn.index, path)


def _check_key_can_be_right(signed: SignedCheckpoint, key: VerifierKey, warn: Callable[[str], None]) -> None:
    """What can be said of the signature before the log's own key sets are known."""
    if signed.checkpoint.size == 0 or signed.checkpoint.origin != key.name or signed.note.names(key):
        signed.require(key)
    elif signed.checkpoint.size > FEW:
        warn("The key given did not sign this checkpoint. It may be an earlier key of this log: only the whole log can tell.")


def _check_signature(signed: SignedCheckpoint, key: VerifierKey, replay: Replay) -> int | None:
    """Section 8: signed by the log key in force, and the key given is one that came since the last kind 11. Returns where it was replaced."""
    standing = replay.standing
    if standing.keys is None:
        return None  # the log is empty, and the key given signed it
    if standing.kind == Kind.SUCCESSOR or key not in replay.log_keys:
        raise InvalidError("signature", f"the key given is no key of this log: {key}", path="checkpoint")
    signed.require(standing.keys.log)
    return replay.log_keys[key]
