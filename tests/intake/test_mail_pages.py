"""Declaring by e-mail is off unless it is set up; then it is spoken of in English and in traditional characters, never in simplified ones."""

from __future__ import annotations

import dataclasses

import pytest
from django.conf import settings
from django.test import Client
from tests.intake.filled import filled, post
from tests.intake.mailing import OURS
from tests.page import read, weight

from tuidang.config.mail import read_mail_settings
from tuidang.intake import layout, loops
from tuidang.kernel.errors import SetUpError

pytestmark = pytest.mark.django_db
ALL = {"TUIDANG_MAIL_FROM": OURS, "TUIDANG_MAILDIR": "/var/mail/declare", "TUIDANG_SMTP": "smtp://localhost"}
PAGES = [
    "",
    "declare/",
    "declare/group/",
    "declare/email/",
    "claim/",
    "lookup/",
    "statements/",
    "method/",
    "recount/",
    "terms/",
    "privacy/",
    "safety/",
    "nowhere/",
    "claim/AAAAAAAAAAAAAAAAAAAAAAAAAAA/",
    "declare.txt",
    "index.txt",
]


@pytest.fixture
def on(monkeypatch):
    monkeypatch.setattr(settings, "ENVIRONMENT", dataclasses.replace(settings.ENVIRONMENT, mail=read_mail_settings(ALL)))


@pytest.mark.parametrize("language", ["en", "zh-hant"])
def test_where_it_is_on_the_form_leads_to_a_page_with_the_address_and_a_warning(on, language):
    assert "email/" in read(Client().get(f"/{language}/declare/")).links
    page = read(Client().get(f"/{language}/declare/email/"))
    assert OURS in page.text
    assert "caution" in page.html
    assert all(label in page.text for label, _ in layout.sample(language))


@pytest.mark.parametrize("page", ["declare/", "declare/email/", "claim/AAAAAAAAAAAAAAAAAAAAAAAAAAA/"])
@pytest.mark.parametrize("language", ["en", "zh-hant"])
def test_the_form_stays_light_and_the_pages_of_mails_are(on, language, page):
    assert weight(Client(headers={"Accept-Encoding": "gzip"}).get(f"/{language}/{page}")) <= 6 * 1024


@pytest.mark.parametrize("page", PAGES)
def test_no_page_in_simplified_characters_speaks_of_it(on, page):
    answered = Client().get(f"/zh-hans/{page}")
    said = answered.content.decode()
    assert OURS not in said
    assert "email" not in said
    assert not [word for word in ("电子邮件", "邮箱") if word in said and page not in ("declare/email/", "safety/", "privacy/", "terms/")]


def test_no_step_of_the_form_in_simplified_characters_speaks_of_it(on):
    for step in ("check", "alias", "send"):
        said = post(filled("zh-hans", step=step), "zh-hans").content.decode()
        assert OURS not in said
        assert "email" not in said


def test_its_page_in_simplified_characters_is_the_form(on):
    answered = Client().get("/zh-hans/declare/email/")
    assert (answered.status_code, answered["Location"]) == (302, "/zh-hans/declare/")


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_where_it_is_off_nothing_speaks_of_it(language):
    assert settings.ENVIRONMENT.mail is None
    assert "email/" not in read(Client().get(f"/{language}/declare/")).links
    assert Client().get(f"/{language}/declare/email/").status_code == 404
    assert "intake-mail" not in {loop.name for loop in loops.LOOPS}


@pytest.mark.parametrize(("language", "other"), [("zh-hans", "體這個"), ("zh-hant", "体这个")])
def test_the_pages_of_a_claim_speak_one_language(language, other):
    for path in ("claim/AAAAAAAAAAAAAAAAAAAAAAAAAAA/", "claim/"):
        page = read(Client().get(f"/{language}/{path}"))
        assert page.latin() == set()
        assert not set(other) & set(page.text.replace("繁體中文", "").replace("简体中文", ""))


def test_nothing_set_is_off():
    assert read_mail_settings({}) is None
    assert read_mail_settings({"TUIDANG_MAIL_FROM": " "}) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"TUIDANG_MAIL_FROM": ""},
        {"TUIDANG_MAIL_FROM": "Somebody <declare@register.example>"},
        {"TUIDANG_MAILDIR": ""},
        {"TUIDANG_IMAP": "imaps://declare@mail.example"},
        {"TUIDANG_MAILDIR": "", "TUIDANG_IMAP": "imap://declare@mail.example", "TUIDANG_IMAP_PASSWORD_FILE": "/f"},
        {"TUIDANG_MAILDIR": "", "TUIDANG_IMAP": "imaps://declare@mail.example"},
        {"TUIDANG_MAILDIR": "", "TUIDANG_IMAP": "imaps://mail.example", "TUIDANG_IMAP_PASSWORD_FILE": "/f"},
        {"TUIDANG_MAILDIR": "", "TUIDANG_IMAP": "imaps://declare:secret@mail.example", "TUIDANG_IMAP_PASSWORD_FILE": "/f"},
        {"TUIDANG_SMTP": ""},
        {"TUIDANG_SMTP": "http://mail.example"},
        {"TUIDANG_SMTP": "smtp://declare@mail.example"},
        {"TUIDANG_SMTP": "smtp://mail.example:port"},
    ],
)
def test_half_of_it_set_up_is_said_and_no_password_with_it(changed):
    with pytest.raises(SetUpError) as error:
        read_mail_settings({**ALL, **changed})
    assert "secret" not in str(error.value)


def test_servers_are_read_from_their_addresses():
    imap = {"TUIDANG_MAILDIR": "", "TUIDANG_IMAP": "imaps://declare%40register.example@mail.example/In", "TUIDANG_IMAP_PASSWORD_FILE": "/f"}
    smtp = {"TUIDANG_SMTP": "smtps://declare@mail.example:1465", "TUIDANG_SMTP_PASSWORD_FILE": "/g"}
    found = read_mail_settings({**ALL, **imap, **smtp})
    assert (found.imap.user, found.imap.host, found.imap.port, found.imap.folder) == (OURS, "mail.example", 993, "In")
    assert (found.smtp.user, found.smtp.port, found.smtp.encrypted) == ("declare", 1465, True)
    assert "declare@" not in repr(found.imap)
