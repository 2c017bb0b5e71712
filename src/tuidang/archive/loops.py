"""Publishing what was released."""

from tuidang.archive import actions
from tuidang.kernel.loops import Loop

LOOPS = [Loop("archive", lambda: actions.take_in() > 0, pause_seconds=20)]
