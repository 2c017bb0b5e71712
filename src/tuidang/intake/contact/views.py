"""Pages of those to whom messages are written. They show that there is something, hand it out sealed, and take the answer."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from tuidang.accounts.gate import staff_page
from tuidang.accounts.policies import Right
from tuidang.accounts.queries import Staff
from tuidang.intake.contact import actions, queries
from tuidang.intake.contact.content import Listed
from tuidang.intake.contact.policies import LISTED, LONGEST_ANSWER
from tuidang.intake.contact.states import Role, State, Turn
from tuidang.kernel import clock
from tuidang.kernel.errors import InvalidInputError

READS = {
    Role.PRESS: Right.SPEAK,
    Role.JOINING: Right.MEMBERS,
    Role.POINTS: Right.EDIT,
    Role.CORRECTIONS: Right.EDIT,
}
"""Whose task each role's messages are."""
NAMES = {
    Role.PRESS: _("press office"),
    Role.JOINING: _("volunteers"),
    Role.POINTS: _("service points"),
    Role.CORRECTIONS: _("corrections"),
}
STATES = {
    State.NEW: _("new"),
    State.FETCHED: _("downloaded"),
    State.ANSWERED: _("answered"),
    State.CLOSED: _("closed without an answer"),
}


def _roles(staff: Staff) -> list[Role]:
    return [role for role in Role if staff.may(READS[role])]


def _row(one: Listed) -> dict[str, object]:
    return {
        "one": one,
        "hex": one.id.hex,
        "short": one.id.hex[:6],
        "role": NAMES[one.role],
        "state": STATES[one.state],
        "later": one.turn is Turn.LATER,
        "until": clock.as_date(one.until),
        "day": clock.as_date(one.day),
    }


@require_GET
@staff_page(Right.ANSWER)
def messages(request: HttpRequest, staff: Staff) -> HttpResponse:
    """What waits for the member's roles and what was answered: day, role, size and state, never what it says."""
    roles, marks = _roles(staff), queries.marks()
    context = {
        "staff": staff,
        "keys": [(role.value, NAMES[role], marks.get(role, "")) for role in roles],
        "parts": [
            (_("Waiting for an answer"), [_row(one) for one in queries.waiting(roles)]),
            (_("Done"), [_row(one) for one in queries.done(roles)]),
        ],
        "listed": LISTED,
        "outcome": request.GET.get("outcome", ""),
    }
    return render(request, "intake/staff/contact.html", context)


@require_POST
@staff_page(Right.ANSWER)
def download(request: HttpRequest, staff: Staff) -> HttpResponse:
    """The sealed message as a file; what opens it is not on this machine."""
    message = _message(request.POST)
    file = None if message is None else actions.fetch(member=staff.id, roles=_roles(staff), message=message)
    if file is None:
        return redirect("/staff/contact/?outcome=gone")
    response = HttpResponse(file.content(), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{file.role}-{file.message.hex[:6]}.sealed"'
    return response


@require_POST
@staff_page(Right.ANSWER)
def answer(request: HttpRequest, staff: Staff) -> HttpResponse:
    """The form for an answer; with `step` send it is sealed and stored, with `step` close the message gets none."""
    message, roles = _message(request.POST), _roles(staff)
    listed = None if message is None else queries.listed(message)
    if message is None or listed is None or listed.role not in roles:
        return redirect("/staff/contact/?outcome=gone")
    step, text = request.POST.get("step", "show"), request.POST.get("text", "").replace("\0", "")
    if step == "close":
        done = actions.close(member=staff.id, roles=roles, message=message)
        return redirect(f"/staff/contact/?outcome={'closed' if done else 'gone'}")
    problem = ""
    if step == "send":
        try:
            done = actions.answer(member=staff.id, roles=roles, message=message, text=text)
        except InvalidInputError as error:
            problem = error.problems["text"]
        else:
            return redirect(f"/staff/contact/?outcome={'answered' if done else 'gone'}")
    context = {"staff": staff, "row": _row(listed), "text": text, "problem": problem, "longest": LONGEST_ANSWER}
    return render(request, "intake/staff/answer.html", context, status=422 if problem else 200)


def _message(data: QueryDict) -> UUID | None:
    try:
        return UUID(hex=data.get("message", ""))
    except ValueError:
        return None
