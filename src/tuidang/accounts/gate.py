"""The gate before every staff page: who is there, may they open it, in which language.

A view behind it takes the member as second argument. The test that opens every address as every role knows the gate by `right`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation

from tuidang.accounts import queries
from tuidang.accounts.policies import Right
from tuidang.accounts.queries import Staff

View = Callable[..., HttpResponse]
LANGUAGE_KEY = "language"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the staff pages: the name of its first address, its title (translated when shown), and the right that opens it."""

    address: str
    title: object
    right: Right


_sections: list[Section] = []


def add_section(section: Section) -> None:
    """Lists a part in the navigation. Each stage adds its own when it is loaded, so accounts need not know who comes after it."""
    if section not in _sections:
        _sections.append(section)


def sections(staff: Staff) -> list[Section]:
    """What `staff` may open."""
    return [section for section in _sections if staff.may(section.right)]


def signed_in(request: HttpRequest) -> Staff | None:
    """The member of staff whose session this is."""
    user = request.user
    return queries.member(user.pk) if user.is_authenticated else None


def speak(request: HttpRequest) -> None:
    """Answers in the language that the member chose; until then in the one that the browser asks for."""
    chosen = request.session.get(LANGUAGE_KEY)
    if chosen in dict(settings.LANGUAGES):
        translation.activate(chosen)
        request.LANGUAGE_CODE = chosen


def too_large(request: HttpRequest, *, file: bool) -> HttpResponse | None:
    """413 for a member whose text, or `file`, was not read: what to do now. None for strangers."""
    staff = signed_in(request)
    if staff is None:
        return None
    with translation.override(translation.get_language_from_request(request)):
        speak(request)
        return render(request, "accounts/too_large.html", {"staff": staff, "file": file}, status=413)


def staff_page(right: Right) -> Callable[[View], View]:
    """Opens a view to members with `right`. Others who are signed in get 403, strangers the page about signing in."""

    def gate(view: View) -> View:
        @wraps(view)
        def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            staff = signed_in(request)
            if staff is None:
                return redirect("accounts:sign_in")
            speak(request)
            if not staff.may(right):
                return render(request, "accounts/not_yours.html", {"staff": staff}, status=403)
            return view(request, staff, *args, **kwargs)

        gated.right = right  # type: ignore[attr-defined]
        return gated

    return gate
