"""How a batch is made coarse enough that few stand alone in a cell. Pure.

A *cell* is organisations × region × channel × assurance × source × voice. A cell is large enough if at least `k` distinct declarations are in it,
each cluster counted once. In small cells region goes first, step by step to the country and to none, then source, channel, voice. Organisations
and assurance stay. What still stands alone waits up to seven days, and then goes in as coarse as it is: k is best effort.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

LONGEST_WAIT_DAYS = 7


@dataclass(frozen=True, slots=True)
class Facts:
    """The cell of one declarant: codes as in an entry."""

    organisations: int
    region: int
    channel: int
    assurance: int
    source: int
    voice: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """One declarant ready to be sealed. `since` is the day of acceptance, `group` the cluster, or else the declaration."""

    commitment: bytes
    facts: Facts
    group: UUID
    since: int
    declaration: UUID = field(repr=False)


@dataclass(frozen=True, slots=True)
class Coarsened:
    """`sealed` pairs each candidate that goes in with the facts that its entry bears. `small` is how many cells stay below k."""

    sealed: list[tuple[Candidate, Facts]]
    waiting: list[Candidate]
    small: int


Step = Callable[[Facts], Facts]


def steps(parent: Callable[[int], int], depth: int) -> list[Step]:
    """The coarsening steps in their order: `depth` times to the region's parent, then no region, source, channel, voice."""

    def up(facts: Facts) -> Facts:
        return replace(facts, region=parent(facts.region)) if facts.region else facts

    return [
        *([up] * depth),
        lambda facts: replace(facts, region=0),
        lambda facts: replace(facts, source=0),
        lambda facts: replace(facts, channel=0),
        lambda facts: replace(facts, voice=0),
    ]


def coarsen(candidates: Sequence[Candidate], *, k: int, today: int, chain: Sequence[Step], force: bool) -> Coarsened:
    """Coarsens `candidates` along `chain`. With `force`, and after seven days, what stands alone goes in fully coarsened."""
    cells = _cells((candidate, candidate.facts) for candidate in candidates)
    for step in chain:
        small = [facts for facts, inside in cells.items() if not _large(inside, k)]
        if not small:
            break
        for coarser, inside in [(step(facts), cells.pop(facts)) for facts in small]:
            cells[coarser] += inside
    sealed: list[tuple[Candidate, Facts]] = []
    waiting: list[Candidate] = []
    still_small = 0
    for facts, inside in cells.items():
        large = _large(inside, k)
        going = inside if large or force else [one for one in inside if today - one.since >= LONGEST_WAIT_DAYS]
        still_small += bool(going) and not large
        sealed += [(one, facts) for one in going]
        waiting += [] if len(going) == len(inside) else [one for one in inside if today - one.since < LONGEST_WAIT_DAYS]
    return Coarsened(sealed, waiting, still_small)


def _cells(pairs: Iterable[tuple[Candidate, Facts]]) -> dict[Facts, list[Candidate]]:
    cells: dict[Facts, list[Candidate]] = defaultdict(list)
    for candidate, facts in pairs:
        cells[facts].append(candidate)
    return cells


def _large(inside: Sequence[Candidate], k: int) -> bool:
    # Most cells are far above k: stop counting there.
    seen: set[UUID] = set()
    for one in inside:
        seen.add(one.group)
        if len(seen) >= k:
            return True
    return False
