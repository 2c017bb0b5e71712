"""`tuidang demo cheat`: an operator without scruples, on a copy of the demo. What a recount catches, by which rule; and what it cannot catch."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from tlog.checkpoint import Checkpoint, SignedCheckpoint
from tlog.entry import Entry, Kind
from tlog.growth import grow, read_entry
from tlog.note import SignerKey, VerifierKey
from tlog.store import Folder
from tlog.tiles import PREFIXED, WIDTH, Tile
from tuidang.demo.folder import declarations
from tuidang.demo.front_door import PEOPLE
from tuidang.demo.reckoning import recount
from tuidang.demo.story import older_checkpoint
from tuidang.kernel.errors import SetUpError
from tuidang.kernel.places import Places, places

BESIDE = ("keys", "lock", "signer", "offline")


@dataclass(frozen=True, slots=True)
class Trick:
    """One attempt and what `tlog-verify` said. `expected` is whether it went as it should; `rule` is empty where nothing was noticed."""

    name: str
    what: str
    exit_code: int
    rule: str
    said: str
    expected: bool

    def text(self) -> str:
        """For people."""
        noticed = f"caught, by the rule {self.rule!r}" if self.exit_code else ("valid" if self.name == "honest" else "not noticed")
        surprise = "" if self.expected else "\n    This is not what should have happened."
        return f"  {self.what}\n    {noticed} (exit code {self.exit_code})\n    {self.said}{surprise}\n"


def run(*, as_json: bool) -> int:
    """All tricks, one after the other, each on a fresh copy. Returns 0 if each went as it should, else 1. Raises SetUpError without a demo."""
    if declarations() is None:
        raise SetUpError(f"there is no demo in {places().data}; `./run demo` makes one")
    found = []
    with tempfile.TemporaryDirectory(prefix="tuidang-cheat-") as name:
        bench = _Bench(Path(name))
        for trick in (_honest, _flip, _drop, _roll_back_unseen, _roll_back, _invent):
            found.append(trick(bench))
            if not as_json:
                sys.stdout.write(("\n" if len(found) == 1 else "") + found[-1].text() + "\n")
                sys.stdout.flush()
    as_it_should = all(trick.expected for trick in found)
    if as_json:
        sys.stdout.write(json.dumps({"as_it_should": as_it_should, "tricks": [asdict(trick) for trick in found]}) + "\n")
    return 0 if as_it_should else 1


class _Bench:
    """Where the copies lie. `seen` is what a sceptic remembers of the honest ledger."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seen = folder / "seen"
        self.key = folder / "log.vkey"
        shutil.copyfile(places().ledger / "log.vkey", self.key)

    def copy(self) -> Path:
        """A fresh copy of the ledger."""
        target = self.folder / "ledger"
        shutil.rmtree(target, ignore_errors=True)
        return Path(shutil.copytree(places().ledger, target))

    def attempt(self, name: str, what: str, ledger: Path, *, rules: tuple[str, ...] = (), seen: bool = False) -> Trick:
        """What a recount says. `rules`: it should be caught, by one of these; none: it should not be noticed."""
        remembered = self.folder / "remembered"
        if seen:
            shutil.copyfile(self.seen, remembered)
        code, answer = recount(ledger, self.key, seen=remembered if seen else None)
        error = answer.get("error", {})
        rule = str(error.get("rule", ""))
        where = f"{error['path']}: " if "path" in error else ""
        said = f"{where}{error['message']}" if error else f"{answer['count']:,} withdrawals declared in {answer['entries']:,} entries."
        return Trick(name, what, code, rule, said, expected=(rule in rules and code != 0) if rules else code == 0)


def _honest(bench: _Bench) -> Trick:
    ledger = bench.copy()
    code, answer = recount(ledger, bench.key, seen=bench.seen)
    if code != 0:
        raise SetUpError(f"the demo's own ledger is not valid ({answer['error']['rule']}); make it anew with --anew")
    return bench.attempt("honest", "The ledger as it is, recounted; a sceptic remembers its checkpoint (--seen).", ledger, seen=True)


