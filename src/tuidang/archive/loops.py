"""Publishing what was released, taking down what was voided."""

from tuidang.archive import actions
from tuidang.kernel.loops import Loop

LOOPS = [
    Loop("archive", lambda: actions.take_in() > 0, pause_seconds=20),
    Loop("archive-voids", lambda: actions.follow_voids() > 0, pause_seconds=20),
    Loop("archive-withdrawals", lambda: actions.follow_withdrawals() > 0, pause_seconds=20),
]
