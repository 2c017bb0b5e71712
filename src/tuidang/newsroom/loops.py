"""What is scheduled goes out by itself."""

from __future__ import annotations

from tuidang.kernel.loops import Loop
from tuidang.newsroom import actions

LOOPS = [Loop("newsroom-publish", lambda: actions.publish_due() > 0, pause_seconds=20)]