def _flip(bench: _Bench) -> Trick:
    ledger = bench.copy()
    size, index = _size(ledger), _size(ledger) // 2
    number, place = divmod(index, WIDTH)
    bundle = ledger / Tile(None, number, min(WIDTH, size - number * WIDTH)).path
    data = bytearray(bundle.read_bytes())
    data[place * PREFIXED + 2 + 8] ^= 1
    bundle.write_bytes(data)
    return bench.attempt("flip", f"One bit of entry {index:,} is flipped: someone left another organisation.", ledger, rules=("bundle",))


def _drop(bench: _Bench) -> Trick:
    """Everything is made to fit again, and signed: with a key of the cheat's own, for the log's is with the signer."""
    ledger = bench.copy()
    size = _size(ledger)
    entries = [read_entry(Folder(ledger), index, size) for index in range(size)]
    # The last one: no later entry takes it back, so nothing but the signature can give it away.
    last = max(index for index, entry in enumerate(entries) if Entry.decode(entry).kind == Kind.DECLARE)
    del entries[last]
    shutil.rmtree(ledger / "tile")
    grown = grow(Folder(ledger), 0, entries)
    Folder(ledger).write_all_new(grown.files)
    key = SignerKey.generate(VerifierKey.parse(bench.key.read_text()).name)
    text = Checkpoint(key.name, grown.size, grown.root).text
    (ledger / "checkpoint").write_text(f"{text}\n{key.sign(text)}")
    what = f"Entry {last:,} is dropped, every tile and bundle made anew to fit, and the checkpoint signed with another key."
    return bench.attempt("drop", what, ledger, rules=("signature",))


def _older(bench: _Bench) -> Path:
    ledger = bench.copy()
    shutil.copyfile(older_checkpoint(), ledger / "checkpoint")
    return ledger


def _roll_back_unseen(bench: _Bench) -> Trick:
    what = "The whole ledger is rolled back to its last but one checkpoint, and shown to a newcomer."
    return bench.attempt("roll-back-newcomer", what, _older(bench))


def _roll_back(bench: _Bench) -> Trick:
    what = "The same, shown to someone who remembers (--seen)."
    return bench.attempt("roll-back", what, _older(bench), rules=("rolled-back",), seen=True)


def _invent(bench: _Bench) -> Trick:
    """A copy of the whole demo, with its signer, takes in people who do not exist."""
    before = _size(places().ledger)
    copy = _copy_everything(bench.folder / "register")
    _walk_in(copy)
    trick = bench.attempt(
        "invent", f"{PEOPLE} invented people are handed in through the front door, counted and sealed.", copy.ledger, seen=True
    )
    added = _size(copy.ledger) - before
    said = f"{trick.said} Not caught by recounting: every rule was kept. This needs audits, which draw entries and ask for the people."
    return Trick(trick.name, trick.what, trick.exit_code, trick.rule, said, expected=trick.expected and added >= PEOPLE)


def _copy_everything(data: Path) -> Places:
    """Files and keys, but not the tables: those are read back from the ledger, so the demo may be served meanwhile."""
    at, to = places(), Places(data)
    without: Callable[..., set[str]] = shutil.ignore_patterns("db.sqlite3*", "running", "*.sock", "stage")
    shutil.copytree(at.data, to.data, ignore=without)
    for ending in BESIDE:
        shutil.copytree(getattr(at, ending), getattr(to, ending), ignore=without)
    return to


def _walk_in(copy: Places) -> None:
    environment = {**os.environ, "TUIDANG_DATA": str(copy.data), "TUIDANG_DATABASE_URL": ""}
    command = [sys.executable, "-m", "tuidang.demo.front_door"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603  our own program
    if done.returncode != 0:
        raise SetUpError(f"the copy could not be served: {done.stderr.strip()[-500:]}")


def _size(ledger: Path) -> int:
    return SignedCheckpoint.parse((ledger / "checkpoint").read_bytes()).checkpoint.size
