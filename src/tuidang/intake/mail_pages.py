"""Pages of declaring by e-mail: how to write, where it is on; and the page that a link in an answer leads to.

A link shows nothing by itself: programs that look at every link of a mail open it too. The button is pressed by a person, and what the link
holds travels on in the body of a POST.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from tlog.entry import Voice
from tuidang.design.requests import read_sent
from tuidang.intake import claims, layout, queries
from tuidang.intake.content import PendingDeclaration
from tuidang.intake.policies import DECIDED_WITHIN_DAYS, MOST_PERSONS
from tuidang.kernel import clock
from tuidang.kernel.errors import DamagedError
from tuidang.vault.codes import SCRIPTS, Code
from tuidang.vault.formkeys import ExpiredTokenError, FormToken
from tuidang.vault.mailkeys import Claim, UnknownClaimError


@require_safe
def by_mail(request: HttpRequest) -> HttpResponse:
    """How to declare by e-mail. Readers of simplified characters are led to the form: a mailbox within reach of the state is a trap."""
    mail = settings.ENVIRONMENT.mail
    if mail is None:
        raise Http404
    language = _language()
    if language == "zh-hans":
        return HttpResponseRedirect(f"/{language}/declare/")
    samples = [layout.sample(language), layout.sample(language, group=True)]
    return render(request, "intake/by_mail.html", {"section": "declare", "address": mail.address, "samples": samples})


@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest, link: str = "") -> HttpResponse:
    """By GET a button, whatever the link; by POST the code that it stands for, once."""
    if request.method != "POST":
        return _button(request, link)
    # From where it came does not matter: the link is the secret, and no other site knows it.
    fields = read_sent(request).fields
    try:
        wanted, page = Claim.parse(fields.get("claim", "")), FormToken.parse(fields.get("token", ""))
    except UnknownClaimError:
        return _not_shown(request, "unknown")
    except ExpiredTokenError:
        return _button(request, fields.get("claim", ""))
    found = claims.show(claim=wanted, page=page)
    return _code(request, wanted, found) if isinstance(found, Code) else _not_shown(request, found)


def _button(request: HttpRequest, link: str) -> HttpResponse:
    try:
        held = Claim.parse(link)
    except UnknownClaimError:
        return _not_shown(request, "unknown")
    response = render(request, "intake/claim.html", {"section": "lookup", "claim": held, "token": FormToken.fresh()})
    # The address of this page is not to travel any further.
    response["Referrer-Policy"] = "no-referrer"
    return response


def _not_shown(request: HttpRequest, why: str) -> HttpResponse:
    return render(request, "intake/claim_gone.html", {"section": "lookup", "why": why}, status=410 if why == "opened" else 404)


def _code(request: HttpRequest, wanted: Claim, code: Code) -> HttpResponse:
    language, found = _language(), _pending(code)
    names = {one.seq: one.person.name for one in found.persons} if found else {}
    group = wanted.persons > 1 or (found is not None and found.statement.voice == Voice.LISTED)
    numbers = range(1, min(wanted.persons, MOST_PERSONS) + 1) if group else ()
    context = {
        "section": "declare",
        "group": group,
        "code": code.shown(language),
        "other_form": " ".join(code.words(SCRIPTS["en"])) if language == "en" else code.base32(),
        "sent_code": code.base32(),
        "members": [{"number": number, "name": names.get(number, ""), "code": code.member(number).shown(language)} for number in numbers],
        "publish": found is not None and found.statement.publish,
        "decided_by": clock.as_date(found.day if found else wanted.day) + timedelta(days=DECIDED_WITHIN_DAYS),
    }
    return render(request, "intake/code.html", context)


def _pending(code: Code) -> PendingDeclaration | None:
    """The declaration if it waits to be sealed and can be read."""
    with suppress(DamagedError):
        return queries.by_code(code)
    return None


def _language() -> str:
    return get_language() or "en"
