"""The rules for messages of support."""

from __future__ import annotations

LONGEST_TEXT = 2_000
SCREEN = 50
"""Messages on a reviewer's screen."""
LEASE_SECONDS = 600
UNDO_DAYS = 2
"""How long who published a message can undo that; until then it is known who it was."""
REFUSED_DAYS = 30
"""How long a refused message, and why, can be read with its code; then both are deleted."""
IN_ORDER_A_DAY = 500
"""So many of a day are read in the order in which they came; what comes beyond waits until all others are read: one program sends more in an
hour than reviewers read in a year, and must not stand before people."""
MOST_A_DAY = 20_000
"""More are not taken on one day."""
LATER_DAYS = 30
"""What waits behind all others for longer than this was never read, and is dropped."""
LATE_DAYS = 7
"""A message that waits for longer is late."""
BOUND = 1_000
"""What waits is counted up to here."""
PAGE = 20
