"""The same count three times: summed from the tables, carried along by the ledger, and recounted from its files by a separate program."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tuidang.kernel.places import places
from tuidang.ledger import adapters, queries

HEADS = ("tables", "ledger", "recount")


@dataclass(frozen=True, slots=True)
class Row:
    """One figure as each of the three has it, in the order of HEADS."""

    name: str
    figures: tuple[int, int, int]

    @property
    def agrees(self) -> bool:
        """Whether the three are equal."""
        return len(set(self.figures)) == 1


@dataclass(frozen=True, slots=True)
class Reckoning:
    """All rows. `why` is what the recount said if it did not find the ledger valid."""

    rows: list[Row]
    why: str = ""

    @property
    def agrees(self) -> bool:
        """Whether everything is equal and the recount found the ledger valid."""
        return not self.why and all(row.agrees for row in self.rows)

    @property
    def count(self) -> int:
        """The count from the tables."""
        return self.rows[0].figures[0]

    def members(self) -> dict[str, Any]:
        """As JSON has it: by head, then by name."""
        told = {head: {row.name: row.figures[at] for row in self.rows} for at, head in enumerate(HEADS)}
        return {"agrees": self.agrees, **told, **({"why": self.why} if self.why else {})}

    def text(self) -> str:
        """A short table."""
        lines = [f"  {'':<24}" + "".join(f"{head:>14}" for head in HEADS)]
        for row in self.rows:
            mark = "" if row.agrees else "   differ"
            lines.append(f"  {row.name.replace('_', ' '):<24}" + "".join(f"{figure:>14,}" for figure in row.figures) + mark)
        verdict = "  The three are equal." if self.agrees else f"  The three are NOT equal. {self.why}".rstrip()
        return "\n".join([*lines, "", verdict])


def verify(*arguments: str) -> tuple[int, dict[str, Any]]:
    """Runs `tlog-verify` with `--json` as a program of its own; its exit code and answer."""
    command = [sys.executable, "-I", "-m", "tlog.cli", *arguments, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  our own program
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        answer = {"error": {"rule": "no-answer", "message": done.stderr.strip()}}
    return done.returncode, answer


def recount(ledger: Path, key: Path, *, seen: Path | None = None) -> tuple[int, dict[str, Any]]:
    """Recounts a folder."""
    return verify("recount", str(ledger), "--key", str(key), *(["--seen", str(seen)] if seen else []))


def reckon() -> Reckoning:
    """The count of this data folder, three times."""
    tables, snapshot, shown = queries.count_from_tables(), queries.snapshot(), adapters.published()
    ledger = {
        "count": snapshot.totals.count,
        "entries": shown.checkpoint.size if shown else 0,
        "baseline": snapshot.baseline or 0,
        **snapshot.totals.named(adapters.codes_in_force()),
    }
    code, recounted = recount(places().ledger, places().ledger / "log.vkey")
    rows = [Row(name, tuple(_figure(one, path) for one in (tables, ledger, recounted))) for name, path in _ROWS]  # type: ignore[arg-type]
    return Reckoning(rows, "" if code == 0 else f"{recounted['error']['rule']}: {recounted['error']['message']}")


_ROWS = [
    ("withdrawals_declared", ("count",)),
    ("left_the_party", ("by_organisation", "party")),
    ("left_the_youth_league", ("by_organisation", "league")),
    ("left_the_young_pioneers", ("by_organisation", "pioneers")),
    ("declared_by_the_person", ("by_voice", "first_hand")),
    ("listed_by_someone_else", ("by_voice", "listed")),
    ("looked_at_by_a_volunteer", ("by_assurance", "reviewed")),
    ("entries", ("entries",)),
    ("earlier_register", ("baseline",)),
]


def _figure(found: Any, path: tuple[str, ...]) -> int:
    for name in path:
        found = found.get(name, {}) if isinstance(found, dict) else {}
    return found if isinstance(found, int) else -1
