"""Every public page: in its language, by itself, light, and without a trace in the browser."""

import dataclasses
import gzip
import re
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.http.response import ResponseHeaders
from django.test import Client
from tests.intake.filled import ANSWERS, AS_A_FORM
from tests.page import LANGUAGES, read, weight
from tests.public.every_page import addresses
from tests.public.numbers import shown

from tuidang.config.files import Files
from tuidang.design import assets
from tuidang.ledger import adapters
from tuidang.newsroom.addresses import FOLDERS
from tuidang.reference import pack
from tuidang.vault import formkeys

pytestmark = pytest.mark.django_db
PAGES = (
    "",
    "declare/",
    "declare/group/",
    "declare/which/",
    "lookup/",
    "objection/",
    "objection/answer/",
    "statements/",
    "method/",
    "recount/",
    "safety/",
    "terms/",
    "terms/consent/2026-11-22/",
    "privacy/",
    "news/",
    "milestones/",
    "support/",
    "stories/",
    "events/",
    "places/",
    "library/",
    "about/",
    "messages/",
    "messages/send/",
    "messages/own/",
    "contact/",
    "contact/answer/",
    "newsletter/archive/",
    "nowhere/",
)
FEEDS = {f"{kind}/feed.{form}" for kind in ("news", "milestones", "support", "stories", "newsletter/archive") for form in ("atom", "json")}
OF_THEIR_OWN = {
    *FEEDS,
    *(f"{folder}/<slug:slug>/" for folder in FOLDERS.values()),
    "events/calendar.ics",
    "events/<slug:slug>/event.ics",
    "home.txt",
    "declare.txt",
    "statements/<int:index>/",
    "messages/<int:number>/",
    "terms/consent/<str:version>/",
    "declare/email/",
    "claim/",
    "claim/<str:link>/",
    "newsletter/",
    "newsletter/consent/<str:agreement>/",
    "newsletter/c/<str:token>/",
    "newsletter/p/<str:token>/",
    "newsletter/u/<str:token>/",
}
"""The tests of these are in test_plain, test_statements, test_consents, tests/intake/test_mail_pages, tests/newsroom, tests/newsletter."""
EXIT = "https://www.bing.com/"
KB = 1024


@pytest.fixture(autouse=True)
def full_figures(monkeypatch):
    shown(monkeypatch)


def test_no_page_is_forgotten():
    assert set(addresses()) - set(PAGES) == OF_THEIR_OWN


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_whole_and_speaks_one_language(language, page):
    answered = Client().get(f"/{language}/{page}")
    found = read(answered)
    assert answered.status_code == (404 if page == "nowhere/" else 200)
    assert found.tags.count("h1") == 1
    assert found.title.count("–") >= 1
    if language != "en":
        assert found.latin() == set()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_sets_no_cookie_runs_nothing_and_loads_nothing_from_elsewhere(page):
    answered = Client().get(f"/en/{page}")
    elsewhere = {link for link in read(answered).links if "//" in link}
    assert elsewhere <= {EXIT}, "the way out is a link; nothing follows it by itself"
    assert not answered.cookies
    assert b"<script" not in answered.content
    assert "default-src 'none'" in answered["Content-Security-Policy"]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_leads_to_itself_in_the_other_languages(page):
    links = read(Client().get(f"/en/{page}")).links
    assert {f"/zh-hans/{page}", f"/zh-hant/{page}"} <= set(links)


@pytest.mark.parametrize(
    "page", ["", "lookup/", "statements/", "method/", "recount/", "safety/", "terms/", "privacy/", "news/", "events/", "about/"]
)
def test_every_link_of_ours_leads_somewhere(page):
    from urllib.parse import urljoin

    base = f"/zh-hans/{page}"
    targets = {urljoin(base, link).partition("#")[0] for link in read(Client().get(base)).links if "//" not in link and ":" not in link}
    missing = {target for target in targets if not target.startswith("/style/") and Client().get(target).status_code != 200}
    assert missing == set()


