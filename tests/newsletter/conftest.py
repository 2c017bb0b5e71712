"""A newsletter that is on, and a real server that takes its letters."""

from __future__ import annotations

import dataclasses

import pytest
from tests.intake.mailing import sending
from tests.ledger.conftest import register

__all__ = ["register"]

SENDER = "news@register.example"


@pytest.fixture
def outbox(settings):
    """What was handed to the server; from here on the newsletter is on."""
    from tuidang.kernel.mailing import Sender

    with sending() as (server, found):
        settings.ENVIRONMENT = dataclasses.replace(settings.ENVIRONMENT, newsletter=Sender(SENDER, server))
        yield found


@pytest.fixture
def post(outbox, settings):
    """The loop that answers those who sign up, as one process has it."""
    from tuidang.newsletter.posting import Post

    return Post(settings.ENVIRONMENT.newsletter)
