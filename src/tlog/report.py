"""A recount in words and as JSON (docs/log-format.md, sections 4 and 11)."""

from __future__ import annotations

import re
import unicodedata
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum, IntFlag
from typing import TYPE_CHECKING

from tlog.clock import day_date
from tlog.entry import Assurance, Organisations, Voice
from tlog.lists import NOT_STATED
from tlog.tally import without_zeros
from tlog.verify import Recount

if TYPE_CHECKING:
    from tlog.claims import Earlier
    from tlog.keeping import Kept
    from tlog.mirrors import Mirrors
    from tlog.promise import Promise
    from tlog.receipt import ReceiptReport

MEANING = (
    "The count is the number of withdrawals declared, one for each person named, less what was taken back or voided: it is proven\n"
    "that it follows from the signed entries by the published rules, not that each entry is a different person, or a person at all."
)
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
UNSEEN = "Without --seen, an older state of the log that is shown again is not noticed."
FIRST_SEEN = "First use of this --seen file: nothing was compared; from now on it is."
RECEIPT_MEANING = (
    "This proves that the declarant named here is in the log, not that the entry still counts, which only a recount can say; the\n"
    "assurance is the register's claim."
)

PROMISE_MEANING = "The register gave this promise. Whether it was kept, the log can tell: add --log DIR|URL."
KEPT_MEANING = "This is what the log says that was read; an older copy of it may lack the latest days."
MIRRORS_MEANING = "The register gave these as its addresses on that day. Whether they still are, a newer list can tell."
_SOMEBODY = "○"
_PLACEHOLDER = re.compile(r"\{\{[0-9]{1,3}\}\}")


def as_json(recount: Recount) -> dict[str, object]:
    """The members that `recount --json` prints, names as keys, days as ISO dates, the root as in the checkpoint."""
    return {
        "valid": True,
        "origin": recount.checkpoint.origin,
        "entries": recount.checkpoint.size,
        "count": recount.tally.count,
        "baseline": recount.baseline,
        "root": b64encode(recount.checkpoint.root).decode(),
        **{name: dict(rows) for name, rows in _breakdowns(recount).items()},
        "missing_lists": recount.missing_lists,
        **({"at": _earlier(recount.earlier)} if recount.earlier else {}),
        **({"successors": [one.members() for one in recount.successions]} if recount.successions else {}),
        **({} if recount.replaced_at is None else {"key_replaced_at": recount.replaced_at}),
    }


def _earlier(earlier: Earlier) -> dict[str, object]:
    return {"entries": earlier.size, "count": earlier.count, "root": b64encode(earlier.root).decode()}


def as_text(recount: Recount, *, seen: str) -> str:
    """For people: aligned, and with what the number means. `seen`: what is to be said of an earlier state of the log, or nothing."""
    facts = {
        "Log": recount.checkpoint.origin,
        "Entries": f"{recount.checkpoint.size:,}",
        "Root": b64encode(recount.checkpoint.root).decode(),
        "Count": f"{recount.tally.count:,}",
        "Baseline": f"{recount.baseline:,}  (published before this log began; not checked here, and not part of the count)",
    }
    if not recount.baseline:
        del facts["Baseline"]
    if recount.earlier:
        facts[f"At {recount.earlier.size:,}"] = f"count {recount.earlier.count:,}, root {b64encode(recount.earlier.root).decode()}"
    if recount.missing_lists:
        facts["Missing lists"] = f"{recount.missing_lists:,}  (not needed to recount)"
    lines = ["Valid.", *_to_know(recount), "", *_aligned(facts), ""]
    for name, rows in _breakdowns(recount).items():
        lines += [*_table(name.replace("_", " ").capitalize(), rows), ""]
    return "\n".join([*lines, MEANING, seen] if seen else [*lines, MEANING])


def _to_know(recount: Recount) -> Iterator[str]:
    """What a valid log may still hide from who reads its count alone."""
    for one in recount.successions:
        yield (
            f"Entry {one.index:,} takes over the log {printable(one.predecessor)}, last known with {one.predecessor_size:,} entries: "
            f"{one.lost:,} are lost. "
            + (
                "That the entries before it are that log's is proven."
                if one.proven
                else "NOT PROVEN: the entries before it may not be that log's."
            )
        )
    if recount.replaced_at is not None:
        yield f"The key given was replaced at entry {recount.replaced_at:,}."


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
    lines = ["Valid.", "", *_aligned(facts), ""]
    title, text = (_without_names(part, receipt) for part in (receipt.title, receipt.text))
    if title.strip():
        lines += [*_quoted(title), "> "]
    lines += [*_quoted(text), ""]
    if (title, text) != (receipt.title, receipt.text):
        lines += [f"{_SOMEBODY} stands for a name of those who declared together: which of them is whose, a receipt does not say.", ""]
    return "\n".join([*lines, RECEIPT_MEANING])


