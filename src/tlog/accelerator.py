"""Whether NumPy helps. It changes how fast the bulk of a log is checked, and no result: tests run both ways and compare.

Everything that names a rule is plain Python. NumPy finds runs of entries of kind 1 that break none, and adds them up (`bulk`).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tlog.bulk import Bulk

VARIABLE = "TLOG_NUMPY"


def accelerator(wanted: bool | None = None) -> Bulk | None:
    """The NumPy part, or None: if not `wanted`, if it is not installed, or (`wanted` None) if the environment says TLOG_NUMPY=0."""
    if wanted is None:
        wanted = os.environ.get(VARIABLE) != "0"
    if not wanted:
        return None
    # Imported here so that a recount's other processes, which only hash, are started without it.
    try:
        from tlog.bulk import Bulk
    except ImportError:
        return None
    return Bulk()
