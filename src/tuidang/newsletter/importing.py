"""A list of readers from elsewhere, as a file of comma-separated values: each row is accepted, or refused with a reason and handed back.

The first line names the columns: `address` and `consented` (the day, 2026-11-03) must be there; `language`, `topics` (news milestones events) and
`rhythm` (each, weekly, monthly) may be. Reading the same file once more accepts nothing twice: after a crash it is simply done again.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Self
from uuid import UUID

from tuidang.kernel import clock
from tuidang.kernel.errors import RefusedError
from tuidang.newsletter import actions
from tuidang.newsletter.actions import Imported
from tuidang.newsletter.content import Choices
from tuidang.newsletter.policies import LANGUAGES, Address, NoAddress, read_address
from tuidang.newsletter.states import ALL_TOPICS, Rhythm, Topic

AT_ONCE = 500
NEEDED = ("address", "consented")
Row = dict[str, str]
REASONS = {
    "empty": "there is no address",
    "too_long": "the address is too long",
    "characters": "the address holds what cannot be in one",
    "form": "this is no address",
    "within_reach": "a mailbox within reach of the Chinese state; `--warned` if its owner was told so and wants it all the same",
    "consented": "the day of consent is missing, is no day like 2026-11-03, or is yet to come",
    "language": "the language is none of en, zh-hans, zh-hant",
    "topics": "the topics are not some of news, milestones, events",
    "rhythm": "the rhythm is none of each, weekly, monthly",
    "twice": "the address stands further up in this file",
    "known": "the address is here already",
    "asked_not_to": "its owner left, complained or asked not to be written to, or mail there came back",
}


@dataclass(slots=True)
class Outcome:
    """What became of the rows. `refused` counts by reason."""

    accepted: int = 0
    refused: Counter[str] = field(default_factory=Counter)


def import_file(file: Path, *, proof: str, refused: Path, language: str, warned: bool, progress: Callable[[int], None]) -> Outcome:
    """Takes in the readers of `file`; `proof` says where and how they agreed. What is refused is written to `refused`, for this user alone.

    `progress` is told of rows done. Raises RefusedError where there is no proof, and for a file that is no such list.
    """
    if not proof.strip():
        raise RefusedError("say with --proof where and how they agreed, and where that is kept")
    outcome, number, seen = Outcome(), None, set[bytes]()
    with file.open(encoding="utf-8-sig", newline="") as source:
        rows, columns = _rows(source)
        with _Refused(refused, columns) as back:
            done = 0
            while batch := _next(rows):
                number = number or actions.note_proof(text=proof.strip())
                for row, reason in _take_in(batch, number, seen, language, warned=warned):
                    if reason:
                        outcome.refused[reason] += 1
                        back.write(row, reason)
                    else:
                        outcome.accepted += 1
                done += len(batch)
                progress(done)
    return outcome


def _rows(source: IO[str]) -> tuple[Iterator[Row], list[str]]:
    reader = csv.DictReader(source, restkey="", restval="")
    try:
        columns = list(reader.fieldnames or [])
    except (csv.Error, UnicodeDecodeError):
        raise RefusedError("this is no file of comma-separated values in UTF-8") from None
    if missing := [name for name in NEEDED if name not in columns]:
        raise RefusedError(f"the first line must name the columns; missing: {', '.join(missing)}")
    return iter(reader), columns


def _next(rows: Iterator[Row]) -> list[Row]:
    try:
        return list(islice(rows, AT_ONCE))
    except (csv.Error, UnicodeDecodeError):
        raise RefusedError("from here on this is no file of comma-separated values in UTF-8; what came before is done") from None


def _take_in(batch: list[Row], proof: UUID, seen: set[bytes], language: str, *, warned: bool) -> list[tuple[Row, str]]:
    """Each row with why it was refused; empty: it was not."""
    read = [_read(row, seen, language, warned=warned) for row in batch]
    told = iter(actions.take_in(readers=[one for one in read if isinstance(one, Imported)], proof=proof))
    return [(row, one if isinstance(one, str) else next(told)) for row, one in zip(batch, read, strict=True)]


def _read(row: Row, seen: set[bytes], language: str, *, warned: bool) -> Imported | str:
    address = read_address(row["address"])
    if isinstance(address, NoAddress):
        return address.problem
    day, choices = _day(row["consented"]), _choices(row, language)
    if isinstance(choices, str) or day is None:
        return choices if isinstance(choices, str) else "consented"
    if address.within_reach and not warned:
        return "within_reach"
    return "twice" if _seen(address, seen) else Imported(address, choices, day)


def _seen(address: Address, seen: set[bytes]) -> bool:
    before = address.key in seen
    seen.add(address.key)
    return before


def _day(text: str) -> int | None:
    try:
        day = clock.as_day(dt.date.fromisoformat(text.strip()))
    except ValueError:
        return None
    return day if 0 < day <= clock.today() else None


def _choices(row: Row, language: str) -> Choices | str:
    spoken = row.get("language", "").strip().lower() or language
    named = row.get("topics", "").replace(";", " ").lower().split()
    topics = {one.name.lower(): one.value for one in Topic if one.name}
    rhythm = {one.name.lower(): one.value for one in Rhythm}.get(row.get("rhythm", "").strip().lower() or "weekly")
    if spoken not in LANGUAGES:
        return "language"
    if not set(named) <= set(topics):
        return "topics"
    if rhythm is None:
        return "rhythm"
    return Choices(language=spoken, topics=sum({topics[one] for one in named}) or ALL_TOPICS.value, rhythm=rhythm)


class _Refused:
    """The file that is handed back: made with the first row, readable to this user alone."""

    def __init__(self, path: Path, columns: list[str]) -> None:
        self._path, self._columns = path, [*columns, "reason"]
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, row: Row, reason: str) -> None:
        if self._file is None:
            self._path.unlink(missing_ok=True)
            self._path.touch(mode=0o600)
            self._file = self._path.open("w", encoding="utf-8", newline="")
            csv.writer(self._file).writerow(self._columns)
        csv.writer(self._file).writerow([*(row.get(name, "") for name in self._columns[:-1]), REASONS[reason]])
