"""A declarant's pages, as a browser without scripts gets them."""

from __future__ import annotations

import re

from django.test import Client
from tests.ledger.register import decide, declare
from tests.page import read

from tuidang.ledger import sealing
from tuidang.vault.codes import Code

FIRST_STEPS = ("show", "promise", "receipt", "receipt-1", "receipts", "take_back", "erase", "publish", "correct", "correct-1")
STEPS = (
    *FIRST_STEPS,
    "correct_check",
    "correct_now",
    "correct_now-1",
    "publish_now",
    "unpublish_now",
    "take_back_now",
    "erase_now",
    "none",
)


def send(code: Code | str, language: str = "zh-hans", step: str = "show", **fields: object):
    typed = code.base32() if isinstance(code, Code) else code
    return Client().post(f"/{language}/lookup/", {"code": typed, "step": step, **fields})


def words(code: Code, language: str = "zh-hans", step: str = "show", **fields: object) -> str:
    return read(send(code, language, step, **fields)).text


def buttons(response) -> set[str]:
    return set(re.findall(r'name="step" value="([\w-]+)"', response.content.decode()))


def sealed(*names: str, **more: object) -> Code:
    code = declare(*names, **more)
    decide()
    sealing.seal(force=True)
    return code
