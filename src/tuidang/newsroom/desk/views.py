"""The desk: what is worked on, an item in its languages, and its facts. GET shows and changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tuidang.accounts import queries as accounts
from tuidang.accounts.gate import staff_page
from tuidang.accounts.policies import Right
from tuidang.accounts.queries import Staff
from tuidang.kernel.errors import InvalidInputError, RefusedError
from tuidang.newsroom import actions, queries
from tuidang.newsroom.content import mark
from tuidang.newsroom.desk import facts as known
from tuidang.newsroom.desk import forms
from tuidang.newsroom.desk.columns import columns, in_order
from tuidang.newsroom.desk.saving import Outcome, save
from tuidang.newsroom.policies import can_approve
from tuidang.newsroom.queries import OnDesk
from tuidang.newsroom.states import Kind, State
from tuidang.newsroom.words import KINDS, STATES


def names() -> dict[UUID, str]:
    """The name of everyone who is or was on the staff."""
    return {one.id: one.name for one in accounts.members()}


def known_as(who: Mapping[UUID, str], member: UUID | None) -> str:
    """The name of a member; what the register prepared itself bears its own."""
    return str(_("the register itself")) if member is None else who.get(member, "")


def found_or_404(item: UUID) -> OnDesk:
    """The item. Raises Http404."""
    found = queries.on_desk(item)
    if found is None:
        raise Http404
    return found


def title_of(item: OnDesk) -> str:
    """What an item is called on the desk: the title in the reader's language, else that of the original, else its address."""
    own, original = item.texts[get_language() or item.language], item.texts[item.language]
    return own.title.strip() or original.title.strip() or item.slug


def about(item: OnDesk) -> dict[str, Any]:
    """What the head of every page about an item shows."""
    return {"item": item, "name": title_of(item), "kind": KINDS[item.kind], "state": STATES[item.state]}


def _row(item: OnDesk, who: Mapping[UUID, str]) -> dict[str, Any]:
    titles = forms.language_names()
    texts = [(titles[language], item.texts[language]) for language in in_order(item)]
    return {**about(item), "texts": texts, "by": known_as(who, item.changed_by)}


def _chosen(request: HttpRequest, name: str, known_ones: type[Kind | State]) -> Any:
    return next((one for one in known_ones if str(one.value) == request.GET.get(name)), None)


@require_GET
@staff_page(Right.EDIT)
def items(request: HttpRequest, staff: Staff) -> HttpResponse:
    """What waits for a second person, what is scheduled, and what was worked on last, by state and kind."""
    state, kind = _chosen(request, "state", State), _chosen(request, "kind", Kind)
    who = names()
    offered, scheduled = queries.desk(state=State.OFFERED), queries.desk(state=State.SCHEDULED)
    yours = [one for one in offered if can_approve(one.state, offered_by=one.offered_by, changed_by=one.changed_by, by=staff.id)]
    context = {
        "staff": staff,
        "yours": [_row(one, who) for one in yours],
        "scheduled": [_row(one, who) for one in sorted(scheduled, key=lambda one: one.goes_out or 0)],
        "rows": [_row(one, who) for one in queries.desk(state=state, kind=kind)],
        "states": [(one.value, words, one is state) for one, words in STATES.items()],
        "kinds": [(one.value, words, one is kind) for one, words in KINDS.items()],
        "most": queries.DESK,
        "now": actions.minute(),
    }
    return render(request, "newsroom/desk/items.html", context)


