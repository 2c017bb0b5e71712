"""Every write that others may ask of the ledger: instructions, and the wishes of a holder of a code. `sealing.seal` writes the log itself."""

from tuidang.ledger.actions.correcting import LATEST_DAYS, correct
from tuidang.ledger.actions.instructing import announce, instruct_void, set_baseline
from tuidang.ledger.actions.publishing import Wished, wish
from tuidang.ledger.actions.taking_back import SHARED_DAYS, hold, take_back

__all__ = ["LATEST_DAYS", "SHARED_DAYS", "Wished", "announce", "correct", "hold", "instruct_void", "set_baseline", "take_back", "wish"]
