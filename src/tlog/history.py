"""What a replay must know about entries before the ones that it is given, as one small interface.

`History` is the seam between the rules (`replay`), which hold nothing but the lists in force, and whoever remembers: a full recount keeps
a byte for each entry (`scratch`), the sealer of a register asks its own tables about the few entries that a new batch touches.
"""

from __future__ import annotations

from typing import Protocol

VOID = 0
"""What `History.assurance` says of an entry that is not a live kind 1."""


class History(Protocol):
    """Entries that were replayed before, and what became of them.

    Indexes are those of the log. A replay calls `entry` only for entries before those of the `feed` under way, and `assurance` only for
    entries before the one it checks. After a replay has raised, its history may hold part of what it was fed: throw both away.
    """

    def entry(self, index: int) -> bytes:
        """The 96 bytes of an earlier entry of any kind. Raises CannotCheckError if they cannot be had."""
        ...

    def assurance(self, index: int) -> int:
        """The effective assurance, 1 to 4, if the entry is a live kind 1; else VOID."""
        ...

    def declare(self, first: int, entries: bytes) -> None:
        """Remember these kind 1 entries, n·96 bytes from index `first`: live, each with the assurance that it bears.

        Raises InvalidError("commitment-repeated", index=…) if a commitment stands in an earlier kind 1, void ones included, or twice among
        these. An implementation may find this out later, but before anyone is told that the log is valid.
        """
        ...

    def set_assurance(self, index: int, assurance: int) -> None:
        """The live kind 1 at `index` now has effective assurance 4, or is VOID. Later calls of `assurance` must say so."""
        ...
