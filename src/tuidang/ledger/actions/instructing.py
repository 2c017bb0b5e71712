"""Instructions of later stages and operators, carried out by the next sealing."""

from __future__ import annotations

from typing import Any

import rfc8785

from tlog.entry import SELF_VOID, Kind
from tuidang.kernel import clock
from tuidang.kernel.errors import RefusedError
from tuidang.ledger import instructions, queries
from tuidang.ledger.instructions import Payload

LONGEST_SOURCE = 200


def instruct_void(*, ref: int, reason: int) -> bool:
    """Leaves an instruction to void the entry `ref` for a reason that is not a declarant's own wish. False if there is one already.

    Raises RefusedError if the entry is not live, or the reason is 1.
    """
    if reason == SELF_VOID:
        raise RefusedError("reason 1 is for holders of the code alone")
    if not queries.is_live(ref):
        raise RefusedError(f"entry {ref} is not a live declaration")
    return instructions.leave(kind=Kind.VOID, ref=ref, payload=Payload(reason=reason), not_before=clock.today())


def set_baseline(*, total: int, source: str) -> None:
    """Leaves an instruction to record the total of an earlier register. Raises RefusedError for a total that cannot be one."""
    source = source.strip()
    if not 0 <= total < 2**53:
        raise RefusedError("the total of a baseline is a whole number from 0 on, and below 2 to the 53")
    if not source or len(source) > LONGEST_SOURCE or not source.isprintable():
        raise RefusedError(f"say where the baseline comes from: on one line, at most {LONGEST_SOURCE} characters that can be printed")
    content = rfc8785.dumps({"type": "tuidang/v1/baseline", "total": total, "source": source})
    instructions.leave_instead(kind=Kind.BASELINE, payload=Payload(total=total, content=content), not_before=clock.today())


def announce(*, kind: Kind, content: dict[str, Any]) -> None:
    """Leaves an instruction to record a list: codes or keys."""
    instructions.leave_instead(kind=kind, payload=Payload(content=rfc8785.dumps(content)), not_before=clock.today())
