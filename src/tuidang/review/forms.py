"""What a reviewer marks on a screen, and the words for it. Fields are `row` (all on the screen), `verdict-ID` and `publish-ID`."""

from __future__ import annotations

from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from tuidang.review.content import Marks
from tuidang.review.states import Pile, Refusal
from tuidang.screening.policies import Reason

HOLD = "hold"
YES, NO = "yes", "no"
REFUSALS = {
    Refusal.INVENTED: _("invented"),
    Refusal.SPAM: _("advertising or nonsense"),
    Refusal.NOT_A_DECLARATION: _("not a declaration"),
    Refusal.PRIVATE_PERSON: _("names a private person"),
    Refusal.DUPLICATE: _("handed in twice by the same form"),
    Refusal.OTHER: _("other reason"),
}
REASONS = {
    Reason.MANY_PERSONS: _("more than 20 persons by the web form"),
    Reason.NAME_EMPTY: _("a name without letters"),
    Reason.NAME_DIGITS: _("a name of digits only"),
    Reason.NAME_LONG: _("a very long name"),
    Reason.NAME_SENTENCE: _("a name that reads like a sentence"),
    Reason.NAMES_SAME: _("the same name for everyone"),
    Reason.IDENTITY_NUMBER: _("looks like an identity number"),
    Reason.PHONE: _("looks like a phone number"),
    Reason.EMAIL: _("looks like an e-mail address"),
    Reason.LINK: _("contains a link"),
    Reason.NAME_IN_TEXT: _("names a private person"),
    Reason.BURST: _("the same text came very often today"),
}
PILES = {
    Pile.HOLD: _("held together: the same text very often"),
    Pile.LOOK: _("the machine noticed something"),
    Pile.CLEAR: _("counted already, not yet read"),
    Pile.HELD: _("held by a person"),
}


def _id(text: str) -> UUID | None:
    try:
        return UUID(hex=text)
    except ValueError:
        return None


def rows(data: QueryDict) -> list[UUID]:
    """The ids of the screen that was sent. What is no id is left out: such a row was not on a screen of ours."""
    return [found for found in map(_id, data.getlist("row")) if found is not None]


def refusal(text: str) -> Refusal | None:
    """The reason for a refusal, None if it is none of the list."""
    return next((one for one in Refusal if str(one.value) == text), None)


def read_marks(data: QueryDict) -> Marks:
    """What was marked. A row that bears a mark we do not know is neither counted nor refused: it comes again."""
    marks = Marks()
    for row in rows(data):
        mark = data.get(f"verdict-{row.hex}", "")
        reason = refusal(mark)
        if reason:
            marks.marked[row] = reason
        elif mark == HOLD:
            marks.hold.append(row)
        elif not mark:
            marks.approve.append(row)
    return _read_publishing(data, marks)


def _read_publishing(data: QueryDict, marks: Marks) -> Marks:
    """Only what was chosen in words: nothing is published or declined because nobody chose."""
    for row in rows(data):
        chosen = data.get(f"publish-{row.hex}")
        if chosen == YES:
            marks.publish.append(row)
        elif chosen == NO:
            marks.decline.append(row)
    return marks


def publish_all_but_marked(data: QueryDict) -> Marks:
    """On the screen for publishing: everything on it but what bears a no."""
    every = rows(data)
    decline = [row for row in every if data.get(f"publish-{row.hex}") == NO]
    return Marks(publish=[row for row in every if row not in decline], decline=decline)
