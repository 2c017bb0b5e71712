"""Declarations by programs that others wrote for today's register: what they sent becomes a declaration, and an answer they can read.

`result` 0 is answered after the durable commit alone. The same body within two minutes is the same declaration and gets the same code.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from typing import Any

from django.db import DatabaseError, InterfaceError

from tlog.entry import Voice
from tuidang.api.messages import BUSY, MESSAGES
from tuidang.api.submission import Submission, UnusableError, people, read
from tuidang.intake import actions, policies
from tuidang.intake.content import NewDeclaration, NewPerson
from tuidang.intake.forms import CONSENT_VERSION
from tuidang.kernel.errors import BusyError, DamagedError, InvalidInputError
from tuidang.reference import pack, switches
from tuidang.reference import queries as reference
from tuidang.vault.codes import Code
from tuidang.vault.formkeys import client_codes

LONGEST_ADDRESS = 200
DONE, REFUSED, TRY_AGAIN = 0, 1, 2
_TRIES = 3


def answer(body: bytes) -> bytes:
    """The answer to a submission: base64url without padding of JSON in ASCII. Never raises, whatever was sent."""
    return urlsafe_b64encode(json.dumps(_reply(body), ensure_ascii=True).encode()).rstrip(b"=")


def _reply(body: bytes) -> dict[str, Any]:
    if not switches.intake_open():
        return {"result": REFUSED, "message": MESSAGES["closed"]}
    try:
        code = _accept(declaration_of(read(body)), body)
    except UnusableError as error:
        return {"result": REFUSED, "message": MESSAGES[error.message]}
    except InvalidInputError as error:
        return {"result": REFUSED, "message": MESSAGES.get(next(iter(error.problems)), MESSAGES["unreadable"])}
    except (BusyError, DamagedError, DatabaseError, InterfaceError, OSError):
        # A full disk, or a key that cannot be read, is answered like a queue that does not move: nothing was acknowledged, and asking again is right.
        return {"result": TRY_AGAIN, "message": BUSY}
    return {"result": DONE, "message": code.base32()}


def _accept(declaration: NewDeclaration, body: bytes) -> Code:
    for _ in range(_TRIES):
        now, before = client_codes(body)
        result = actions.accept(declaration=declaration, code=now, earlier=before).result
        if result == "later":
            continue  # it waited while its two minutes ended, and the same body came again: what that one got is found by the clock of now
        code = before if result == "earlier" else now
        if result != "new":
            actions.note_second_answer(code=code)
        return code
    raise BusyError("the same body again and again")


def declaration_of(sent: Submission) -> NewDeclaration:
    """The declaration that a submission means. Raises UnusableError("organisations") or ("names").

    Sending is the wish to be published, once a person read it. Who is named alone declares first-hand; groups are listed, and have no title
    of their own: it repeats the lines of the text.
    """
    named = people(sent)
    alone = len(named) == 1
    aliases = pack.aliases()
    return NewDeclaration(
        title=policies.clean_line(sent.subject) if alone else "",
        text=policies.clean_text(sent.content) or policies.clean_text(sent.subject),
        language="zh",
        persons=tuple(NewPerson(name=name, organisations=left, suggested=name in aliases) for name, left in named),
        voice=Voice.FIRST_HAND if alone else Voice.LISTED,
        channel=reference.channel("relay"),
        region=reference.match_place(sent.address[:LONGEST_ADDRESS]),
        source=0,
        publish=True,
        consent=f"client-{CONSENT_VERSION}",
    )
