"""Every write that a code opens: the wish goes to the ledger, and what was published goes at once."""

from __future__ import annotations

from typing import Literal

from django.db import transaction

from tuidang.archive import actions as archive
from tuidang.ledger import actions as ledger
from tuidang.ledger import queries as record
from tuidang.review import actions as review
from tuidang.vault.codes import Code


@transaction.atomic
def take_back(*, code: Code) -> Literal["taken_back", "already", "unknown"]:
    """Takes back what `code` opens, and takes its texts off the public pages now; the entry is voided one to seven days later.

    Raises RefusedError as `ledger.actions.take_back` does; then nothing has changed.
    """
    result = ledger.take_back(code=code)
    indexes = [found.index for found in map(record.opened, record.codes_opened_by(code)) if found]
    review.unpublish_items(indexes=indexes)
    for index in indexes:
        archive.unpublish(index=index)
    return result
