"""What tests of mails do: let the mails be worked on, follow the link of an answer, press the button, look at what is stored."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.test import Client
from tests.intake.mailing import Outbox

from tuidang.intake import queries
from tuidang.intake.correspondence import Correspondence
from tuidang.intake.models import Declaration
from tuidang.vault.codes import read_code


def work(office: Correspondence) -> None:
    while office.step():
        continue


def link(outbox: Outbox, at: int = -1) -> str:
    found = re.search(r"https?://\S+/claim/\S+/", str(outbox.answers()[at].get_content()))
    assert found
    return urlsplit(found[0]).path


def press(path: str, page: str = ""):
    html = page or Client().get(path).content.decode()
    fields = dict(re.findall(r'name="(claim|token)" value="([^"]+)"', html))
    return Client().post(f"{path.partition('claim/')[0]}claim/", fields)


def code_shown(answered):
    return read_code(re.search(r'name="code" value="([^"]+)"', answered.content.decode())[1])


def stored():
    return list(queries.contents(Declaration.objects.values_list("id", flat=True)).values())
