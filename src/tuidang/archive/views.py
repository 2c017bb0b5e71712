"""Objections, for reviewers: what was said, what it is about, and one decision for all that say the same of one statement."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from tuidang.accounts.gate import staff_page
from tuidang.accounts.policies import Right
from tuidang.accounts.queries import Staff
from tuidang.archive import actions, forms, queries
from tuidang.kernel.errors import RefusedError
from tuidang.reference.queries import label
from tuidang.review import queries as review
from tuidang.review.content import OpenObjection
from tuidang.review.states import Finding, Ground

READ_AT_ONCE = 50
SHOWN = 10
"""Statements on one screen."""


@require_GET
@staff_page(Right.REVIEW)
def objections(request: HttpRequest, staff: Staff) -> HttpResponse:
    """The statements that were objected to first, each with everything that was said against it on one ground."""
    found = review.objections(READ_AT_ONCE + 1)
    groups: dict[tuple[int, int], list[OpenObjection]] = {}
    for one in found[:READ_AT_ONCE]:
        groups.setdefault((one.index, one.ground), []).append(one)
    shown = [_shown(group) for group in islice(groups.values(), SHOWN)]
    context = {
        "staff": staff,
        "groups": shown,
        "more": len(found) > READ_AT_ONCE or len(groups) > SHOWN,
        "upheld": _choices(forms.UPHELD),
        "named": _choices(forms.NAMED),
        "dismissed": _choices(forms.DISMISSED),
        "urgent": any(group["first"] for group in shown),
        "late": "late" in request.GET,
    }
    return render(request, "archive/objections.html", context)


def _choices(words: dict[Finding, Any]) -> list[tuple[int, Any]]:
    return [(one.value, text) for one, text in words.items()]


def _shown(group: list[OpenObjection]) -> dict[str, Any]:
    first = group[0]
    public = queries.objected(first.index)
    about = public or review.text_that_waits(first.index)
    return {
        "objections": group,
        "index": first.index,
        "since": first.day,
        "first": any(one.first for one in group),
        "ground": forms.GROUNDS[first.ground],
        "about": about,
        "published": public is not None,
        "nameable": first.ground is Ground.NOT_DECLARED and public is not None and not public.alone and public.name != "",
        "hidden": first.index in review.hidden([first.index]),
        "place": label(about.region, get_language() or "en") if about and about.region else "",
    }


@require_POST
@staff_page(Right.REVIEW)
def decide(request: HttpRequest, staff: Staff) -> HttpResponse:
    """One decision for all that were on the screen together. What someone else has decided meanwhile stays decided."""
    finding, sent = forms.read_finding(request.POST), forms.read_objections(request.POST)
    if finding is Finding.OPEN or not sent:
        return redirect("archive:objections")
    try:
        done = actions.decide_objections(member=staff.id, objections=sent, finding=finding)
    except RefusedError:
        done = 0
    return redirect(reverse("archive:objections") if done else f"{reverse('archive:objections')}?late")