def test_the_commands_of_the_recount_bear_this_logs_key(monkeypatch):
    from tlog.note import SignerKey

    key = SignerKey.generate("localhost/TRIAL-tests").verifier
    monkeypatch.setattr(adapters, "verifier", lambda: key)
    html = read(Client().get("/en/recount/")).html
    assert f"./tlog-verify recount http://testserver/ledger \\\n  --key '{key}'" in unescape(html)
    assert "--seen" in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_rule_of_counting_is_left_unsaid(language):
    text = read(Client().get("/en/method/")).text
    for said in ("within two minutes", "no guarantee", "16", "The dead are not counted", "stays visible", "rollback", "never added"):
        assert said in text
    assert len(read(Client().get(f"/{language}/method/")).tags) == len(read(Client().get("/en/method/")).tags)


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-hans"),
        ("zh-TW,zh;q=0.9", "zh-hant"),
        ("zh-HK", "zh-hant"),
        ("zh-Hant-MO", "zh-hant"),
        ("zh-SG", "zh-hans"),
        ("de,fr;q=0.5", "en"),
        ("de,zh;q=0.5", "zh-hans"),
        ("", "en"),
        ("*", "en"),
        ("zh" * 400, "en"),
        ("\x00;q=a,,;", "en"),
    ],
)
def test_the_first_page_is_in_the_language_that_the_browser_asks_for(accepted, language):
    answered = Client(headers={"Accept-Language": accepted}).get("/")
    assert (answered.status_code, answered["Location"]) == (302, f"/{language}/")
    assert not answered.cookies


@pytest.mark.parametrize(
    ("address", "leads"),
    [
        ("/zh-hans", "/zh-hans/"),
        ("/zh-hans/declare", "/zh-hans/declare/"),
        ("/zh-hant/declare/group?a=1", "/zh-hant/declare/group/?a=1"),
        ("/en/statements?before=9", "/en/statements/?before=9"),
        ("/zh", "/zh-hans/"),
        ("/zh/", "/zh-hans/"),
        ("/zh-cn/lookup/", "/zh-hans/lookup/"),
        ("/zh-TW/", "/zh-hant/"),
        ("/zh-hk/statements/?before=9", "/zh-hant/statements/?before=9"),
        ("/zh-tw?a=/x", "/zh-hant/?a=/x"),
    ],
)
def test_an_address_typed_a_little_wrong_leads_to_the_page(address, leads):
    answered = Client().get(address)
    assert (answered.status_code, answered["Location"]) == (302, leads)


@pytest.mark.parametrize(
    "address", ["/zh-hans/nowhere", "/en/staff", "/zhx/", "/en//evil.example/x", "/zh-hans/statements/x", "/zh-cn/nowhere/"]
)
def test_an_address_that_is_no_page_is_not_found(address):
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_source_is_offered_on_every_page_where_it_is_named(language, settings):
    source = "https://source.example/register"
    assert "source.example" not in read(Client().get(f"/{language}/recount/")).html
    settings.ENVIRONMENT = dataclasses.replace(settings.ENVIRONMENT, source=source)
    for page in PAGES:
        assert source in read(Client().get(f"/{language}/{page}")).links
    assert read(Client().get(f"/{language}/recount/")).links.count(source) == 2


def test_the_safety_note_of_the_form_and_every_page_lead_to_the_safety_page():
    for page in ("declare/", "declare/group/"):
        assert read(Client().get(f"/zh-hans/{page}")).links.count("/zh-hans/safety/") == 2
    for page in PAGES:
        assert "/zh-hant/safety/" in read(Client().get(f"/zh-hant/{page}")).links


def test_every_page_but_the_forms_leads_to_the_newsroom_and_to_those_who_run_it():
    wanted = {f"/en/{room}/" for room in ("news", "messages", "contact")}
    for page in PAGES:
        links = set(read(Client().get(f"/en/{page}")).links)
        assert wanted <= links if not page.startswith(("declare/", "lookup/")) else not wanted & links, page


@pytest.mark.parametrize("page", PAGES)
def test_no_page_in_simplified_chinese_offers_to_declare_by_mail(page):
    found = read(Client().get(f"/zh-hans/{page}"))
    assert not [link for link in found.links if link.startswith("mailto:")]


def test_a_trial_speaks_of_no_contact_that_is_not_there(settings):
    assert "contact above" not in read(Client().get("/en/terms/")).text
    settings.ENVIRONMENT = dataclasses.replace(settings.ENVIRONMENT, controller="Somebody", contact="desk@example.org")
    assert "contact above" in read(Client().get("/en/terms/")).text


