"""The count and its breakdowns by code, as sums of cells. The same figures that a recount finds by reading every entry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from typing import Any

import msgspec

from tlog.entry import Assurance, Entry, Kind, Organisations, Voice
from tlog.lists import NOT_STATED, CodeList


@dataclass(frozen=True, slots=True)
class Cell:
    """The sum of deltas, `persons`, of entries that share these fields; `assurance` is the effective one."""

    day: int
    assurance: int
    channel: int
    region: int
    organisations: int
    source: int
    voice: int
    persons: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums by code. `voided` counts the entries taken out of the count."""

    count: int = 0
    voided: int = 0
    assurance: Counter[int] = field(default_factory=Counter)
    voice: Counter[int] = field(default_factory=Counter)
    organisations: Counter[int] = field(default_factory=Counter)
    region: Counter[int] = field(default_factory=Counter)
    channel: Counter[int] = field(default_factory=Counter)
    source: Counter[int] = field(default_factory=Counter)
    day: Counter[int] = field(default_factory=Counter)

    def plus(self, cells: Iterable[Cell], *, voided: int = 0) -> Totals:
        """These totals and the cells."""
        sums = {name.name: Counter(getattr(self, name.name)) for name in fields(self) if name.name not in ("count", "voided")}
        count = self.count
        for cell in cells:
            count += cell.persons
            for name in ("assurance", "voice", "region", "channel", "source", "day"):
                sums[name][getattr(cell, name)] += cell.persons
            for bit in Organisations:
                if cell.organisations & bit:
                    sums["organisations"][int(bit)] += cell.persons
        return Totals(count, self.voided + voided, **sums)

    def encode(self) -> str:
        """As JSON without the days, which the cells keep: its size does not grow with time."""
        return msgspec.json.encode(replace(self, day=Counter())).decode()

    @classmethod
    def decode(cls, text: str) -> Totals:
        """What `encode` wrote."""
        raw = msgspec.json.decode(text)
        sums = {name: Counter({int(code): n for code, n in value.items()}) for name, value in raw.items() if isinstance(value, dict)}
        return cls(raw["count"], raw["voided"], **sums)

    def named(self, codes: CodeList) -> dict[str, Any]:
        """The breakdowns as `tlog-verify recount --json` names them, without `by_day`."""
        return {
            "by_assurance": {one.name.lower(): self.assurance[one] for one in Assurance},
            "by_voice": {one.name.lower(): self.voice[one] for one in (Voice.FIRST_HAND, Voice.LISTED, Voice.NOT_STATED)},
            "by_organisation": {(one.name or "").lower(): self.organisations[one] for one in Organisations},
            "by_region": _by_name(self.region, codes.regions),
            "by_channel": _by_name(self.channel, codes.channels),
            "by_source": _by_name(self.source, codes.sources),
        }


def _by_name(sums: Counter[int], names: Any) -> dict[str, int]:
    return {names[code] if code else NOT_STATED: count for code, count in sorted(sums.items()) if count}


def cells_of(entries: Iterable[Entry], raised_from: dict[int, Entry]) -> tuple[list[Cell], int]:
    """The cells of a batch, and how many entries it voids. `raised_from` gives, for the ref of each raise, the entry raised."""
    sums: Counter[Cell] = Counter()
    voided = 0
    for entry in entries:
        if entry.kind in (Kind.DECLARE, Kind.VOID):
            sums[_key(entry, entry, entry.assurance)] += entry.delta
            voided += entry.kind == Kind.VOID
        elif entry.kind == Kind.RAISE:
            before = raised_from[entry.ref]
            sums[_key(entry, before, before.assurance)] -= 1
            sums[_key(entry, before, entry.assurance)] += 1
    return [replace(cell, persons=persons) for cell, persons in sums.items() if persons], voided


def _key(at: Entry, facts: Entry, assurance: int) -> Cell:
    return Cell(at.day, assurance, facts.channel, facts.region, facts.organisations, facts.source, facts.voice, persons=0)
