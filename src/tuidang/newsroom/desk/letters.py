"""Letters of the newsletter: as their readers get them, tried out with one address, sent, paused; and figures that no reader was watched for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuidang.accounts.gate import staff_page
from tuidang.accounts.policies import Right
from tuidang.accounts.queries import Staff
from tuidang.design.fields import PRIVATE, Choice, Field
from tuidang.design.templatetags.design import SPOKEN
from tuidang.kernel.errors import RefusedError
from tuidang.kernel.mailing import MailServerError, NotNowError, Sender
from tuidang.kernel.randomness import random_id
from tuidang.newsletter.composing import form_of, html_text, plain_text
from tuidang.newsletter.content import Said, To
from tuidang.newsletter.delivering import try_out
from tuidang.newsletter.mailings import Standing
from tuidang.newsletter.policies import Address, read_address
from tuidang.newsletter.states import Sending
from tuidang.newsroom import mailings
from tuidang.newsroom.desk.columns import in_order
from tuidang.newsroom.desk.forms import language_names
from tuidang.newsroom.desk.views import about, found_or_404
from tuidang.newsroom.queries import OnDesk
from tuidang.newsroom.states import Kind

SENDING = {
    Sending.FILLING: pgettext_lazy("state of a mailing", "readers are being listed"),
    Sending.SENDING: pgettext_lazy("state of a mailing", "is being sent"),
    Sending.PAUSED: pgettext_lazy("state of a mailing", "paused"),
    Sending.DONE: pgettext_lazy("state of a mailing", "sent"),
    Sending.STOPPED: pgettext_lazy("state of a mailing", "stopped"),
}
_FIGURES = (
    (_lazy("Sent"), ("SENT", "LEFT", "COMPLAINED", "BOUNCED")),
    (_lazy("Waiting"), ("WAITING", "TAKEN", "HANDED")),
    (_lazy("Refused by the mail server"), ("REFUSED",)),
    (_lazy("Came back"), ("BOUNCED",)),
    (_lazy("Unsubscribed since, after this letter"), ("LEFT",)),
    (_lazy("Reported as unwanted"), ("COMPLAINED",)),
    (_lazy("Unknown: perhaps sent"), ("UNKNOWN",)),
)
_STEPS: dict[str, Callable[..., None]] = {
    "pause": mailings.pause,
    "resume": mailings.resume,
    "stop": mailings.stop,
    "again": mailings.send_unknown,
}


def _told(standing: Standing | None) -> dict[str, Any]:
    """How far a letter is, in words."""
    if standing is None:
        return {"sending": "", "figures": []}
    sums = [(label, sum(standing.figures.get(one, 0) for one in names)) for label, names in _FIGURES]
    return {
        "sending": SENDING[standing.sending],
        "figures": [(label, count) for label, count in sums if count or label == _FIGURES[0][0]],
        "unknown": standing.figures.get("UNKNOWN", 0),
        "runs": standing.sending in (Sending.FILLING, Sending.SENDING),
        "paused": standing.sending is Sending.PAUSED,
    }


@require_GET
@staff_page(Right.EDIT)
def letters(request: HttpRequest, staff: Staff) -> HttpResponse:
    """The last letters that went out or go out now."""
    rows = [{"one": one, **_told(standing)} for one, standing in mailings.recent(get_language() or "en")]
    context = {"staff": staff, "rows": rows, "on": settings.ENVIRONMENT.newsletter is not None, "kind": Kind.MAILING.value}
    return render(request, "newsroom/desk/letters.html", context)


@require_POST
@staff_page(Right.EDIT)
def begin(request: HttpRequest, staff: Staff, item: UUID) -> HttpResponse:  # noqa: ARG001  a view takes its request
    """Makes a letter from what is published, for an editor to finish."""
    try:
        return redirect("desk:item", mailings.begin_from(item=item, by=staff.id))
    except RefusedError:
        found_or_404(item)
        return redirect("desk:item", item)


@require_http_methods(["GET", "POST"])
@staff_page(Right.EDIT)
def letter(request: HttpRequest, staff: Staff, item: UUID) -> HttpResponse:
    """One letter: what readers get, a form to try it out, how far it is, and what can be done about that."""
    found = found_or_404(item)
    if found.kind is not Kind.MAILING:
        raise Http404
    if request.method != "POST":
        return _page(request, staff, found)
    step = _STEPS.get(request.POST.get("do", ""))
    if step is None:
        return _try_out(request, staff, found)
    try:
        step(item=item, by=staff.id)
    except RefusedError:
        return _page(request, staff, found, refused=True, status=409)
    return redirect(reverse("letters:letter", args=[item]))


def _try_out(request: HttpRequest, staff: Staff, found: OnDesk) -> HttpResponse:
    sender: Sender | None = settings.ENVIRONMENT.newsletter
    typed, language = request.POST.get("address", ""), request.POST.get("language", "")
    address = read_address(typed)
    if sender is None or language not in found.texts or not isinstance(address, Address):
        return _page(request, staff, found, typed=typed, language=language, error=_("This is no e-mail address."), status=422)
    texts = {one.language: form_of(_marked(one), sender) for one in mailings.said(found)}
    mailings.note_try(item=found.id, by=staff.id)
    try:
        taken = try_out(mailing_texts=texts, language=language, to=To(random_id(), address), mailing=random_id(), sender=sender)
    except (MailServerError, NotNowError):
        taken = False
    return _page(request, staff, found, language=language, tried=_OUTCOME[taken], status=200 if taken else 502)


def _marked(one: Said) -> Said:
    """As it would go out, and told to be no letter: one person alone sends it, and nobody has approved it."""
    with translation.override(one.language):
        mark = _("Test, not published")
    return replace(one, subject=f"[{mark}] {one.subject}", markdown=f"**{mark}**\n\n{one.markdown}")


_OUTCOME = {
    True: _lazy("Sent. Its links to unsubscribe lead to nobody: it is to be looked at alone."),
    False: _lazy("It was not sent: the mail server does not take it now, or not for this address."),
}


def _page(
    request: HttpRequest,
    staff: Staff,
    found: OnDesk,
    *,
    typed: str = "",
    language: str = "",
    error: str = "",
    tried: object = "",
    refused: bool = False,
    status: int = 200,
) -> HttpResponse:
    names, by_language = language_names(), {one.language: one for one in mailings.said(found)}
    shown = [
        {
            "name": names[one],
            "lang": SPOKEN[said.written_in],
            "said": said,
            "plain": plain_text(said.markdown),
            "html": html_text(said.markdown),
        }
        for one in in_order(found)
        for said in [by_language[one]]
    ]
    choices = tuple(Choice(one, names[one], chosen=one == (language or found.language)) for one in in_order(found))
    context = {
        "staff": staff,
        **about(found),
        "on": settings.ENVIRONMENT.newsletter is not None,
        "letters": shown,
        "fields": [
            Field("address", _("E-mail address"), value=typed, error=error, attributes={**PRIVATE, "type": "email"}),
            Field("language", _("Language"), "radios", choices=choices, inline=True),
        ],
        "tried": tried,
        "refused": refused,
        **_told(mailings.standing(found.id)),
    }
    return render(request, "newsroom/desk/letter.html", context, status=status)