@pytest.mark.parametrize(("language", "said"), [("en", "not named yet"), ("zh-hans", "尚未写明"), ("zh-hant", "尚未載明")])
def test_the_terms_say_which_law_applies_or_that_it_is_not_named(language, said, settings):
    assert said in read(Client().get(f"/{language}/terms/")).text
    settings.ENVIRONMENT = dataclasses.replace(settings.ENVIRONMENT, controller="Somebody", jurisdiction="Oz")
    text = read(Client().get(f"/{language}/terms/")).text
    assert text.count("Oz") == 2, "who is responsible, and at the end"
    assert said not in text


def journey(language):
    """The answers on the way of a declarant without scripts: page, stylesheet, form, check, code, status."""
    browser = Client(headers={"Accept-Encoding": "gzip"})

    def send(address, fields):
        return sent(browser, address, fields)

    address = f"/{language}/declare/"
    bytes_of = {"home": weight(browser.get(f"/{language}/"))}
    got = browser.get(address)
    bytes_of["form"] = weight(got)
    typed = plain(got).sent(**{**ANSWERS, "text": plain_sentence(language), "publish": "on"})
    got, bytes_of["check"] = send(address, typed)
    got, bytes_of["code"] = send(address, plain(got).sent(step="send"))
    got, bytes_of["status"] = send(f"/{language}/lookup/", plain(got).sent(step="show"))
    bytes_of["style"] = weight(stylesheet())
    return bytes_of


def plain(answered):
    """The page of an answer that is still compressed."""
    answered.content = gzip.decompress(answered.content)
    return read(answered)


def sent(browser, address, fields):
    """The answer to a form, and its weight."""
    answered = browser.post(address, urlencode(fields, doseq=True), content_type=AS_A_FORM)
    assert answered.status_code == 200
    return answered, weight(answered)


def family_journey(language):
    """The answers on the way of a family of five: home, stylesheet, form, check, code."""
    browser = Client(headers={"Accept-Encoding": "gzip"})
    address = f"/{language}/declare/group/"
    bytes_of = {"home": weight(browser.get(f"/{language}/")), "style": weight(stylesheet())}
    got = browser.get(address)
    bytes_of["form"] = weight(got)
    five = {f"name_{n}": pack.suggested_alias(language) + "甲乙丙丁戊"[n - 1] for n in range(1, 6)}
    five |= {f"left_{n}": ["league", "pioneers"] for n in range(1, 6)}
    typed = plain(got).sent(**five, agreed="on", consent="on", publish="on")
    assert typed["rows"] == ["5"], "no page more for the fifth"
    got, bytes_of["check"] = sent(browser, address, typed)
    got, bytes_of["code"] = sent(browser, address, plain(got).sent(step="send"))
    assert len(re.findall("<dt>", plain(got).html)) == 5
    return bytes_of


def stylesheet():
    """As it is sent, by what answers before Django does."""
    answered = HttpResponse()

    def start(_, headers):
        answered.headers = ResponseHeaders(dict(headers))

    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": assets.sheet("public").path, "HTTP_ACCEPT_ENCODING": "gzip"}
    answered.content = b"".join(Files(lambda *_: [], ledger=Path(), pages=Path(), media=Path())(environ, start))
    return answered


def plain_sentence(language):
    return pack.sentences(language)[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_whole_way_is_light(language):
    formkeys._keys.clear()
    bytes_of = journey(language)
    assert max(bytes_of["form"], bytes_of["code"]) <= 6 * KB
    assert bytes_of["home"] <= 10 * KB
    status = bytes_of.pop("status")
    assert status <= 3 * KB, "filled up, so that its size says nothing: tests/declarant/test_sizes.py"
    assert sum(bytes_of.values()) <= 13 * KB, bytes_of


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_way_of_a_family_of_five_is_light(language):
    formkeys._keys.clear()
    bytes_of = family_journey(language)
    assert max(bytes_of["form"], bytes_of["code"]) <= 6 * KB
    assert sum(bytes_of.values()) <= 14 * KB, bytes_of


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "page",
    [
        "declare/group/",
        "declare/which/",
        "method/",
        "privacy/",
        "recount/",
        "safety/",
        "terms/",
        "terms/consent/2026-11-22/",
        "news/",
        "places/",
    ],
)
def test_the_other_pages_are_light_too(language, page):
    assert weight(Client(headers={"Accept-Encoding": "gzip"}).get(f"/{language}/{page}")) <= 6 * KB
