"""Messages of support on the reviewers' screen: take, publish or refuse, undo. They are intake's; nothing of a declaration is here."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from tuidang.accounts.gate import staff_page
from tuidang.accounts.policies import Right
from tuidang.accounts.queries import Staff
from tuidang.intake.support import actions, queries
from tuidang.intake.support.content import OnScreen
from tuidang.intake.support.policies import BOUND, LEASE_SECONDS, SCREEN, UNDO_DAYS
from tuidang.intake.support.states import Refusal
from tuidang.reference.queries import label
from tuidang.review import forms
from tuidang.review.policies import UNPUBLISHED_UNLESS_CHOSEN
from tuidang.screening.policies import Reason, Seen, judge

REFUSALS = {
    Refusal.SPAM: _("advertising or nonsense"),
    Refusal.NOT_SUPPORT: _("not a message of support"),
    Refusal.PRIVATE_PERSON: _("names a private person"),
    Refusal.INSULT: _("insults, or calls for violence"),
    Refusal.OTHER: _("other reason"),
}


def _row(number: int, one: OnScreen) -> dict[str, Any]:
    content = one.content
    found: tuple[Reason, ...] = ()
    if content is not None:
        found = judge(Seen("", content.text, (content.name,), by_web=False)).reasons
    return {
        "one": one,
        "n": number,
        "hex": one.id.hex,
        "country": label(content.country, get_language() or "en") if content else "",
        "reasons": [forms.REASONS[reason] for reason in found],
        "chosen": _chosen(one, found),
    }


def _chosen(one: OnScreen, found: tuple[Reason, ...]) -> str:
    """What stands in the field before anyone touches it: what was undone, else a refusal of what advertises or could harm somebody."""
    if one.content is None:
        return str(Refusal.OTHER.value)
    if one.undone is not None:
        return str(one.undone.value) if one.undone else ""
    if not UNPUBLISHED_UNLESS_CHOSEN.intersection(found):
        return ""
    return str((Refusal.SPAM if Reason.LINK in found else Refusal.PRIVATE_PERSON).value)


@require_GET
@staff_page(Right.REVIEW)
def messages(request: HttpRequest, staff: Staff) -> HttpResponse:
    """The messages that the member has, or how many wait."""
    found, left = queries.held(staff.id)
    late = request.GET.get("late", "")
    context = {
        "staff": staff,
        "rows": [_row(number, one) for number, one in enumerate(found, 1)],
        "refusals": [(one.value, words) for one, words in REFUSALS.items()],
        "minutes": max(1, left // 60),
        "lease": LEASE_SECONDS // 60,
        "waiting": queries.how_many_wait(),
        "bound": BOUND,
        "size": SCREEN,
        "days": UNDO_DAYS,
        "last": queries.last_decided(staff.id),
        "late": int(late) if late.isascii() and late.isdigit() and len(late) < 4 else 0,
        "down": request.GET.get("down", ""),
    }
    return render(request, "review/messages.html", context)


@require_POST
@staff_page(Right.REVIEW)
def claim(request: HttpRequest, staff: Staff) -> HttpResponse:  # noqa: ARG001  a view takes its request
    """Takes a screen of messages."""
    actions.claim(member=staff.id)
    return redirect("review:messages")


@require_POST
@staff_page(Right.REVIEW)
def decide(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Publishes all but the marked, and takes the next screen."""
    publish, refuse = _read(request.POST)
    done = actions.decide(member=staff.id, publish=publish, refuse=refuse)
    late = len({*publish, *refuse}) - done
    actions.claim(member=staff.id)
    address = reverse("review:messages")
    return redirect(f"{address}?{urlencode({'late': late})}" if late else address)


def _read(data: QueryDict) -> tuple[list[UUID], dict[UUID, Refusal]]:
    """What bears a mark that we do not know is neither published nor refused: it comes again."""
    publish: list[UUID] = []
    refuse: dict[UUID, Refusal] = {}
    for row in forms.rows(data):
        mark = data.get(f"message-{row.hex}", "")
        reason = next((one for one in REFUSALS if str(one.value) == mark), None)
        if reason:
            refuse[row] = reason
        elif not mark:
            publish.append(row)
    return publish, refuse


@require_POST
@staff_page(Right.REVIEW)
def undo(request: HttpRequest, staff: Staff) -> HttpResponse:  # noqa: ARG001  a view takes its request
    """Takes the member's last screen back: what it published is off the public page at once."""
    actions.undo(member=staff.id)
    return redirect("review:messages")


@require_POST
@staff_page(Right.REVIEW)
def take_down(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Takes a published message down for good, by the number in its address."""
    number = forms.registry_number(request.POST.get("number", ""))
    done = number is not None and actions.take_down(member=staff.id, number=number)
    return redirect(f"{reverse('review:messages')}?down={'yes' if done else 'no'}")
