"""A founded register for journeys that look at pages without a site of their own, and a site in this process for those that need one."""

import pytest
from pytest_django.live_server_helper import LiveServer
from tests.accounts.append_only import empty_protected
from tests.journeys.browsers import chromium
from tests.ledger.conftest import register
from tests.newsletter.conftest import outbox, post

__all__ = ["outbox", "post", "register"]


@pytest.fixture
def live_server(transactional_db, settings):
    """The site in a thread of this process."""
    settings.STATIC_URL = "/none/"  # Django's live server asks for one; ours has none
    server = LiveServer("127.0.0.1")
    yield server
    server.stop()


@pytest.fixture
def browser(live_server, monkeypatch):
    """A browser beside the site; the test may ask the database while it is open."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with chromium() as the:
        yield the
    empty_protected()
