"""Random valid logs with all twelve kinds, and an account of what counts that is kept apart from the verifier's."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

from hypothesis import strategies as st
from tests.tlog.build import DAY, KEY, Log, codes, declare, epoch, keys, named, opening, promise_key, self_void_of, signed, tree, void_of

from tlog.entry import Entry, Kind, u64_field
from tlog.merkle import consistency_proof
from tlog.note import SignerKey

STEPS = [
    "declare",
    "declare",
    "declare",
    "void",
    "self_void",
    "raise",
    "void_list",
    "baseline",
    "codes",
    "keys",
    "turn",
    "announce",
    "result",
    "outcomes",
    "trail",
    "register",
    "successor",
    "day",
]


@dataclass
class History:
    """A log that grows by steps, all of them valid. `live` is by index: the number given to `declare`, and the effective assurance."""

    random: Random
    log: Log = field(default_factory=opening)
    live: dict[int, tuple[int, int]] = field(default_factory=dict)
    day: int = DAY
    by_day: Counter[int] = field(default_factory=Counter)
    baseline: int = 0
    channels: int = 2
    declared: int = 0
    announced: list[int] = field(default_factory=list)
    promises: int = 1
    epochs: int = 1
    turns: list[tuple[int, SignerKey, SignerKey]] = field(default_factory=list)

    def step(self, name: str) -> None:
        """Does one thing, or nothing if it cannot be done now."""
        getattr(self, f"do_{name}")()

    def finish(self) -> History:
        """Gives every change of the log key its checkpoint."""
        encoded = self.log.encoded()
        nodes = tree(encoded)
        for index, old, new in self.turns:
            self.log.turns[index] = signed(self.random.randint(index + 1, len(encoded)), nodes, old, new)
        return self

    def entry(self, index: int) -> Entry:
        """The declaration at `index` as a void must bear it: with its effective assurance."""
        entry = self.log.entries[index]
        assert isinstance(entry, Entry)
        return entry._replace(assurance=self.live[index][1], day=self.day)

    def _some(self, most: int) -> list[int]:
        return self.random.sample(sorted(self.live), min(most, len(self.live)))

    def _dead(self, index: int) -> None:
        del self.live[index]
        self.by_day[self.day] -= 1

    def do_day(self) -> None:
        self.day += self.random.choice((1, 1, 1, 100))

    def do_declare(self) -> None:
        for _ in range(self.random.choice((1, 1, 5, 20))):
            entry = declare(self.declared, day=self.day, channel=self.random.randint(0, self.channels))
            self.live[self.log.add(entry)] = (self.declared, entry.assurance)
            self.declared += 1
            self.by_day[self.day] += 1

    def do_void(self) -> None:
        for index in self._some(1):
            self.log.add(void_of(self.entry(index), index))
            self._dead(index)

    def do_self_void(self) -> None:
        for index in self._some(1):
            self.log.add(self_void_of(self.entry(index), index, self.live[index][0]))
            self._dead(index)

    def do_raise(self) -> None:
        for index in self._some(1):
            if self.live[index][1] < 4:
                self.log.raised(index, day=self.day)
                self.live[index] = (self.live[index][0], 4)

    def do_void_list(self) -> None:
        if indexes := sorted(self._some(self.random.randint(1, 12))):
            self.log.void_list(indexes, day=self.day)
            for index in indexes:
                self._dead(index)

    def do_baseline(self) -> None:
        self.baseline = self.random.randrange(500_000_000)
        content = {"type": "tuidang/v1/baseline", "total": self.baseline, "source": "an earlier register"}
        self.log.listed(Kind.BASELINE, content, day=self.day, second=u64_field(self.baseline))

    def do_codes(self) -> None:
        self.channels = min(200, self.channels + self.random.randint(0, 2))
        channels = [named(1, "web"), named(2, "phone"), *(named(code, f"channel {code}") for code in range(3, self.channels + 1))]
        self.log.listed(Kind.CODES, codes(channels=channels), day=self.day)

    def do_keys(self) -> None:
        self.promises += self.random.randint(0, 1)
        self.epochs += self.random.randint(0, 1)
        self.log.listed(Kind.KEYS, self._keys(self.log.key), day=self.day)

    def _keys(self, key: SignerKey) -> dict[str, Any]:
        promise = [str(promise_key(key.name, number).verifier) for number in reversed(range(self.promises))]
        return keys(key, promise=promise, epochs=[epoch(f"{2026 + number}Q4", number) for number in range(self.epochs)])

    def do_turn(self) -> None:
        old, new = self.log.key, SignerKey(self.log.key.name, self.random.randbytes(32))
        self.turns.append((self.log.listed(Kind.KEYS, self._keys(new), day=self.day), old, new))
        self.log.key = new

    def do_announce(self) -> None:
        self.announced.append(self._note(Kind.AUDIT))

    def do_result(self) -> None:
        if self.announced:
            self._note(Kind.AUDIT, ref=self.random.choice(self.announced))

    def do_outcomes(self) -> None:
        outcomes = sorted(self.random.randbytes(32).hex() for _ in range(self.random.randint(0, 3)))
        self.log.listed(Kind.OUTCOMES, {"type": "tuidang/v1/outcomes", "outcomes": outcomes}, day=self.day)

    def do_trail(self) -> None:
        self._note(Kind.TRAIL)

    def do_register(self) -> None:
        self._note(Kind.REGISTER)

    def do_successor(self) -> None:
        size = len(self.log.entries)
        last, lost = self.log.checkpoint(size), None
        if self.random.random() < 0.5:  # the predecessor went on, and what it added is lost
            lost = Log([*self.log.entries, *map(declare, range(self.random.randint(1, 9)))], key=self.log.key)
            last = lost.checkpoint()
        proven = lost is not None and self.random.random() < 0.5
        new = SignerKey(f"successor-{size}.example", self.random.randbytes(32))
        self.log.succeed(last, new, **({"proof": consistency(lost.encoded(), size)} if proven else {}))
        self.promises, self.epochs = 1, self.random.randint(0, 2)
        self.log.listed(Kind.KEYS, self._keys(new), day=self.day)

    def _note(self, kind: Kind, **fields: Any) -> int:
        content = {"type": f"tuidang/v1/{kind.name.lower()}", "note": str(self.random.random())}
        return self.log.listed(kind, content, day=self.day, **fields)


def consistency(encoded: list[bytes], size: int) -> list[str]:
    """The proof, in hex, that the tree of all entries begins with that of the first `size`."""
    nodes = tree(encoded)
    return [part.hex() for part in consistency_proof(size, len(encoded), lambda level, index: nodes[level][index])]


def history(seed: int, steps: list[str]) -> History:
    """The log that these steps make."""
    made = History(Random(seed))
    for name in steps:
        made.step(name)
    return made.finish()


def histories(*, least: int = 0, steps: list[str] = STEPS) -> st.SearchStrategy[History]:
    """Valid logs of `least` steps or more."""
    return st.builds(history, st.integers(0, 2**32), st.lists(st.sampled_from(steps), min_size=least, max_size=40))


def full_history(seed: int = 1) -> History:
    """A log in which every step was done several times; its log key is still the first."""
    steps = ["declare", *(name for name in STEPS if name not in ("turn", "successor"))] * 3
    made = history(seed, steps)
    assert made.log.key == KEY
    return made
