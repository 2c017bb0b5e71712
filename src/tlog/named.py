"""The lists that entries name: looked up, compared with their hash, read once however often they are named."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from typing import TypeVar

from tlog import lists, note
from tlog.checkpoint import SignedCheckpoint
from tlog.errors import InvalidError, MissingError, TlogError
from tlog.lists import CodeList, KeySet, ListSource, Loss, list_path

_Parsed = TypeVar("_Parsed")
FEW_BITS = 1 << 16
"""Set bits of a bitmap that are remembered; one with more voids so many entries whenever it is named that its length hardly counts."""


class NamedLists:
    """What a replay knows of the lists at `source`. `missing` counts those that were not there and not needed.

    Each method takes the hash that an entry names, and raises InvalidError if what is there has another hash or form. A list that was
    found to be good is not read again for the next entry that names it; only code lists and key sets are large when read, and of them
    `replay` keeps the ones in force.
    """

    def __init__(self, source: ListSource) -> None:
        self._source = source
        self._good: dict[tuple[str, bytes], object] = {}
        self.missing = 0

    def codes(self, named: bytes) -> CodeList:
        """The code list. Raises MissingError, as all that follow and have no other way to say that it is not there."""
        return self._needed(named, CodeList.parse, lists.LARGEST)

    def keys(self, named: bytes) -> KeySet:
        """The key set."""
        return self._needed(named, KeySet.parse, lists.LARGEST_KEY_SET)

    def checkpoint(self, named: bytes) -> SignedCheckpoint:
        """A predecessor's last known checkpoint."""
        return self._needed(named, SignedCheckpoint.parse, note.LARGEST)

    def loss(self, named: bytes) -> Loss:
        """The list of type `successor`."""
        return self._needed(named, Loss.parse, lists.LARGEST)

    def baseline(self, named: bytes) -> int | None:
        """The total; None if the list is not there."""
        return self._once("baseline", named, lists.parse_baseline)

    def outcomes(self, named: bytes) -> None:
        """A list of outcomes, if it is there."""
        self._once("outcomes", named, lambda data: lists.check_outcomes(data) == data)

    def note(self, named: bytes, of_type: str) -> None:
        """A list with a note, if it is there."""
        self._once(of_type, named, lambda data: lists.check_note(data, of_type) == data)

    def bitmap(self, named: bytes, bits: int) -> tuple[int, Callable[[], Iterator[int]]]:
        """How many bits of the bitmap are set, and what gives their positions, ascending, as often as it is called."""
        kept = self._good.get((f"bitmap of {bits}", named))
        if isinstance(kept, array):
            return len(kept), lambda: iter(kept)
        bitmap = self._needed(named, partial(lists.check_bitmap, bits=bits), (bits + 7) // 8)
        number = int.from_bytes(bitmap, "big").bit_count()
        if number <= FEW_BITS:
            self._good[f"bitmap of {bits}", named] = array("I", lists.set_bits(bitmap))
        return number, lambda: lists.set_bits(bitmap)

    def _once(self, what: str, named: bytes, parse: Callable[[bytes], _Parsed]) -> _Parsed | None:
        """What `parse`, which is that of `what`, makes of the list; None, and counted as missing, if it is not there."""
        if (what, named) in self._good:
            return self._good[what, named]  # type: ignore[return-value]  # put there below
        found = self._optional(named, parse, lists.LARGEST)
        if found is None:
            self.missing += 1
        else:
            self._good[what, named] = found
        return found

    def _needed(self, named: bytes, parse: Callable[[bytes], _Parsed], limit: int) -> _Parsed:
        parsed = self._optional(named, parse, limit)
        if parsed is None:
            raise MissingError(list_path(named))
        return parsed

    def _optional(self, named: bytes, parse: Callable[[bytes], _Parsed], limit: int) -> _Parsed | None:
        data = self._source(named, limit)
        if data is None:
            return None
        path = list_path(named)
        if len(data) > limit:
            raise InvalidError("list-form", f"more than {limit} bytes", path=path)
        if sha256(data).digest() != named:
            raise InvalidError("list-hash", "the list has another hash than its name", path=path)
        try:
            return parse(data)
        except TlogError as error:
            error.path = path
            raise
