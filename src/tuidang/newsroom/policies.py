"""What may become of an item, and who may do it: two people look at whatever goes out."""

from __future__ import annotations

import re
from uuid import UUID

from tuidang.kernel.errors import InvalidInputError, RefusedError
from tuidang.newsroom.states import State

LANGUAGES = ("en", "zh-hans", "zh-hant")
LONGEST_BODY = 200_000
"""Characters of Markdown."""
WIDTHS = (320, 640, 1280)
"""Of the copies of a picture, in pixels."""
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_WORKED_ON = frozenset({State.DRAFT, State.OFFERED, State.PUBLISHED, State.WITHDRAWN})


def check_slug(slug: str) -> None:
    """Raises InvalidInputError unless `slug` can be an address: small letters, digits and single hyphens, at most 80."""
    if len(slug) > 80 or not _SLUG.fullmatch(slug):
        raise InvalidInputError({"slug": "unusable"})


def check_can_write(state: State) -> None:
    """Raises RefusedError where an item waits to go out: it is taken back to the desk first."""
    if state not in _WORKED_ON:
        raise RefusedError("what is scheduled does not change: take it back to the desk first")


def check_can_offer(state: State) -> None:
    """Raises RefusedError unless it is on the desk."""
    if state not in {State.DRAFT, State.PUBLISHED, State.WITHDRAWN}:
        raise RefusedError("it was offered already")


def check_can_approve(state: State, *, offered_by: UUID | None, changed_by: UUID | None, by: UUID) -> None:
    """Raises RefusedError unless somebody else offered it and wrote it last: two people see what goes out."""
    if state != State.OFFERED:
        raise RefusedError("it is not offered for approval")
    if by in {offered_by, changed_by}:
        raise RefusedError("somebody other than who wrote and offered it approves it")


def can_approve(state: State, *, offered_by: UUID | None, changed_by: UUID | None, by: UUID) -> bool:
    """Whether `check_can_approve` lets it through."""
    try:
        check_can_approve(state, offered_by=offered_by, changed_by=changed_by, by=by)
    except RefusedError:
        return False
    return True


def check_can_take_back(state: State) -> None:
    """Raises RefusedError unless it waits: for a second pair of eyes, or for its time."""
    if state not in {State.OFFERED, State.SCHEDULED}:
        raise RefusedError("it does not wait")


def check_can_withdraw(state: State, *, published: bool) -> None:
    """Raises RefusedError where nothing is public. One person alone may take something down, at any time."""
    if not published or state == State.WITHDRAWN:
        raise RefusedError("it is not published")


def is_out_of_date(*, follows: int, number: int) -> bool:
    """Whether a translation that follows version `follows` is older than version `number` of what it translates."""
    return follows < number


def widths(widest: int) -> tuple[int, ...]:
    """The widths of the copies of a picture whose widest is `widest`: no copy is wider than what was sent."""
    return (*(one for one in WIDTHS if one < widest), widest)
