"""A recount in words and as JSON (docs/log-format.md, sections 4 and 11)."""

from __future__ import annotations

import unicodedata
from base64 import b64encode
from collections.abc import Mapping
from enum import IntEnum, IntFlag

from tlog.clock import day_date
from tlog.entry import Assurance, Organisations, Voice
from tlog.lists import NOT_STATED
from tlog.receipt import ReceiptReport
from tlog.tally import without_zeros
from tlog.verify import Recount

MEANING = (
    "The count is the number of withdrawals declared, one for each person named, less what was taken back or voided: it is proven\n"
    "that it follows from the signed entries by the published rules, not that each entry is a different person, or a person at all."
)
UNSEEN = "Without --seen, an older state of the log that is shown again is not noticed."
RECEIPT_MEANING = (
    "This proves that the declarant named here is in the log, not that the entry still counts, which only a recount can say; the\n"
    "assurance is the register's claim."
)


def as_json(recount: Recount) -> dict[str, object]:
    """The members that `recount --json` prints, names as keys, days as ISO dates, the root as in the checkpoint."""
    return {
        "valid": True,
        "origin": recount.checkpoint.origin,
        "entries": recount.checkpoint.size,
        "count": recount.tally.count,
        "baseline": recount.baseline,
        "root": b64encode(recount.checkpoint.root).decode(),
        **_breakdowns(recount),
        "missing_lists": recount.missing_lists,
    }


def as_text(recount: Recount, *, seen: bool) -> str:
    """For people: aligned, and with what the number means. `seen`: whether it was compared with a checkpoint seen before."""
    facts = {
        "Log": recount.checkpoint.origin,
        "Entries": f"{recount.checkpoint.size:,}",
        "Root": b64encode(recount.checkpoint.root).decode(),
        "Count": f"{recount.tally.count:,}",
        "Baseline": f"{recount.baseline:,}  (published before this log began; not checked here, and not part of the count)",
    }
    if not recount.baseline:
        del facts["Baseline"]
    if recount.missing_lists:
        facts["Missing lists"] = f"{recount.missing_lists:,}  (not needed to recount)"
    lines = ["Valid.", "", *_aligned(facts), ""]
    for name, numbers in _breakdowns(recount).items():
        lines += [*_table(name.replace("_", " ").capitalize(), numbers), ""]
    return "\n".join([*lines, MEANING] if seen else [*lines, MEANING, UNSEEN])


def receipt_text(receipt: ReceiptReport) -> str:
    """What a valid receipt says, for people."""
    facts = {
        "Log": receipt.origin,
        "Registry number": str(receipt.registry_number),
        "Name": receipt.name,
        "Leaves": ", ".join(receipt.organisations),
        "Accepted": receipt.accepted.isoformat(),
        "Sealed": receipt.sealed.isoformat(),
        "Region": ", ".join(receipt.regions) or NOT_STATED,
        "Channel": receipt.channel,
        "Source": receipt.source,
        "Voice": receipt.voice,
        "Assurance": receipt.assurance,
    }
    return "\n".join(["Valid.", "", *_aligned(facts), "", receipt.title, "", receipt.text, "", RECEIPT_MEANING])


def _aligned(facts: Mapping[str, str]) -> list[str]:
    width = max(map(len, facts)) + 2
    return [f"{name:<{width}}{value}" for name, value in facts.items()]


def printable(text: str) -> str:
    """`text` without what could move the cursor or hide something: names come from the log, and a terminal obeys some characters."""
    return "".join(char if char == "\n" or unicodedata.category(char)[0] != "C" else "\N{REPLACEMENT CHARACTER}" for char in text)


def _breakdowns(recount: Recount) -> dict[str, dict[str, int]]:
    tally, codes = recount.tally, recount.codes
    columns = tally.columns
    return {
        "by_assurance": {_name(value): columns["assurance"][value] for value in Assurance},
        "by_voice": {_name(value): columns["voice"][value] for value in (Voice.FIRST_HAND, Voice.LISTED, Voice.NOT_STATED)},
        "by_organisation": {_name(bit): tally.organisations(bit) for bit in Organisations},
        "by_region": _named(columns["region"], codes.regions if codes else {}),
        "by_channel": _named(columns["channel"], codes.channels if codes else {}),
        "by_source": _named(columns["source"], codes.sources if codes else {}),
        "by_day": {day_date(day).isoformat(): number for day, number in without_zeros(tally.by_day).items()},
    }


def _name(value: IntEnum | IntFlag) -> str:
    return str(value.name).lower()


def _named(column: Mapping[int, int], names: Mapping[int, str]) -> dict[str, int]:
    return {names[code] if code else NOT_STATED: number for code, number in without_zeros(column).items()}


def _table(title: str, numbers: Mapping[str, int]) -> list[str]:
    shown = {name.replace("_", " "): f"{number:,}" for name, number in numbers.items()}
    name_width = max(map(_columns, shown), default=0) + 2
    number_width = max(map(len, shown.values()), default=0)
    return [title, *(f"  {name}{' ' * (name_width - _columns(name))}{number:>{number_width}}" for name, number in shown.items())]


def _columns(text: str) -> int:
    """How many columns of a terminal `text` takes: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
