"""What a reader of the newsletter does: signs up, opens links, presses buttons."""

from __future__ import annotations

import re
from email.message import EmailMessage
from urllib.parse import urlencode

from django.http import HttpResponse
from django.test import Client
from tests.intake.filled import AS_A_FORM
from tests.page import read

from tuidang.newsletter.models import Subscriber

ANNA = "anna@mail.example"
BOTH = ["default", "newsletter"]


def send(page: str, /, **fields: object) -> HttpResponse:
    return Client().post(page, urlencode(fields, doseq=True), content_type=AS_A_FORM)  # type: ignore[return-value]


def sign_up(address: str = ANNA, language: str = "en", /, **changed: object) -> HttpResponse:
    """What the form sends once an address is typed and the consent ticked."""
    page = f"/{language}/newsletter/"
    return send(page, **{**read(Client().get(page)).sent(address=address, consent="on"), **changed})


def links(letter: EmailMessage) -> dict[str, str]:
    """The links of a letter, by their letter: c confirms, p is the settings, u leaves."""
    text = letter.get_body(("plain",)).get_content()
    return {found[1]: found[0] for found in re.finditer(r"/[a-z-]+/newsletter/([cpu])/[\w-]{22}/", text)}


def confirmed(post, outbox, address: str = ANNA, **changed: object) -> Subscriber:
    """A reader who signed up and pressed the button in their letter."""
    before = set(Subscriber.objects.values_list("id", flat=True))
    assert sign_up(address, **changed).status_code == 200
    while post.step():
        pass
    (made,) = Subscriber.objects.exclude(id__in=before)
    assert send(links(outbox.answers()[-1])["c"]).status_code == 200
    made.refresh_from_db()
    return made