@require_http_methods(["GET", "POST"])
@staff_page(Right.EDIT)
def begin(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Asks for kind, address and language of a new item, and makes it."""
    sent = request.POST if request.method == "POST" else request.GET
    typed = forms.read_new_item(sent, get_language() or "en")
    problems = {"kind": "unknown"} if typed.known_kind is None else {}
    if request.method == "POST" and typed.known_kind is not None:
        try:
            return redirect("desk:item", actions.begin(kind=typed.known_kind, slug=typed.slug, language=typed.language, by=staff.id))
        except InvalidInputError as error:
            problems = dict(error.problems)
    context = {"staff": staff, "fields": forms.new_item_questions(typed, problems)}
    return render(request, "newsroom/desk/begin.html", context, status=422 if problems else 200)


@require_http_methods(["GET", "POST"])
@staff_page(Right.EDIT)
def item(request: HttpRequest, staff: Staff, item: UUID) -> HttpResponse:
    """An item in its languages side by side. POST keeps what was changed, and with `then` hands it to a second person."""
    found = found_or_404(item)
    if request.method != "POST":
        return _item_page(request, staff, found)
    typed = forms.read_words(request.POST)
    outcome = save(found, typed, by=staff.id)
    found = found_or_404(item)
    outcome.locked = bool(outcome.overtaken) and found.state is State.SCHEDULED
    if not outcome.done:
        return _item_page(request, staff, found, typed, outcome)
    if request.POST.get("then") != "offer":
        return redirect(f"{reverse('desk:item', args=[item])}?saved")
    seen = (forms.number(request.POST.get("item-version", "")) or 0) + outcome.made
    try:
        actions.offer(item=item, by=staff.id, version=seen)
    except InvalidInputError as error:
        missing = dict(error.problems)
        outcome.wrong = {found.language: {"title": missing.pop("title")}} if "title" in missing else {}
        return _item_page(request, staff, found, {}, outcome, lacking=missing)
    except RefusedError:
        found = found_or_404(item)
        return redirect("desk:item", item) if found.version == seen else _item_page(request, staff, found, {}, outcome, unseen=True)
    return redirect("desk:items")


def _item_page(
    request: HttpRequest,
    staff: Staff,
    found: OnDesk,
    typed: Mapping[str, forms.TypedWords] | None = None,
    outcome: Outcome | None = None,
    *,
    lacking: Mapping[str, str] | None = None,
    unseen: bool = False,
) -> HttpResponse:
    """It was to be handed on, and `lacking`: what is wrong with its facts; `unseen`: whoever did has not seen all of it as it stands."""
    shown, who = columns(found, typed, outcome), names()
    outcome = outcome or Outcome()
    context = {
        "staff": staff,
        **about(found),
        "columns": shown,
        "outcome": outcome,
        "saved": "saved" in request.GET or outcome.kept,
        "overtaken": [one.name for one in shown if one.language in outcome.overtaken],
        "lacks": known.lacking(found.kind, lacking or {}),
        "lacking": _("Something about it is missing still: see “About it”.") if lacking else "",
        "unseen": unseen,
        "asked": known.asked(found.kind),
        "facts": known.summary(found.kind, found.facts),
        "by": known_as(who, found.changed_by),
        "offered_by": who.get(found.offered_by, "") if found.offered_by else "",
        "yours": can_approve(found.state, offered_by=found.offered_by, changed_by=found.changed_by, by=staff.id),
        "overdue": found.goes_out is not None and found.goes_out < actions.minute(),
    }
    status = 200 if outcome.done and not lacking and not unseen else 409 if outcome.overtaken or unseen else 422
    return render(request, "newsroom/desk/item.html", context, status=status)


@require_http_methods(["GET", "POST"])
@staff_page(Right.EDIT)
def facts(request: HttpRequest, staff: Staff, item: UUID) -> HttpResponse:
    """What is known of an item besides its words, as a form of its kind."""
    found = found_or_404(item)
    if not known.asked(found.kind):
        raise Http404
    problems: dict[str, str] = {}
    typed, refused = known.typed_of(found.kind, found.facts), False
    if request.method == "POST":
        typed = known.read_typed(found.kind, request.POST)
        read, problems = known.read_facts(found.kind, typed, found.facts)
        if not problems:
            try:
                actions.set_facts(item=item, facts=read, by=staff.id, after=request.POST.get("after", ""))
                return redirect(f"{reverse('desk:item', args=[item])}?saved")
            except RefusedError:
                refused, found = True, found_or_404(item)
    context = {
        "staff": staff,
        **about(found),
        "fields": known.questions(found.kind, typed, problems),
        "after": request.POST.get("after", "") if problems else mark(found.facts),
        "refused": refused,
        "theirs": known.summary(found.kind, found.facts) if refused else [],
        "zones": forms.zones() if found.kind is Kind.EVENT else (),
        "list": forms.ZONES,
    }
    return render(request, "newsroom/desk/facts.html", context, status=409 if refused else 422 if problems else 200)
