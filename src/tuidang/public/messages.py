"""Messages of support, for everyone: pages of their own, apart from declarations and every count of them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tuidang.intake.support import queries
from tuidang.intake.support.content import Shown
from tuidang.kernel import clock
from tuidang.public.context import current_language, excerpt
from tuidang.reference.queries import label

MOST_DIGITS = 18


@require_safe
def messages(request: HttpRequest) -> HttpResponse:
    """Published messages of support, newest first, and how many there are."""
    before = _number(request.GET.get("before", ""))
    page = queries.page(before=before)
    context = {
        "messages": [_shown(one, whole=False) for one in page.messages],
        "older": page.older,
        "newest": before is None,
        "shown": queries.shown(),
    }
    return render(request, "public/messages.html", context)


@require_safe
def message(request: HttpRequest, number: int) -> HttpResponse:
    """One message, whole."""
    found = queries.one(number) if len(str(number)) <= MOST_DIGITS else None
    if found is None:
        raise Http404
    return render(request, "public/message.html", {"one": _shown(found, whole=True)})


def _number(raw: str) -> int | None:
    """The number in an address; None if there is none. Raises Http404 for anything else."""
    if not raw:
        return None
    if not (raw.isascii() and raw.isdigit() and len(raw) <= MOST_DIGITS):
        raise Http404
    return int(raw)


def _shown(one: Shown, *, whole: bool) -> dict[str, Any]:
    text = one.text if whole else excerpt(one.text)
    place = label(one.country, current_language())
    return {**asdict(one), "text": text, "cut": text != one.text, "place": place, "date": clock.as_date(one.day)}
