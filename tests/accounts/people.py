"""Members of staff as tests need them: made and signed in the way that people are."""

from uuid import UUID

from django.test import Client

from tuidang.accounts import actions, queries
from tuidang.accounts.policies import Role


def member_with(*roles: Role, name: str = "Somebody") -> UUID:
    """The id of a new member."""
    before = {one.id for one in queries.members()}
    actions.invite(name=name, roles=roles, by=None)
    return next(one.id for one in queries.members() if one.id not in before)


def signed_in(member: UUID, **options: object) -> Client:
    """A browser of this member, signed in by a one-time link."""
    browser = Client(**options)
    token = actions.new_link(member=member, by=None)
    page = browser.get(f"/staff/in/{token}/")
    browser.post(f"/staff/in/{token}/", {"csrfmiddlewaretoken": page.cookies["staff_csrf"].value})
    return browser


def clock_ahead(monkeypatch, folder, seconds: int) -> None:
    """Moves the clock of this process."""
    (folder / "clock").write_text(str(seconds))
    monkeypatch.setenv("TUIDANG_CLOCK_FILE", str(folder / "clock"))
