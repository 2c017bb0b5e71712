"""What a replay cannot see and hands out: roots that the log must have had, changes of its key, and logs that it took over."""

from __future__ import annotations

from dataclasses import dataclass

from tlog.errors import InvalidError
from tlog.merkle import verify_consistency
from tlog.note import VerifierKey


@dataclass(frozen=True, slots=True)
class Claim:
    """At `size` leaves the log's root is `root`, or what claims it, at `index` and `path`, breaks `rule`.

    With `later`, `root` is that of another tree, of `later` leaves, and `proof` shows that it begins with the log at `size` (RFC 6962).
    """

    size: int
    root: bytes
    rule: str
    index: int | None = None
    path: str | None = None
    later: int | None = None
    proof: tuple[bytes, ...] = ()

    def require(self, found: bytes) -> None:
        """Raises InvalidError by `rule` unless the claim holds of a log with the root `found` at `size`."""
        if self.later is None:
            if found != self.root:
                raise self.refuted()
            return
        try:
            verify_consistency(self.size, found, self.later, self.root, self.proof)
        except InvalidError:
            raise self.refuted() from None

    def refuted(self) -> InvalidError:
        """The error."""
        message = f"the log has not the root at size {self.size} that was stated"
        if self.later is not None:
            message = f"the proof does not show that the tree of {self.later} entries begins with the {self.size} that are here"
        return InvalidError(self.rule, message, index=self.index, path=self.path)


@dataclass(slots=True)
class Earlier:
    """What the log said when it had `size` entries: asked for beforehand, and filled in on the way."""

    size: int
    root: bytes = b""
    count: int = 0

    def require(self, found: bytes) -> None:
        """Takes the root: nothing is held against it."""
        self.root = found

    def refuted(self) -> InvalidError:
        """The error, where the log does not go that far: asked for a size beyond the checkpoint, a recount says so before it begins."""
        return InvalidError("checkpoint", f"the log has fewer than {self.size} entries")


@dataclass(frozen=True, slots=True)
class Turn:
    """The kind 7 at `index` changed the log key from `old` to `new`: `turn/<index>` must exist (section 8)."""

    index: int
    old: VerifierKey
    new: VerifierKey


@dataclass(frozen=True, slots=True)
class Succession:
    """The kind 11 at `index`: the entries before it are the first of the log `predecessor`.

    `predecessor_size` is the size of that log's last known checkpoint. `proven`: that they are was shown, and not only said.
    """

    index: int
    predecessor: str
    predecessor_size: int
    proven: bool

    @property
    def lost(self) -> int:
        """Entries of the predecessor that are not in this log."""
        return self.predecessor_size - self.index

    def members(self) -> dict[str, object]:
        """As JSON."""
        return {
            "index": self.index,
            "predecessor": self.predecessor,
            "predecessor_size": self.predecessor_size,
            "lost": self.lost,
            "proven": self.proven,
        }
