"""What a reviewer decides about objections, and the words for it. Fields are `objection` (each that was on the screen) and `finding`."""

from __future__ import annotations

from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from tuidang.review.states import Finding, Ground

GROUNDS = {
    Ground.NOT_DECLARED: _("“This is my name, and I did not declare”"),
    Ground.NAMED: _("“The text names me or someone close to me”"),
    Ground.COPYRIGHT: _("“The text is mine and was used without permission”"),
}
UPHELD = {
    Finding.NOTHING_AGAINST: _("nothing speaks against it"),
    Finding.PLAIN: _("the statement itself shows it"),
}
NAMED = {Finding.NAME_SHOWN: _("the name shown is the one meant")}
"""Offered for a group's statement that shows a name. What one person declared for themselves is voided in any case."""
DISMISSED = {
    Finding.NOT_NAMED: _("nobody is named whom it could be about"),
    Finding.COMMON_NAME: _("an invented or very common name"),
    Finding.OFFICE: _("named for what they did in public office"),
    Finding.NOT_COPIED: _("free to use, or a short quotation"),
    Finding.NOTHING_PUBLISHED: _("nothing is published under this number"),
    Finding.DECIDED_BEFORE: _("decided before, nothing new"),
}


def read_finding(data: QueryDict) -> Finding:
    """What was chosen; OPEN if that is nothing of ours."""
    return next((one for one in (*UPHELD, *NAMED, *DISMISSED) if str(one.value) == data.get("finding")), Finding.OPEN)


def read_objections(data: QueryDict) -> list[UUID]:
    """The objections of the screen that was sent; what is no id is left out."""
    return [found for found in map(_id, data.getlist("objection")) if found is not None]


def _id(text: str) -> UUID | None:
    try:
        return UUID(hex=text)
    except ValueError:
        return None
