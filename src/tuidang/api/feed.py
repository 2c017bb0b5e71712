"""The statistics feed: elements without attributes, each once, figures with thousands commas and at least three digits."""

from __future__ import annotations

from datetime import UTC, datetime

from tuidang.statistics import figures


def document() -> str:
    """The feed as it stands. TOTAL is the count and the baseline together; LEDGER and EARLIER are its two parts."""
    now = figures.read()
    earlier = now.baseline or 0
    elements = {
        "TOTAL": _figure(now.count + earlier),
        "TODAY": _figure(now.accepted_today),
        "YESTERDAY": _figure(now.accepted_yesterday),
        "THISWEEK": _figure(now.accepted_this_week),
        "THISMONTH": _figure(now.accepted_this_month),
        "LASTUPDATE": datetime.fromtimestamp(now.updated, UTC).strftime("%Y-%m-%d %H:%M:%S"),
        "LEDGER": _figure(now.count),
        "EARLIER": _figure(earlier),
        "TIMEZONE": "UTC",
    }
    inside = "\n".join(f"<{name}>{value}</{name}>" for name, value in elements.items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<STATICS>\n{inside}\n</STATICS>\n'


def _figure(number: int) -> str:
    # Clients drop the whole answer if a figure has fewer than three characters.
    return f"{number:,}" if number >= 100 else f"{number:03d}"
