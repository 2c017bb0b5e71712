"""Where things of the newsroom stand: folders by kind, whole addresses for feeds, and names that stay the same wherever the register moves."""

from __future__ import annotations

from uuid import UUID, uuid5

from django.conf import settings
from django.http import HttpRequest

from tuidang.newsroom.states import Kind

FOLDERS: dict[Kind, str] = {
    Kind.NEWS: "news",
    Kind.SUPPORT: "support",
    Kind.TESTIMONY: "stories",
    Kind.EVENT: "events",
    Kind.POINT: "places",
    Kind.PUBLICATION: "library",
    Kind.PAGE: "about",
    Kind.MILESTONE: "milestones",
    Kind.MAILING: "newsletter/archive",
}


def site(request: HttpRequest) -> str:
    """The scheme and host under which a reader came, without a slash at the end. The host is one of `ALLOWED_HOSTS`, or Django has refused it.

    A proxy may have taken the encryption off: a public name is https, one in the Tor network http, whatever arrives here.
    """
    host = request.get_host()
    if host.partition(":")[0].endswith(".onion"):
        return f"http://{host}"
    return f"https://{host}" if host.partition(":")[0] in settings.ENVIRONMENT.hosts else f"{request.scheme}://{host}"


def path(kind: Kind, slug: str, language: str) -> str:
    """The address of a page, from the root."""
    return f"/{language}/{FOLDERS[kind]}/{slug}/"


def permanent(item: UUID, what: str) -> UUID:
    """A name for good, of an item as `what`: it tells nothing of the item's own number, and does not change when the register moves."""
    return uuid5(item, what)
