"""Who may what, and what an audit trail may say. Roles are grants of single tasks: none contains another.

Whoever runs the machine can give out roles, so an operator gets no right over declarations by being one.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import StrEnum

LINK_HOURS = 24
"""How long a one-time link can be used."""
LONGEST_NAME = 80
_VERB = re.compile(r"[a-z][a-z_.]{1,38}[a-z]")
_SUBJECT = re.compile(r"[0-9a-z_.: -]*")


class Role(StrEnum):
    """What a member of staff was asked to do."""

    REVIEWER = "reviewer"
    EDITOR = "editor"
    PRESS = "press"
    CERTIFICATES = "certificates"
    VOLUNTEER = "volunteer"
    AUDITOR = "auditor"
    OPERATOR = "operator"


class Right(StrEnum):
    """What a staff page asks for. A page names one right, never a role."""

    SIGNED_IN = "signed_in"
    REVIEW = "review"
    EDIT = "edit"
    SPEAK = "speak"
    CERTIFY = "certify"
    ENTER = "enter"
    AUDIT = "audit"
    MEMBERS = "members"
    ANSWER = "answer"


_ALLOWED: dict[Right, frozenset[Role]] = {
    Right.SIGNED_IN: frozenset(Role),
    Right.REVIEW: frozenset({Role.REVIEWER}),
    Right.EDIT: frozenset({Role.EDITOR, Role.PRESS}),
    Right.SPEAK: frozenset({Role.PRESS}),
    Right.CERTIFY: frozenset({Role.CERTIFICATES}),
    Right.ENTER: frozenset({Role.VOLUNTEER}),
    Right.AUDIT: frozenset({Role.AUDITOR}),
    Right.MEMBERS: frozenset({Role.OPERATOR}),
    Right.ANSWER: frozenset({Role.OPERATOR, Role.EDITOR, Role.PRESS}),
}


def may(roles: Collection[Role], right: Right) -> bool:
    """Whether one of `roles` gives `right`."""
    return not _ALLOWED[right].isdisjoint(roles)


def check_trail(verb: str, subject: str) -> None:
    """Raises ValueError if an entry of the audit trail could hold a name or a text: both are plain lower-case codes."""
    if not _VERB.fullmatch(verb) or not _SUBJECT.fullmatch(subject):
        raise ValueError("an audit trail holds codes, never names or texts")
