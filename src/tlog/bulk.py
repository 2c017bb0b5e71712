"""The bulk of a log, entries of kind 1, many at a time with NumPy. It only ever says "these break no rule"; `replay` looks at all others.

Arrays hold one item an entry. Fields are big-endian, as in docs/log-format.md, section 2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tlog.entry import OFFSETS, SIZE, VERSION, Kind
from tlog.lists import CodeList

_Bools: TypeAlias = NDArray[np.bool_]
_Numbers: TypeAlias = NDArray[np.uint64]

_ENTRY = np.dtype(
    {
        "names": list(OFFSETS),
        "formats": ["u1", "u1", "u1", "u1", ">u2", ">u2", "u1", "u1", ">u2", "u1", ("u1", 3), ">i8", "u8", ("u8", 4), ("u8", 4)],
        "offsets": [begin for begin, _ in OFFSETS.values()],
        "itemsize": SIZE,
    }
)
_COLUMNS = ("day", "channel", "region", "organisations", "source", "voice", "assurance")


def _any(words: NDArray[Any]) -> _Bools:
    """Whether a field of several words or bytes is not zero."""
    joined = words[:, 0]
    for at in range(1, words.shape[1]):
        joined = joined | words[:, at]
    return joined != 0  # type: ignore[no-any-return]


def _known(codes: Mapping[int, str], values: NDArray[Any]) -> _Bools:
    """Whether each code is 0 or in the list."""
    table = np.zeros(1 << 16, dtype=np.bool_)
    table[[0, *codes]] = True
    return table[values.astype(np.intp)]


def _faultless(entries: NDArray[Any], day: int, codes: CodeList) -> _Bools:
    """Whether each entry is a kind 1 that breaks no rule of sections 3.1 and 3.2 but perhaps `commitment-repeated`.

    `day` is that of the entry before the first.
    """
    days = entries["day"].astype(np.int64)
    good: _Bools = (entries["version"] == VERSION) & (entries["kind"] == Kind.DECLARE)
    good &= np.diff(days, prepend=day) >= 0
    good &= (entries["delta"] == 1) & (entries["reason"] == 0) & (entries["ref"] == 0)
    good &= ~_any(entries["padding"]) & ~_any(entries["second"]) & _any(entries["commitment"])
    for name, lowest, highest in (("assurance", 1, 3), ("organisations", 1, 7), ("voice", 0, 2)):
        good &= (entries[name] >= lowest) & (entries[name] <= highest)
    good &= _known(codes.channels, entries["channel"]) & _known(codes.regions, entries["region"])
    return good & _known(codes.sources, entries["source"])


class Bulk:
    """What `accelerator` returns."""

    def faultless_runs(self, entries: memoryview, day: int, kind: int, codes: CodeList) -> list[int]:
        """Lengths of the runs of faultless kind 1 before, between and after the entries of n·96 bytes that must be looked at alone.

        `day` and `kind` are those of the entry before the first, `codes` the list in force.
        """
        table = np.frombuffer(entries, _ENTRY)
        kinds = np.concatenate(([kind], table["kind"][:-1]))
        good = _faultless(table, day, codes) & (kinds != Kind.SUCCESSOR)  # after which only kind 7 may come
        alone = np.flatnonzero(~good)
        return (np.diff(alone, prepend=-1, append=len(good)) - 1).tolist()  # type: ignore[no-any-return]

    def sums(self, entries: bytes) -> Iterator[tuple[str, int, int]]:
        """(field, code, number of entries) for each code that occurs in each field that is tallied."""
        fields = np.frombuffer(entries, _ENTRY)
        for name in _COLUMNS:
            numbers = np.bincount(fields[name])
            for code in np.flatnonzero(numbers).tolist():
                yield name, code, int(numbers[code])

    def fingerprints(self, entries: bytes, factors: tuple[int, ...]) -> _Numbers:
        """Σ factor · word over the four native words of each commitment, modulo 2⁶⁴."""
        words = np.frombuffer(entries, _ENTRY)["commitment"]
        total: _Numbers = np.zeros(len(words), dtype=np.uint64)
        for at, factor in enumerate(factors):
            total += words[:, at] * np.uint64(factor)
        return total

    def in_buckets(self, fingerprints: _Numbers, first: int, shift: int) -> Iterator[tuple[int, bytes]]:
        """(bucket, pairs) of (fingerprint, index), two native words each; the bucket is the fingerprint without its `shift` lowest bits."""
        pairs = np.empty((len(fingerprints), 2), dtype=np.uint64)
        pairs[:, 0] = fingerprints
        pairs[:, 1] = np.arange(first, first + len(fingerprints), dtype=np.uint64)
        if shift == 64:
            yield 0, pairs.tobytes()
            return
        buckets = (fingerprints >> np.uint64(shift)).astype(np.uint16)
        order = np.argsort(buckets, kind="stable")
        pairs, numbers = pairs[order], np.bincount(buckets)
        ends = np.cumsum(numbers)
        for bucket in np.flatnonzero(numbers).tolist():
            yield bucket, pairs[ends[bucket] - numbers[bucket] : ends[bucket]].tobytes()

    def repeated(self, pairs: bytes) -> Iterator[int]:
        """The indexes of a bucket whose fingerprint occurs more than once, in their order."""
        table = np.frombuffer(pairs, np.uint64).reshape(-1, 2)
        ordered = np.sort(table[:, 0])
        twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
        if len(twice):
            yield from map(int, table[np.isin(table[:, 0], twice), 1])
