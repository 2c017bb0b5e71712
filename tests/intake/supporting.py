"""Messages of support as tests make them."""

from __future__ import annotations

from uuid import UUID

from tuidang.intake.support import actions, queries
from tuidang.intake.support.content import Message
from tuidang.intake.support.states import Refusal
from tuidang.kernel.randomness import random_bytes
from tuidang.vault.codes import Code

TEXT = "We stand with you, from far away."


def message(text: str = TEXT, *, name: str = "远山", country: int = 276) -> Message:
    return Message(name=name, country=country, text=text, language="en")


def sent(text: str = TEXT, **more: object) -> Code:
    """The code of a message that was taken."""
    code = Code(random_bytes(16))
    assert actions.take(code=code, message=message(text, **more)).result == "new"
    return code


def decide(member: UUID, *codes: Code, refusal: Refusal | None = None) -> int:
    """Publishes these or refuses them, as a member who has claimed them."""
    actions.claim(member=member)
    ids = [queries.message_id(code) for code in codes]
    return actions.decide(member=member, refuse=dict.fromkeys(ids, refusal)) if refusal else actions.decide(member=member, publish=ids)


def published(member: UUID, text: str = TEXT, **more: object) -> Code:
    code = sent(text, **more)
    assert decide(member, code) == 1
    return code
