"""Other addresses of the register: a signed list, the safety page, and the word to Tor Browser."""

import dataclasses

import pytest
from django.test import Client
from tests.page import LANGUAGES, read

from tlog.mirrors import Mirrors, verify_mirrors
from tlog.note import Note, SignerKey
from tuidang.kernel import clock
from tuidang.public import context

pytestmark = pytest.mark.django_db
ONION = f"http://{'a' * 56}.onion"
MIRRORS = ("https://mirror.example", ONION)
KEY = SignerKey.generate("register.example/promise")


@pytest.fixture(autouse=True)
def founded(monkeypatch):
    monkeypatch.setattr(context, "promise_key", lambda: KEY)


@pytest.fixture
def mirrored(settings):
    settings.ENVIRONMENT = dataclasses.replace(settings.ENVIRONMENT, mirrors=MIRRORS)


def test_the_list_is_one_of_the_day_and_the_addresses_that_anyone_can_check(mirrored):
    answered = Client().get("/mirrors.txt")
    found = verify_mirrors(answered.content, [KEY.verifier])
    assert found == Mirrors("register.example", clock.as_date(clock.today()), MIRRORS)
    assert answered["Content-Type"].startswith("text/plain")


def test_where_there_is_no_other_address_the_list_is_empty_and_signed():
    note = Note.parse(Client().get("/mirrors.txt").content)
    assert note.signed_by(KEY.verifier)
    assert len(note.text.splitlines()) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_safety_page_shows_addresses_and_key(mirrored, language):
    page = read(Client().get(f"/{language}/safety/"))
    for one in (*MIRRORS, str(KEY.verifier)):
        assert one in page.html
    assert "/mirrors.txt" in page.links


def test_the_safety_page_says_that_there_is_no_other_address():
    assert "There is no other address yet" in read(Client().get("/en/safety/")).text


def test_tor_browser_is_told_of_the_same_page_in_its_network(mirrored):
    assert Client().get("/zh-hans/statements/?before=9")["Onion-Location"] == f"{ONION}/zh-hans/statements/?before=9"
    for quiet in (
        Client().get("/en/", headers={"Host": ONION.removeprefix("http://")}),
        Client().post("/en/lookup/"),
        Client().get("/livez"),
    ):
        assert "Onion-Location" not in quiet


def test_nothing_is_said_of_an_address_that_is_not_there():
    assert "Onion-Location" not in Client().get("/en/")
