"""The count and its breakdowns (docs/log-format.md, section 4), by code. Names come later, from the list in force at the end."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator, Mapping

from tlog.accelerator import accelerator
from tlog.entry import SIZE, Assurance

COLUMNS = ("channel", "region", "organisations", "source", "voice", "assurance")
_FIELDS = struct.Struct(">3xB2xHBxHB83x")
_DAY = struct.Struct(">4xH90x")


class Tally:
    """Sums over entries. `count` is Σ delta and `by_day` its part of each day; the columns hold live entries by the code of a field.

    `columns["organisations"]` is by the whole field, 1 to 7; see `organisations`. Zeros may remain; `without_zeros` drops them.
    """

    def __init__(self, *, vectorised: bool | None = None) -> None:
        self.count = 0
        self.by_day: Counter[int] = Counter()
        self.columns: dict[str, Counter[int]] = {name: Counter() for name in COLUMNS}
        self._bulk = accelerator(vectorised)

    def add_delta(self, day: int, delta: int) -> None:
        """Any entry, by its day and delta."""
        self.count += delta
        self.by_day[day] += delta

    def add_live(self, entry: bytes, assurance: int, step: int) -> None:
        """The declaration of 96 bytes becomes live (step 1), or void (step −1), with this effective assurance."""
        for name, code in zip(COLUMNS, (*_FIELDS.unpack(entry), assurance), strict=True):
            self.columns[name][code] += step

    def add_declared(self, entries: bytes) -> None:
        """A run of kind 1, n·96 bytes: their deltas, and each live with its own assurance."""
        self.count += len(entries) // SIZE
        sums = self._bulk.sums(entries) if self._bulk else _sums(entries)
        for name, code, number in sums:
            column = self.by_day if name == "day" else self.columns[name]
            column[code] += number

    def raise_assurance(self, former: int) -> None:
        """One live declaration moves from assurance `former` to 4."""
        self.columns["assurance"][former] -= 1
        self.columns["assurance"][Assurance.IDENTIFIED] += 1

    def organisations(self, bit: int) -> int:
        """Live entries whose organisations have `bit` set."""
        return sum(number for field, number in self.columns["organisations"].items() if field & bit)


def _sums(entries: bytes) -> Iterator[tuple[str, int, int]]:
    for (day,) in _DAY.iter_unpack(entries):
        yield "day", day, 1
    for values, assurance in zip(_FIELDS.iter_unpack(entries), entries[2::SIZE], strict=True):
        for name, code in zip(COLUMNS, (*values, assurance), strict=True):
            yield name, code, 1


def without_zeros(counter: Mapping[int, int]) -> dict[int, int]:
    """By ascending code, what is not zero."""
    return {code: number for code, number in sorted(counter.items()) if number}
