"""An item as the public would see it, and every version of its words, which can be put back."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_GET, require_http_methods

from tuidang.accounts.gate import staff_page
from tuidang.accounts.policies import Right
from tuidang.accounts.queries import Staff
from tuidang.design.templatetags.design import SPOKEN
from tuidang.kernel.errors import RefusedError
from tuidang.newsroom import actions, cards, queries, showing
from tuidang.newsroom.actions import Words
from tuidang.newsroom.desk import forms
from tuidang.newsroom.desk.columns import in_order, whole
from tuidang.newsroom.desk.differences import differences
from tuidang.newsroom.desk.views import about, found_or_404, known_as, names
from tuidang.newsroom.queries import OnDesk
from tuidang.newsroom.views import piece_context


def _known(item: UUID, language: str) -> OnDesk:
    found = found_or_404(item)
    if language not in found.texts:
        raise Http404
    return found


@require_GET
@staff_page(Right.EDIT)
def preview(request: HttpRequest, staff: Staff, item: UUID, language: str) -> HttpResponse:
    """The page as readers of a language would get it, marked as a preview."""
    found = _known(item, language)
    others = [(one, SPOKEN[one], name) for one, name in forms.language_names().items()]
    picture = queries.photo(found.picture) if found.picture else None
    with translation.override(language):
        shown = queries.proposed(found, language, picture)
        context = {**piece_context(request, shown), "staff": staff, "item": found, "shown_in": language, "languages": others}
        return render(request, "newsroom/desk/preview.html", context)


@require_GET
@staff_page(Right.EDIT)
def versions(request: HttpRequest, staff: Staff, item: UUID, language: str) -> HttpResponse:
    """The versions of a text, the newest first."""
    found, who = _known(item, language), names()
    before = forms.number(request.GET.get("before", ""))
    listed = queries.revisions(item, language, before=before)
    context = {
        "staff": staff,
        **about(found),
        **_text(found, language),
        "versions": [(one, known_as(who, one.saved_by)) for one in listed],
        "older": listed[-1].number if len(listed) == queries.DESK else None,
        "names": [(one, forms.language_names()[one]) for one in in_order(found)],
    }
    return render(request, "newsroom/desk/versions.html", context)


@require_GET
@staff_page(Right.EDIT)
def card(request: HttpRequest, staff: Staff, item: UUID, language: str) -> HttpResponse:  # noqa: ARG001  a view takes who asks
    """The share card that would be drawn for readers of a language."""
    found = _known(item, language)
    with translation.override(language):
        shown = queries.proposed(found, language)
        drawn = cards.draw(shown.title, showing.around(shown), language=shown.written_in, page=language)
    return HttpResponse(drawn, content_type="image/png")


def _text(item: OnDesk, language: str) -> dict[str, object]:
    return {
        "language": language,
        "lang": SPOKEN[language],
        "language_name": forms.language_names()[language],
        "draft": item.texts[language],
    }


@require_http_methods(["GET", "POST"])
@staff_page(Right.EDIT)
def version(request: HttpRequest, staff: Staff, item: UUID, language: str, number: int) -> HttpResponse:
    """One version, with what it changed and what has changed since. POST writes it anew on top of all others."""
    found = _known(item, language)
    both = queries.versions(item, language, [number - 1, number])
    shown = both.get(number)
    if shown is None:
        raise Http404
    refused = False
    if request.method == "POST":
        try:
            words = Words(shown.title, shown.summary, shown.body)
            after = forms.number(request.POST.get("after", "")) or 0
            actions.write(item=item, language=language, words=words, after=after, by=staff.id)
            return redirect(f"{reverse('desk:item', args=[item])}?saved")
        except RefusedError:
            refused, found = True, found_or_404(item)
    before = both.get(number - 1)
    context = {
        "staff": staff,
        **about(found),
        **_text(found, language),
        "version": shown,
        "by": known_as(names(), shown.saved_by),
        "changed": differences(whole(before) if before else "", whole(shown)),
        "since": differences(whole(shown), whole(found.texts[language])),
        "refused": refused,
    }
    return render(request, "newsroom/desk/version.html", context, status=409 if refused else 200)
