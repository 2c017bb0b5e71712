"""What a reviewer marks on a screen, and the words for it. Fields are `row` (all on the screen), `verdict-ID` and `publish-ID`."""

from __future__ import annotations

from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tuidang.review.content import Item, Marks, OnScreen
from tuidang.review.policies import HELD_UNLESS_CHOSEN, UNPUBLISHED_UNLESS_CHOSEN
from tuidang.review.states import Pile, Refusal, Verdict, Wish
from tuidang.screening.policies import Reason

HOLD = "hold"
YES, NO = "yes", "no"
MOST_DIGITS = 12
REFUSALS = {
    Refusal.INVENTED: _("invented"),
    Refusal.SPAM: _("advertising or nonsense"),
    Refusal.NOT_A_DECLARATION: _("not a declaration"),
    Refusal.PRIVATE_PERSON: _("names a private person"),
    Refusal.DUPLICATE: _("duplicate from the same form"),
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
PARTS = (_("on the public record: published at once, dropped if nobody decides"), _("not on the public record yet: published once it is"))
LETTERS = {
    "party": pgettext_lazy("one letter", "P"),
    "league": pgettext_lazy("one letter", "L"),
    "pioneers": pgettext_lazy("one letter", "Y"),
}


def chosen_verdict(one: OnScreen) -> str:
    """What stands in the field before anyone touches it: what was undone, else "hold" for what advertisements have, else to count."""
    if one.marked:
        verdict, reason, _wish = one.marked
        return {Verdict.REFUSE: str(reason), Verdict.HELD: HOLD}.get(verdict, "")
    return HOLD if HELD_UNLESS_CHOSEN.intersection(one.reasons) else ""


def chosen_publishing(one: OnScreen) -> str:
    """The same for publishing beside counting: what was undone, else left open."""
    return {Wish.PUBLISH: YES, Wish.DECLINE: NO}.get(one.marked[2], "") if one.marked else ""


def is_declined(one: OnScreen | Item) -> bool:
    """Whether "do not publish" is chosen on the screen for publishing before anyone touches it."""
    undone = {None: "", True: NO, False: YES}[one.declined] if isinstance(one, Item) else chosen_publishing(one)
    return undone == NO if undone else not UNPUBLISHED_UNLESS_CHOSEN.isdisjoint(one.reasons)


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


def registry_number(text: str) -> int | None:
    """The number that was typed, with or without commas; None if it is none."""
    digits = "".join(text.replace(",", "").split())
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS else None
