"""The rules for messages to those who run the register."""

from __future__ import annotations

LONGEST_TEXT = 4_000
LONGEST_REACH = 200
LONGEST_ANSWER = 2_000
KEPT_DAYS = 90
"""How long an answer can be read; then it and the message are deleted."""
UNANSWERED_DAYS = 180
"""A message that nobody answered is deleted after this."""
IN_ORDER_A_DAY = 100
"""So many a day for one role are listed in the order in which they came; what comes beyond stands behind all others. Nothing can be told from
what is sealed, so a flood cannot be sorted; it can be kept from standing before people."""
MOST_A_DAY = 2_000
"""More are not taken for one role on one day: each takes some kilobytes that nobody but its readers can judge."""
LISTED = 50
LATE_DAYS = 14
"""A message that waits for longer is late."""
