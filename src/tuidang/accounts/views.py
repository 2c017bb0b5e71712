"""Signing in and out, a member's own page, and the list of members."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuidang.accounts import actions, queries
from tuidang.accounts.gate import LANGUAGE_KEY, staff_page
from tuidang.accounts.policies import LINK_HOURS, Right, Role
from tuidang.accounts.queries import Staff
from tuidang.design.gallery import samples
from tuidang.kernel.errors import RefusedError

ROLES = {
    Role.REVIEWER: _("reviewer"),
    Role.EDITOR: _("editor"),
    Role.PRESS: _("press officer"),
    Role.CERTIFICATES: _("certificate officer"),
    Role.VOLUNTEER: _("volunteer"),
    Role.AUDITOR: _("auditor"),
    Role.OPERATOR: _("operator"),
}


def role_names(staff: Staff) -> list[object]:
    """The roles of a member in words, always in the same order."""
    return [name for role, name in ROLES.items() if role in staff.roles]


@require_GET
def sign_in(request: HttpRequest) -> HttpResponse:
    """How one signs in, for whoever came without a link."""
    return render(request, "accounts/sign_in.html", {"staff": None, "hours": settings.SESSION_COOKIE_AGE // 3600})


@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """A one-time link. Opening it shows a button and changes nothing; pressing the button uses it up."""
    context = {"staff": None, "open": queries.opens(token), "hours": LINK_HOURS}
    if request.method == "POST":
        try:
            login(request, actions.use_link(token=token))
        except RefusedError:
            return render(request, "accounts/enter.html", context | {"open": False}, status=410)
        return redirect("accounts:home")
    return render(request, "accounts/enter.html", context, status=200 if context["open"] else 410)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Signs out."""
    logout(request)
    return redirect("accounts:sign_in")


@require_GET
@staff_page(Right.SIGNED_IN)
def home(request: HttpRequest, staff: Staff) -> HttpResponse:
    """A member's own page: who they are here, and what they may do."""
    return render(request, "accounts/home.html", {"staff": staff, "roles": role_names(staff), "languages": settings.LANGUAGES})


@require_GET
@staff_page(Right.SIGNED_IN)
def components(request: HttpRequest, staff: Staff, *, dense: bool = False) -> HttpResponse:
    """Every component of the pages in every state, as the site draws it now: the public ones, or with `dense` those of staff."""
    name = "staff_gallery" if dense else "gallery"
    return render(request, f"design/{name}.html", {"staff": staff, **samples(get_language() or "en")})


@require_POST
@staff_page(Right.SIGNED_IN)
def language(request: HttpRequest, staff: Staff) -> HttpResponse:  # noqa: ARG001  every staff view takes the member
    """Keeps the language of staff pages for this session."""
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        request.session[LANGUAGE_KEY] = chosen
    return redirect("accounts:home")


@require_GET
@staff_page(Right.MEMBERS)
def members(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Everyone who is or was on the staff."""
    return render(request, "accounts/members.html", {"staff": staff, "members": [(one, role_names(one)) for one in queries.members()]})


@require_POST
@staff_page(Right.MEMBERS)
def link(request: HttpRequest, staff: Staff, member: UUID) -> HttpResponse:
    """Makes a new one-time link for a member and shows it, this once."""
    try:
        token = actions.new_link(member=member, by=staff.id)
    except RefusedError:
        return redirect("accounts:members")
    address = request.build_absolute_uri(reverse("accounts:enter", args=[token]))
    return render(
        request, "accounts/link.html", {"staff": staff, "member": queries.member(member), "address": address, "hours": LINK_HOURS}
    )


@require_POST
@staff_page(Right.MEMBERS)
def revoke(request: HttpRequest, staff: Staff, member: UUID) -> HttpResponse:  # noqa: ARG001  a view takes its request
    """Takes a member's access away; nobody takes away their own."""
    if member != staff.id:
        try:
            actions.revoke(member=member, by=staff.id)
        except RefusedError:
            return redirect("accounts:members")
    return redirect("accounts:members")
