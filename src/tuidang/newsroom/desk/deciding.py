"""What becomes of an item: a second person puts it out, now or at a time; it is taken back to the desk, or down from the public pages."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from tuidang.accounts.gate import staff_page
from tuidang.accounts.policies import Right
from tuidang.accounts.queries import Staff
from tuidang.design.templatetags.design import SPOKEN
from tuidang.kernel.errors import InvalidInputError, RefusedError
from tuidang.newsroom import actions, mailings, queries
from tuidang.newsroom.desk import facts as known
from tuidang.newsroom.desk import forms
from tuidang.newsroom.desk.columns import in_order
from tuidang.newsroom.desk.views import about, found_or_404, names
from tuidang.newsroom.policies import can_approve
from tuidang.newsroom.queries import OnDesk
from tuidang.newsroom.showing import picture, row
from tuidang.newsroom.states import Kind


@require_http_methods(["GET", "POST"])
@staff_page(Right.EDIT)
def approve(request: HttpRequest, staff: Staff, item: UUID) -> HttpResponse:
    """All of an item as it would go out, and a form that puts it out. What was changed since it was read goes out by no one."""
    typed, refused = forms.read_time(request.POST), False
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            version = forms.number(request.POST.get("version", "")) or 0
            actions.approve(item=item, version=version, by=staff.id, goes_out=typed.read())
            return redirect("desk:item", item)
        except InvalidInputError as error:
            problems = error.problems
        except RefusedError:
            refused = True
    found = found_or_404(item)
    photo = queries.photo(found.picture) if found.picture else None
    context = {
        "staff": staff,
        **about(found),
        "texts": _texts(found),
        "photo": photo and picture(photo, tuple(in_order(found))),
        "said": photo and [(SPOKEN[one], photo.alt[one]) for one in in_order(found) if photo.alt.get(one)],
        "facts": known.summary(found.kind, found.facts),
        "shown": row(queries.proposed(found, found.language)),
        "offered_by": names().get(found.offered_by, "") if found.offered_by else "",
        "yours": can_approve(found.state, offered_by=found.offered_by, changed_by=found.changed_by, by=staff.id),
        "fields": typed.questions(problems),
        "zones": forms.zones(),
        "list": forms.ZONES,
        "now": actions.minute(),
        "refused": refused,
    }
    return render(request, "newsroom/desk/approve.html", context, status=409 if refused else 422 if problems else 200)


def _texts(item: OnDesk) -> list[dict[str, object]]:
    """Each language as readers would get it."""
    titles = forms.language_names()
    return [
        {
            "language": language,
            "name": titles[language],
            "draft": item.texts[language],
            "shown": queries.proposed(item, language),
            "lang": SPOKEN[item.language if not item.texts[language].there else language],
            "original": titles[item.language],
        }
        for language in in_order(item)
    ]


@require_POST
@staff_page(Right.EDIT)
def take_back(request: HttpRequest, staff: Staff, item: UUID) -> HttpResponse:  # noqa: ARG001  a view takes its request
    """Back to the desk. What had gone out meanwhile stays out."""
    try:
        actions.take_back(item=item, by=staff.id)
    except RefusedError:
        found_or_404(item)
    return redirect("desk:item", item)


@require_http_methods(["GET", "POST"])
@staff_page(Right.EDIT)
def withdraw(request: HttpRequest, staff: Staff, item: UUID) -> HttpResponse:
    """Says what taking it down does, and a button that does it."""
    found = found_or_404(item)
    refused = False
    if request.method == "POST":
        try:
            take_down = mailings.withdraw if found.kind is Kind.MAILING else actions.withdraw
            take_down(item=item, by=staff.id)
            return redirect("desk:item", item)
        except RefusedError:
            refused, found = True, found_or_404(item)
    context = {"staff": staff, **about(found), "refused": refused}
    return render(request, "newsroom/desk/withdraw.html", context, status=409 if refused else 200)
