"""Pages of reviewers. GET shows and changes nothing; POST claims, decides, undoes."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuidang.accounts.gate import staff_page
from tuidang.accounts.policies import Right
from tuidang.accounts.queries import Staff
from tuidang.kernel.randomness import random_id
from tuidang.reference.queries import label, organisations
from tuidang.review import actions, forms, queries
from tuidang.review.content import OnScreen
from tuidang.review.policies import BOUND, LEASE_SECONDS, SCREEN
from tuidang.review.states import Pile

SAMPLE = 20
MINUTES = LEASE_SECONDS // 60


def _row(one: OnScreen) -> dict[str, Any]:
    """A declaration as a row of the table."""
    language = get_language() or "en"
    left = {found.bit for found in organisations() for value in one.organisations if value & found.bit}
    return {
        "one": one,
        "reasons": [forms.REASONS[reason] for reason in one.reasons],
        "pile": forms.PILES[one.queue] if one.queue is not None else "",
        "organisations": [found.labels.get(language, found.name) for found in organisations() if found.bit in left],
        "region": label(one.statement.region, language),
    }


def _minutes(seconds: int) -> int:
    return max(1, seconds // 60)


def _choices() -> list[tuple[int, object]]:
    return [(reason.value, words) for reason, words in forms.REFUSALS.items()]


@require_GET
@staff_page(Right.REVIEW)
def queue(request: HttpRequest, staff: Staff) -> HttpResponse:
    """How much waits, and a button that takes a screen of it."""
    waiting = queries.queues()
    piles = [(pile.value, words, waiting.piles[pile]) for pile, words in forms.PILES.items()]
    context = {"staff": staff, "piles": piles, "bound": BOUND, "size": SCREEN, "minutes": MINUTES, "last": queries.last_screen(staff.id)}
    return render(request, "review/queue.html", context)


@require_POST
@staff_page(Right.REVIEW)
def claim(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Takes a screen: of the pile asked for, else of what is most urgent."""
    pile = next((one for one in Pile if str(one.value) == request.POST.get("pile")), None)
    actions.claim(member=staff.id, pile=pile)
    return redirect("review:screen")


@require_GET
@staff_page(Right.REVIEW)
def screen(request: HttpRequest, staff: Staff) -> HttpResponse:
    """The screen that the member has."""
    found, left = queries.held_screen(staff.id)
    late = request.GET.get("late", "")
    context = {
        "staff": staff,
        "rows": [_row(one) for one in found],
        "refusals": _choices(),
        "minutes": _minutes(left),
        "last": queries.last_screen(staff.id),
        "late": int(late) if late.isascii() and late.isdigit() and len(late) < 4 else 0,
    }
    return render(request, "review/screen.html", context)


@require_POST
@staff_page(Right.REVIEW)
def decide(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Counts all but the marked; publishes and declines what says so; takes the next screen."""
    marks, number = forms.read_marks(request.POST), random_id()
    actions.decide_publication(member=staff.id, publish=marks.publish, decline=marks.decline, screen=number)
    done = actions.decide_screen(member=staff.id, approve=marks.approve, marked=marks.marked, hold=marks.hold, screen=number)
    actions.claim(member=staff.id)
    return redirect(f"{reverse('review:screen')}?{urlencode({'late': done.late})}" if done.late else reverse("review:screen"))


@require_http_methods(["GET", "POST"])
@staff_page(Right.REVIEW)
def undo(request: HttpRequest, staff: Staff) -> HttpResponse:
    """The last screen, and a button that takes it back."""
    if request.method == "POST":
        actions.undo(member=staff.id)
        return redirect("review:screen")
    return render(request, "review/undo.html", {"staff": staff, "last": queries.last_screen(staff.id)})


@require_GET
@staff_page(Right.REVIEW)
def publishing(request: HttpRequest, staff: Staff) -> HttpResponse:
    """The texts that the member has claimed to decide on publishing: sealed ones, then those that will be."""
    items, items_left = queries.held_items(staff.id)
    found, left = queries.held_publishing(staff.id)
    waiting = queries.queues()
    context = {
        "staff": staff,
        "items": items,
        "rows": [_row(one) for one in found],
        "minutes": _minutes(min([seconds for seconds, held in ((items_left, items), (left, found)) if held], default=0)),
        "waiting": [waiting.items, waiting.publishing],
        "bound": BOUND,
        "size": SCREEN,
    }
    return render(request, "review/publishing.html", context)


@require_POST
@staff_page(Right.REVIEW)
def claim_publishing(request: HttpRequest, staff: Staff) -> HttpResponse:  # noqa: ARG001  a view takes its request
    """Takes texts to decide on: sealed ones first, since they are dropped after some days."""
    taken = actions.claim_items(member=staff.id)
    if taken < SCREEN:
        actions.claim_publishing(member=staff.id, size=SCREEN - taken)
    return redirect("review:publishing")


@require_POST
@staff_page(Right.REVIEW)
def decide_publishing(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Publishes all but the marked."""
    marks = forms.publish_all_but_marked(request.POST)
    actions.decide_publication_items(member=staff.id, publish=marks.publish, decline=marks.decline)
    actions.decide_publication(member=staff.id, publish=marks.publish, decline=marks.decline)
    return redirect("review:publishing")


@require_http_methods(["GET", "POST"])
@staff_page(Right.REVIEW)
def cluster(request: HttpRequest, staff: Staff, cluster: UUID) -> HttpResponse:
    """A sample of a cluster, and one decision for all of it."""
    if request.method == "POST":
        choice = request.POST.get("verdict", "")
        refusal = forms.refusal(choice)
        if refusal or choice == "count":
            actions.decide_cluster(member=staff.id, cluster=cluster, refusal=refusal)
        return redirect("review:cluster", cluster)
    context = {"staff": staff, "rows": [_row(one) for one in queries.cluster_sample(cluster, SAMPLE)], "refusals": _choices()}
    return render(request, "review/cluster.html", context | {"last": queries.last_screen(staff.id)})