def _without_names(text: str, receipt: ReceiptReport) -> str:
    """Placeholders as a page shows the names of others. In what one person says for themselves there are none: whatever looks so was typed."""
    return text if receipt.voice == _name(Voice.FIRST_HAND) else _PLACEHOLDER.sub(_SOMEBODY, text)


def promise_members(promise: Promise, kept: Kept | None) -> dict[str, object]:
    """A valid promise as JSON, with what became of it if that was looked for."""
    return {
        "origin": promise.origin,
        "commitment": promise.commitment.hex(),
        "accepted": promise.accepted.isoformat(),
        "due": promise.due.isoformat(),
        **(kept.members() if kept else {}),
    }


def promises_text(found: Sequence[tuple[Promise, Kept | None]]) -> str:
    """Valid promises, for people."""
    lines = ["Valid."]
    for promise, kept in found:
        facts = {"Log": promise.origin, "Accepted": promise.accepted.isoformat(), "Due": promise.due.isoformat()}
        if kept is not None:
            facts["Kept"] = _kept(kept)
        lines += ["", *_aligned(facts)]
    return "\n".join([*lines, "", PROMISE_MEANING if any(kept is None for _, kept in found) else KEPT_MEANING])


def mirrors_members(found: Mirrors) -> dict[str, object]:
    """A valid list of addresses as JSON."""
    return {"origin": found.origin, "day": found.day.isoformat(), "addresses": list(found.addresses)}


def mirrors_text(found: Mirrors) -> str:
    """A valid list of addresses, for people."""
    facts = {"Log": found.origin, "Day": found.day.isoformat()}
    addresses = [f"  {printable(one)}" for one in found.addresses] or ["  (no other address)"]
    return "\n".join(["Valid.", "", *_aligned(facts), "", *addresses, "", MIRRORS_MEANING])


def _kept(kept: Kept) -> str:
    if kept.day is None:
        return f"not yet; it runs until the end of {kept.ends}"
    if kept.what == "entry":
        return f"yes: on the record as entry {kept.index}, {kept.day}"
    return f"yes: listed as {kept.what.replace('_', ' ')} in entry {kept.index}, {kept.day}"


def _quoted(text: str) -> list[str]:
    """What a declarant wrote, marked on every line, so that none of it passes for what this program says."""
    return [f"> {printable(line)}" for line in text.split("\n")]


def _aligned(facts: Mapping[str, str]) -> list[str]:
    width = max(map(len, facts)) + 2
    return [f"{name:<{width}}{printable(value)}" for name, value in facts.items()]


def printable(text: str) -> str:
    """`text` on one line: what ends lines, moves the cursor or hides something is shown as its code."""
    return "".join(char if unicodedata.category(char) not in _HIDDEN else char.encode("unicode_escape").decode() for char in text)


def _breakdowns(recount: Recount) -> dict[str, list[tuple[str, int]]]:
    tally, codes = recount.tally, recount.codes
    columns = tally.columns
    return {
        "by_assurance": [(_name(value), columns["assurance"][value]) for value in Assurance],
        "by_voice": [(_name(value), columns["voice"][value]) for value in (Voice.FIRST_HAND, Voice.LISTED, Voice.NOT_STATED)],
        "by_organisation": [(_name(bit), tally.organisations(bit)) for bit in Organisations],
        "by_region": _named(columns["region"], codes.regions if codes else {}),
        "by_channel": _named(columns["channel"], codes.channels if codes else {}),
        "by_source": _named(columns["source"], codes.sources if codes else {}),
        "by_day": [(day_date(day).isoformat(), number) for day, number in without_zeros(tally.by_day).items()],
    }


def _name(value: IntEnum | IntFlag) -> str:
    return str(value.name).lower()


def _named(column: Mapping[int, int], names: Mapping[int, str]) -> list[tuple[str, int]]:
    return [(names[code] if code else NOT_STATED, number) for code, number in without_zeros(column).items()]


def _table(title: str, rows: list[tuple[str, int]]) -> list[str]:
    """A line for each row. Names are as they stand in the log: two that differ must not look alike."""
    shown = [(printable(name), f"{number:,}") for name, number in rows]
    name_width = max((_columns(name) for name, _ in shown), default=0) + 2
    number_width = max((len(number) for _, number in shown), default=0)
    return [title, *(f"  {name}{' ' * (name_width - _columns(name))}{number:>{number_width}}" for name, number in shown)]


def _columns(text: str) -> int:
    """How many columns of a terminal `text` takes: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
