"""Forgetting: keys that no token and no repeated body needs any more, tokens that have expired."""

from __future__ import annotations

from tuidang.intake import actions
from tuidang.kernel.loops import Loop
from tuidang.vault import formkeys


def _forget() -> bool:
    formkeys.drop_old()
    actions.forget_spent()
    return False


LOOPS = [Loop("intake-forget", _forget, pause_seconds=formkeys.CLIENT_SECONDS)]
