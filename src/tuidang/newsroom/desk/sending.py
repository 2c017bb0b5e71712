"""Pictures and documents that are put beside an item. What is sent is checked, made anew or kept by its digest elsewhere; here are the forms."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tuidang.accounts.gate import staff_page
from tuidang.accounts.policies import Right
from tuidang.accounts.queries import Staff
from tuidang.design.fields import PRIVATE, Choice, Field
from tuidang.design.templatetags.design import SPOKEN
from tuidang.kernel.errors import InvalidInputError, RefusedError
from tuidang.newsroom import actions, documents, pictures, queries
from tuidang.newsroom.content import Publication, mark
from tuidang.newsroom.desk.columns import in_order
from tuidang.newsroom.desk.forms import clean, language_names
from tuidang.newsroom.desk.views import about, found_or_404
from tuidang.newsroom.queries import OnDesk
from tuidang.newsroom.showing import picture as shown_picture


def _sent_file(request: HttpRequest, name: str) -> bytes:
    sent = request.FILES.get(name)
    return sent.read() if sent else b""


@require_http_methods(["GET", "POST"])
@staff_page(Right.EDIT)
def picture(request: HttpRequest, staff: Staff, item: UUID) -> HttpResponse:
    """Puts a picture beside an item, with what is to be seen on it in words, or takes it away."""
    found = found_or_404(item)
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            made = None if "away" in request.POST else _made(request, found, staff.id)
            actions.set_picture(item=item, picture=made, by=staff.id)
            return redirect(f"{reverse('desk:item', args=[item])}?saved")
        except InvalidInputError as error:
            problems = dict(error.problems)
        except RefusedError:
            problems = {"picture": "locked"}
    photo = queries.photo(found.picture) if found.picture else None
    context = {
        "staff": staff,
        **about(found),
        "photo": photo and shown_picture(photo, tuple(in_order(found))),
        "fields": _picture_questions(found, request.POST, problems),
        "error": _sentence(problems.get("picture", "")),
    }
    return render(request, "newsroom/desk/picture.html", context, status=422 if problems else 200)


def _made(request: HttpRequest, found: OnDesk, by: UUID) -> UUID:
    said = {language: clean(request.POST.get(f"alt-{language}", "")) for language in found.texts}
    data = _sent_file(request, "picture")
    if not data:
        raise InvalidInputError({"picture": "missing"})
    rights, credit = clean(request.POST.get("rights", "")), clean(request.POST.get("credit", ""))
    return pictures.add(data=data, alt=said, rights=rights, credit=credit, by=by)


def _picture_questions(item: OnDesk, typed: Mapping[str, str], problems: Mapping[str, str]) -> list[Field]:
    names, wrong = language_names(), {name: _sentence(problem) for name, problem in problems.items()}
    hint = _("For those who cannot see it. In one language at least.")
    return [
        *(
            Field(
                f"alt-{one}",
                _("What is to be seen on it: %(language)s") % {"language": names[one]},
                value=typed.get(f"alt-{one}", ""),
                hint=hint if one == item.language else "",
                error=wrong.get("alt", "") if one == item.language else "",
                attributes={**PRIVATE, "lang": SPOKEN[one]},
            )
            for one in in_order(item)
        ),
        Field("rights", _("By what right it is shown"), value=typed.get("rights", ""), error=wrong.get("rights", "")),
        Field("credit", _("Who made it"), value=typed.get("credit", ""), error=wrong.get("credit", "")),
    ]


@require_http_methods(["GET", "POST"])
@staff_page(Right.EDIT)
def document(request: HttpRequest, staff: Staff, item: UUID) -> HttpResponse:
    """Adds a document to a publication, in place of the one in its language, or takes one away."""
    found = found_or_404(item)
    if not isinstance(found.facts, Publication):
        raise Http404
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            facts = _with_documents(request, found.facts)
            actions.set_facts(item=item, facts=facts, by=staff.id, after=mark(found.facts))
            return redirect(f"{reverse('desk:item', args=[item])}?saved")
        except InvalidInputError as error:
            problems = dict(error.problems)
        except RefusedError:
            problems = {"document": "locked"}
    chosen = request.POST.get("language", "")
    choices = tuple(Choice(SPOKEN[one], name, chosen=SPOKEN[one] == chosen) for one, name in language_names().items())
    language = Field(
        "language", _("Language of the document"), "radios", choices=choices, error=_sentence(problems.get("language", "")), inline=True
    )
    context = {
        "staff": staff,
        **about(found),
        "files": found.facts.files,
        "fields": [language],
        "error": _sentence(problems.get("document", "")),
    }
    return render(request, "newsroom/desk/document.html", context, status=422 if problems else 200)


def _with_documents(request: HttpRequest, facts: Publication) -> Publication:
    away = request.POST.get("away")
    if away is not None:
        return msgspec.structs.replace(facts, files=[one for one in facts.files if one.language != away])
    language, sent = request.POST.get("language", ""), request.FILES.get("document")
    problems = {} if language in SPOKEN.values() else {"language": "choose"}
    if problems := problems | ({} if sent else {"document": "missing"}):
        raise InvalidInputError(problems)
    kept = documents.keep(data=_sent_file(request, "document"), name=str(sent.name), language=language)  # type: ignore[union-attr]
    others = [one for one in facts.files if one.language != language]
    return msgspec.structs.replace(facts, files=[*others, kept])


def _sentence(problem: str) -> str:
    sentences = {
        "missing": _("This is missing."),
        "choose": _("Choose one."),
        "too_long": _("This is too long."),
        "too_large": _("This file is larger than 12 MB."),
        "too_many_pixels": _("This picture has too many pixels: at most 40 million."),
        "unknown": _("A file of this kind cannot be shown here: JPEG, PNG or WebP for pictures; PDF, EPUB or plain text for documents."),
        "animated": _("Moving pictures are not shown here. Send a single one."),
        "damaged": _("This file is damaged, or not what it says it is."),
        "locked": _("Nothing was saved: somebody else has changed it meanwhile, or it is scheduled."),
    }
    return sentences[problem] if problem else ""
