"""A form filled in by a person of a test, without a browser: every step posts what the page before held."""

from __future__ import annotations

from urllib.parse import urlencode

from django.test import Client
from tests.page import Page, read

AS_A_FORM = "application/x-www-form-urlencoded"
ANSWERS = {"name": "远山", "left": ["party", "pioneers"], "place": "广东", "text": "我声明退出。", "adult": "on", "consent": "on"}
GROUP = {"name_1": "平安", "left_1": "party", "name_2": "静雨", "left_2": ["league", "pioneers"], "agreed": "on", "consent": "on"}


def address(language: str, *, group: bool = False) -> str:
    return f"/{language}/declare/{'group/' if group else ''}"


def form(language: str = "zh-hans", *, group: bool = False) -> Page:
    return read(Client().get(address(language, group=group)))


def post(fields, language: str = "zh-hans", *, group: bool = False, **headers: str):
    return Client(headers=headers).post(address(language, group=group), urlencode(fields, doseq=True), content_type=AS_A_FORM)


def filled(language: str = "zh-hans", *, group: bool = False, **changed) -> dict[str, str | list[str]]:
    """A form of our own, filled in rightly but for what is `changed`, with a fresh token."""
    return form(language, group=group).sent(**{**(GROUP if group else ANSWERS), **changed})


def nothing_stored() -> bool:
    from tuidang.intake.models import Declarant, Declaration, Spent, Tally

    return not any(model.objects.exists() for model in (Declaration, Declarant, Spent, Tally))
