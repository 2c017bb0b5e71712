"""Every staff address, opened as every role: the list of addresses is the site's own, so a new one without a rule fails here."""

import uuid
from collections.abc import Iterator
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.accounts.people import member_with, signed_in

from tuidang.accounts import queries
from tuidang.accounts.policies import Role

EVERYONE = frozenset(Role)
EDITORS = frozenset({Role.EDITOR, Role.PRESS})
OPEN = None
"""Open to strangers."""
WHO = {
    "accounts:home": EVERYONE,
    "accounts:sign_in": OPEN,
    "accounts:enter": OPEN,
    "accounts:leave": OPEN,
    "accounts:language": EVERYONE,
    "accounts:components": EVERYONE,
    "accounts:staff_components": EVERYONE,
    "accounts:members": {Role.OPERATOR},
    "accounts:link": {Role.OPERATOR},
    "accounts:revoke": {Role.OPERATOR},
    "review:queue": {Role.REVIEWER},
    "review:claim": {Role.REVIEWER},
    "review:screen": {Role.REVIEWER},
    "review:decide": {Role.REVIEWER},
    "review:undo": {Role.REVIEWER},
    "review:publishing": {Role.REVIEWER},
    "review:claim_publishing": {Role.REVIEWER},
    "review:decide_publishing": {Role.REVIEWER},
    "review:released": {Role.REVIEWER},
    "review:cluster": {Role.REVIEWER},
    "review:messages": {Role.REVIEWER},
    "review:claim_messages": {Role.REVIEWER},
    "review:decide_messages": {Role.REVIEWER},
    "review:undo_messages": {Role.REVIEWER},
    "review:take_down_message": {Role.REVIEWER},
    "contact:messages": {Role.OPERATOR, Role.EDITOR, Role.PRESS},
    "contact:download": {Role.OPERATOR, Role.EDITOR, Role.PRESS},
    "contact:answer": {Role.OPERATOR, Role.EDITOR, Role.PRESS},
    "archive:objections": {Role.REVIEWER},
    "archive:decide": {Role.REVIEWER},
    "desk:items": EDITORS,
    "desk:begin": EDITORS,
    "desk:item": EDITORS,
    "desk:facts": EDITORS,
    "desk:picture": EDITORS,
    "desk:document": EDITORS,
    "desk:approve": EDITORS,
    "desk:take_back": EDITORS,
    "desk:withdraw": EDITORS,
    "desk:preview": EDITORS,
    "desk:card": EDITORS,
    "desk:mailing": EDITORS,
    "desk:versions": EDITORS,
    "desk:version": EDITORS,
    "letters:letters": EDITORS,
    "letters:letter": EDITORS,
}
SAMPLES = {"UUIDConverter": uuid.UUID(int=7), "StringConverter": "x" * 22, "IntConverter": 7}
METHODS = ("get", "post")
TO_SIGN_IN = (HTTPStatus.FOUND, "/staff/sign-in/")


def patterns(resolver: URLResolver, before: str = "", names: tuple[str, ...] = ()) -> Iterator[tuple[str, str, URLPattern]]:
    """(route, name with namespaces, pattern) of every address."""
    for each in resolver.url_patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from patterns(each, route, (*names, each.namespace) if each.namespace else names)
        else:
            yield route, ":".join((*names, each.name or "")), each


def addresses() -> Iterator[tuple[str, str]]:
    """(name, path) of every address below /staff/, with something in place of each parameter."""
    for route, name, pattern in patterns(get_resolver()):
        if route.startswith("staff/"):
            values = {key: SAMPLES[type(converter).__name__] for key, converter in pattern.pattern.converters.items()}
            yield name, reverse(name, kwargs=values)


def attempts() -> list[tuple[str, str, str]]:
    """(name, path, method) of all that an address answers."""
    return [(name, path, method) for name, path in addresses() for method in METHODS]


def answer(browser: Client, method: str, path: str) -> tuple[int, str]:
    response = getattr(browser, method)(path)
    return response.status_code, response.headers.get("Location", "")


def test_every_staff_address_has_a_rule_and_every_rule_an_address():
    assert {name for name, _ in addresses()} == set(WHO)


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_its_pages_and_no_others(role, as_role):
    browser, wrong = as_role(role), []
    for name, path, method in attempts():
        if name == "accounts:leave":
            continue
        status, location = answer(browser, method, path)
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            continue
        allowed = WHO[name] is OPEN or role in WHO[name]
        if (status == HTTPStatus.FORBIDDEN) == allowed or (status, location) == TO_SIGN_IN:
            wrong.append((name, method, status, location))
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize("headers", [{}, {"cookie": "staff=" + "0" * 32}])
def test_a_stranger_is_led_to_the_page_about_signing_in(headers):
    for name, path, method in attempts():
        status, location = answer(Client(headers=headers), method, path)
        if status != HTTPStatus.METHOD_NOT_ALLOWED and WHO[name] is not OPEN:
            assert (name, method, status, location) == (name, method, *TO_SIGN_IN)


@pytest.mark.django_db
def test_every_address_answers_some_method(as_role):
    for name, path in addresses():
        role = next(iter(WHO[name] or EVERYONE))
        assert {answer(as_role(role), method, path)[0] for method in METHODS} != {HTTPStatus.METHOD_NOT_ALLOWED}, name


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.REVIEWER, Role.OPERATOR, Role.EDITOR])
def test_nothing_is_posted_from_another_site(role):
    browser = signed_in(member_with(role), enforce_csrf_checks=True)
    for name, path in addresses():
        status, _ = answer(browser, "post", path)
        assert status in (HTTPStatus.FORBIDDEN, HTTPStatus.METHOD_NOT_ALLOWED), name


@pytest.mark.django_db
def test_whoever_has_no_role_at_all_opens_nothing():
    assert not any(queries.Staff(uuid.UUID(int=1), "x", frozenset()).may(right) for right in queries.Right)


@pytest.mark.django_db
def test_an_operator_gives_a_new_link_and_takes_access_away(as_role):
    browser, member = as_role("operator"), member_with(Role.REVIEWER)
    page = browser.post(f"/staff/members/{member}/link/").content.decode()
    token = page.split("/staff/in/")[1].split("/")[0]
    assert queries.opens(token)
    browser.post(f"/staff/members/{member}/revoke/")
    assert not queries.member(member).active
    assert not queries.opens(token)


@pytest.mark.django_db
def test_nobody_locks_themselves_out():
    operator = member_with(Role.OPERATOR)
    signed_in(operator).post(f"/staff/members/{operator}/revoke/")
    assert queries.member(operator).active


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_names_are_shown_as_text(name):
    page = signed_in(member_with(Role.OPERATOR, name=name)).get("/staff/members/").content.decode()
    assert "<script>alert" not in page
    assert "<img" not in page


@pytest.mark.django_db
def test_the_language_chosen_is_the_language_shown(as_role):
    browser = as_role("reviewer")
    browser.post("/staff/language/", {"language": "zh-hant"}, headers={"accept-language": "en"})
    assert 'lang="zh-Hant"' in browser.get("/staff/", headers={"accept-language": "en"}).content.decode()
    browser.post("/staff/language/", {"language": "xx"})
    assert 'lang="zh-Hant"' in browser.get("/staff/").content.decode()


@pytest.mark.django_db
def test_until_one_is_chosen_the_browser_decides(as_role):
    browser = as_role("reviewer")
    assert 'lang="zh-Hans"' in browser.get("/staff/", headers={"accept-language": "zh-CN,zh;q=0.9"}).content.decode()
    assert 'lang="en"' in browser.get("/staff/", headers={"accept-language": "fr"}).content.decode()
