"""Pages of reviewers. GET shows and changes nothing; POST claims, decides, undoes."""

from __future__ import annotations

from collections.abc import Iterable
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
from tuidang.review.content import Item, OnScreen
from tuidang.review.policies import BOUND, LEASE_SECONDS, SCREEN, WITHDRAW_DAYS
from tuidang.review.states import Pile, Work

SAMPLE = 20
MINUTES = LEASE_SECONDS // 60
LONGEST_LATE = 4
BACK_TO = {Work.COUNTING: "review:screen", Work.PUBLISHING: "review:publishing", Work.CLUSTER: "review:queue"}


def _row(number: int, one: OnScreen) -> dict[str, Any]:
    """A declaration as a row of the table, `number` on its screen."""
    left = {found.bit for found in organisations() for value in one.organisations if value & found.bit}
    reasons = [str(forms.REASONS[reason]) for reason in one.reasons]
    return {
        "one": one,
        "n": number,
        "hex": one.declaration.hex,
        "group": reasons[0] if reasons else str(forms.PILES.get(one.queue, "")) if one.queue is not None else "",
        "reasons": reasons[1:],
        "organisations": [forms.LETTERS[found.name] for found in organisations() if found.bit in left],
        "region": label(one.statement.region, get_language() or "en"),
        "verdict": forms.chosen_verdict(one),
        "publish": forms.chosen_publishing(one),
    }


def _rows(found: Iterable[OnScreen]) -> list[dict[str, Any]]:
    return [_row(number, one) for number, one in enumerate(found, 1)]


def _text(number: int, one: OnScreen | Item) -> dict[str, Any]:
    """A text as a row of the screen for publishing."""
    shown = {"n": number, "declined": forms.is_declined(one), "reasons": [forms.REASONS[reason] for reason in one.reasons]}
    if isinstance(one, Item):
        written, names = one.content, [one.content.name or "○"]
        return shown | {
            "hex": one.id.hex,
            "title": written.title,
            "text": written.text,
            "names": names,
            "lang": written.language,
            "item": one,
        }
    return shown | {
        "hex": one.declaration.hex,
        "title": one.title,
        "text": one.text,
        "names": one.names,
        "lang": one.statement.language,
        "one": one,
    }


def _legend() -> list[tuple[object, str]]:
    """(letter, official name) of each organisation."""
    language = get_language() or "en"
    return [(forms.LETTERS[found.name], found.full.get(language, found.name)) for found in organisations()]


def _minutes(seconds: int) -> int:
    return max(1, seconds // 60)


def _choices() -> list[tuple[int, object]]:
    return [(reason.value, words) for reason, words in forms.REFUSALS.items()]


def _late(request: HttpRequest) -> int:
    late = request.GET.get("late", "")
    return int(late) if late.isascii() and late.isdigit() and len(late) < LONGEST_LATE else 0


def _back_to(page: str, late: int) -> HttpResponse:
    address = reverse(page)
    return redirect(f"{address}?{urlencode({'late': late})}" if late else address)


@require_GET
@staff_page(Right.REVIEW)
def queue(request: HttpRequest, staff: Staff) -> HttpResponse:
    """How much waits, and a button that takes a screen of it."""
    waiting = queries.queues()
    unread = [waiting.piles[pile] for pile in (Pile.HOLD, Pile.LOOK, Pile.CLEAR)]
    texts = [waiting.items, waiting.publishing]
    context = {
        "staff": staff,
        "piles": [(pile.value, words, waiting.piles[pile]) for pile, words in forms.PILES.items()],
        "unread": BOUND + 1 if max(unread) > BOUND else sum(unread),
        "texts": BOUND + 1 if max(texts) > BOUND else sum(texts),
        "bound": BOUND,
        "size": SCREEN,
        "minutes": MINUTES,
        "last": queries.last_screen(staff.id),
    }
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
    context = {
        "staff": staff,
        "rows": _rows(found),
        "legend": _legend(),
        "refusals": _choices(),
        "minutes": _minutes(left),
        "last": queries.last_screen(staff.id),
        "late": _late(request),
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
    return _back_to("review:screen", done.late)


@require_http_methods(["GET", "POST"])
@staff_page(Right.REVIEW)
def undo(request: HttpRequest, staff: Staff) -> HttpResponse:
    """What the last screen came to, what taking it back does, and a button that does it."""
    last = queries.last_screen(staff.id)
    if request.method == "POST":
        actions.undo(member=staff.id)
        return redirect(BACK_TO[last.work] if last else "review:screen")
    return render(request, "review/undo.html", {"staff": staff, "last": last, "bound": BOUND})


@require_GET
@staff_page(Right.REVIEW)
def publishing(request: HttpRequest, staff: Staff) -> HttpResponse:
    """The texts that the member has claimed to decide on publishing: sealed ones, then those that will be."""
    items, items_left = queries.held_items(staff.id)
    found, left = queries.held_publishing(staff.id)
    every: list[OnScreen | Item] = [*items, *found]
    rows = [_text(number, one) for number, one in enumerate(every, 1)]
    context = {
        "staff": staff,
        "rows": rows,
        "parts": [(forms.PARTS[0], rows[: len(items)]), (forms.PARTS[1], rows[len(items) :])],
        "minutes": _minutes(min([seconds for seconds, held in ((items_left, items), (left, found)) if held], default=0)),
        "waiting": queries.queues(),
        "bound": BOUND,
        "size": SCREEN,
        "last": queries.last_screen(staff.id),
        "late": _late(request),
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
    marks, number = forms.publish_all_but_marked(request.POST), random_id()
    done = actions.decide_publication_items(member=staff.id, publish=marks.publish, decline=marks.decline, screen=number)
    done += actions.decide_publication(member=staff.id, publish=marks.publish, decline=marks.decline, screen=number)
    return _back_to("review:publishing", len({*marks.publish, *marks.decline}) - done)


@require_http_methods(["GET", "POST"])
@staff_page(Right.REVIEW)
def released(request: HttpRequest, staff: Staff) -> HttpResponse:
    """What the member has published in these days, and a button for each that takes it down."""
    outcome = ""
    if request.method == "POST":
        index = forms.registry_number(request.POST.get("number", ""))
        outcome = "down" if index is not None and actions.withdraw(member=staff.id, index=index) else "unknown"
    context = {"staff": staff, "items": queries.released(staff.id), "outcome": outcome, "days": WITHDRAW_DAYS, "size": SCREEN}
    return render(request, "review/released.html", context)


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
    context = {"staff": staff, "rows": _rows(queries.cluster_sample(cluster, SAMPLE)), "refusals": _choices()}
    return render(request, "review/cluster.html", context | {"last": queries.last_screen(staff.id), "legend": _legend()})
