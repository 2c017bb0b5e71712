"""Opening an address writes nothing: the list of addresses is the site's own, so a new one that does fails here."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connections
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from tests.accounts.people import member_with, signed_in

from tuidang.accounts.policies import Role

pytestmark = pytest.mark.django_db(databases=["default", "newsletter"])
WRITES = re.compile(
    r"\s*(?:INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER|WITH\b.*\b(?:INSERT|UPDATE|DELETE))\b", re.IGNORECASE | re.DOTALL
)
SAMPLES = {"uuid": str(uuid.UUID(int=7)), "str": "x" * 22, "int": "7", "slug": "x", "path": "x"}
LANGUAGES = ("en", "zh-hans")


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for each in resolver.url_patterns:
        # The pattern of a language reads as the language of this thread: here it stands for any.
        route = before + ("<language>/" if type(each.pattern).__name__ == "LocalePrefixPattern" else str(each.pattern))
        if isinstance(each, URLResolver):
            yield from routes(each, route)
        elif isinstance(each, URLPattern):
            yield route


def addresses() -> list[str]:
    """Every address, with something in place of each parameter."""
    filled = [re.sub(r"<(?:(\w+):)?\w+>", lambda part: SAMPLES[part[1]] if part[1] else part[0], route) for route in routes(get_resolver())]
    return sorted({"/" + route.replace("<language>", language) for route in filled for language in LANGUAGES})


@contextmanager
def noting_writes() -> Iterator[list[str]]:
    """The statements that change a database inside the block."""
    noted: list[str] = []

    def note(execute, sql, params, many, context):
        if WRITES.match(sql):
            noted.append(sql.split("(")[0])
        return execute(sql, params, many, context)

    with connections["default"].execute_wrapper(note), connections["newsletter"].execute_wrapper(note):
        yield noted


def test_a_write_would_be_noted():
    with noting_writes() as noted:
        member_with(Role.REVIEWER)
    assert noted


@pytest.mark.parametrize("role", [None, *Role])
def test_opening_an_address_writes_nothing(role):
    browser = signed_in(member_with(role)) if role else Client()
    writing = []
    for address in addresses():
        for method in (browser.get, browser.head):
            with noting_writes() as noted:
                method(address)
            writing += [(address, sql) for sql in noted]
    assert writing == []


def test_the_list_holds_what_everybody_knows():
    assert {"/en/", "/en/declare/", "/zh-hans/lookup/", "/staff/review/undo/", "/stat/statics"} <= set(addresses())
