"""What holds of every page that is not for staff alone, whatever its address, and whether a link or a button leads to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote_from_bytes, urlencode, urljoin

import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.archive.test_archive import published
from tests.archive.test_objections import objection
from tests.house.test_reading import noting_writes
from tests.intake.filled import AS_A_FORM
from tests.ledger.register import declare, index_of
from tests.page import LANGUAGES, read
from tests.public.every_page import LONG, Seen, addresses, every_page, filled_in, furnish, unseen

from tuidang.intake import actions as intake
from tuidang.intake.content import Accepted
from tuidang.intake.policies import check

GIVEN = re.compile(rf"{LONG[-90:]}|\b(?:[0-9A-Z]{{4}}[- ]*)+\b|\S+@\S+|https?://\S+|\b\w+\.example\b")
"""What is the same in every language: a long word that somebody typed, codes, addresses."""
pytestmark = pytest.mark.django_db(databases=["default", "newsletter"])
NAMES = {"en": "Public Register", "zh-hans": "退出声明公开登记", "zh-hant": "退出聲明公開登記"}
MORE = 25
_pieces = st.one_of(
    st.binary(max_size=80),
    st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.sampled_from([b"on", b"1", b"99999999999999999999", b"-1", b"{{1}}", b"\xff\xfe\x00", b"'\"<&>%s%(name)s{n}", "平".encode() * 300]),
)


@pytest.fixture
def world(register, monkeypatch):
    return furnish(register, monkeypatch)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_whole_and_speaks_one_language(world, monkeypatch, language):
    seen = list(every_page(world, language, monkeypatch))
    assert unseen(seen) == ({"intake/by_mail.html"} if language == "zh-hans" else set()), "templates that no page here shows"
    wrong = []
    for one in seen:
        if one.is_page and one.response.content:
            page = read(one.response)
            page.words = [GIVEN.sub("", " ".join(page.words))]
            latin = set() if language == "en" else page.latin()
            if latin or page.tags.count("h1") != 1 or NAMES[language] not in page.title:
                wrong.append((one.name, latin, page.title))
    assert wrong == []


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_scanner_that_opens_every_link_changes_nothing(world, monkeypatch, language):
    """Nor does one that opens the address of every form with what the form holds."""
    targets = set()
    for one in every_page(world, language, monkeypatch):
        if not one.is_page or not one.response.content:
            continue
        page, base = read(one.response), f"/{language}/"
        targets |= {urljoin(base, link) for link in page.links if "//" not in link and ":" not in link}
        actions = re.findall(r'<form[^>]* action="([^"]+)"', page.html)
        steps = re.findall(r'name="step" value="([^"]+)"', page.html)
        targets |= {f"{action}?{urlencode({**page.sent(), 'step': step}, doseq=True)[:2000]}" for action in actions for step in steps}
    assert len(targets) > 100
    writing = []
    for target in targets:
        with noting_writes() as noted:
            for method in (Client().get, Client().head):
                method(target)
        writing += [(target, sql) for sql in noted]
    assert writing == []


def asked(pages: Iterator[Seen]) -> dict[str, int]:
    """How many questions to the database each page took, with those before it that led to it."""
    count, found = 0, {}

    def note(execute, *query):
        nonlocal count
        count += 1
        return execute(*query)

    with connection.execute_wrapper(note):
        for one in pages:
            found[one.name] = count
            count = 0
    return found


def test_what_a_page_asks_of_the_database_does_not_grow_with_the_register(world, register, monkeypatch):
    asked(every_page(world, "zh-hans", monkeypatch))  # keys are remembered from here on
    # Each time of a statement of its own: what the walk objects to is hidden by the first objection alone.
    before = asked(every_page(furnish(register, monkeypatch), "zh-hans", monkeypatch))
    for number in range(MORE):
        declare(f"小河{number}")
        objection(index_of(published(f"远山{number}")) or 1)
    after = asked(every_page(furnish(register, monkeypatch), "zh-hans", monkeypatch))
    assert sum(before.values()) > len(before)
    assert {name: (before[name], count) for name, count in after.items() if count > before[name]} == {}


@pytest.fixture
def not_stored(monkeypatch):
    """What would be stored is checked as `accept` checks it, and not written: the examples stand in one transaction."""

    def accept(*, declaration, code):
        check(declaration)
        declaration.content()
        return Accepted("new", len(declaration.persons))

    monkeypatch.setattr(intake, "accept", accept)


def forms() -> list[str]:
    """Addresses below a language to which something can be sent."""
    found = {re.sub("<.*>/", "", one) for one in addresses()}
    return sorted(one for one in found if Client().post(f"/en/{one}").status_code != 405)


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_bytes_sent_anywhere_give_an_answer_in_the_readers_language(not_stored, language, data):
    address = f"/{language}/{data.draw(st.sampled_from(forms()))}"
    opened = Client().get(address)
    right = read(opened).sent() if opened["Content-Type"].startswith("text/html") else {}
    names = [*right, "code", "step", "token", "claim", "number", "ground", "left", "rows", "several", "publish", "name_1"]
    changed = data.draw(st.dictionaries(st.sampled_from(names), _pieces, max_size=6))
    pieces = [urlencode({name: value for name, value in right.items() if name not in changed}, doseq=True)]
    body = "&".join([*pieces, *(f"{name}={quote_from_bytes(value)}" for name, value in changed.items())])
    answered = Client().post(address, data.draw(st.sampled_from([body.encode(), *changed.values()])), content_type=AS_A_FORM)
    assert answered.status_code in (200, 400, 403, 404, 409, 410, 413, 422)
    if answered["Content-Type"].startswith("text/html"):
        assert NAMES[language] in read(answered).title


@pytest.mark.django_db
def test_there_are_forms_to_send_to():
    assert {"declare/", "declare/group/", "declare/which/", "declare.txt", "claim/", "lookup/", "objection/", "objection/answer/"} <= set(
        forms()
    )


def test_an_address_that_nothing_stands_for_is_noticed():
    with pytest.raises(KeyError):
        filled_in("statements/<uuid:nobody_knows>/")
