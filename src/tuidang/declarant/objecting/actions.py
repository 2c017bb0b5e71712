"""Taking an objection: stored, and what it names hidden, in one transaction."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.db import transaction

from tuidang.archive import actions as archive
from tuidang.archive import carrying
from tuidang.archive.queries import published, statement
from tuidang.review import actions as review
from tuidang.review.content import Complaint
from tuidang.review.queries import answer
from tuidang.review.states import Ground
from tuidang.vault.codes import Code


def objection_id(code: Code) -> UUID:
    """Under which the objection with this code is kept: nothing that a declaration's code opens is found under it."""
    return UUID(bytes=code.derive(b"tuidang/v1/objection", 16))


@transaction.atomic
def object_to(
    *, code: Code, index: int, ground: Ground, text: str, language: str, there: bool = False
) -> Literal["hidden", "taken", "same", "other", "gone"]:
    """Takes an objection to the statement under the registry number `index` and hides that, as far as it may before a person has looked.

    `same`: it was taken before, and nothing changes. `other`: one with other words was taken from this form, and this one is not stored.
    `gone`: whoever objects saw a statement `there`, which can no longer be seen; nothing is stored.
    """
    carrying.hold()  # a statement that is about to move to another number does so before this, or sees that somebody objects to it
    name = objection_id(code)
    if there and statement(index) is None and answer(name) is None:
        return "gone"
    taken = review.object_to(objection=name, index=index, ground=ground, complaint=Complaint(text=text, language=language))
    if taken.result != "new":
        return taken.result
    if taken.hides and archive.hide(index=index):
        return "hidden"
    # Whether a text waits here to be published or not, the answer is the same: else the numbers of a batch would tell who wished it.
    if not taken.waits and not published([index]):
        review.hid_nothing(objection=name)
    return "taken"
