"""The doctor sees what is broken, and what keeps a register from being opened; each finding says what to do."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from tests.accounts.people import member_with
from tests.archive.test_objections import settle
from tests.ledger.register import Register, declare
from tests.newsletter.mailed import begun, readers
from tests.review.objecting import TEXT, object_to

from tuidang.accounts.policies import Role
from tuidang.intake.mailbox import MailSettings, Server
from tuidang.kernel import clock
from tuidang.kernel.mailing import Sender
from tuidang.kernel.places import places
from tuidang.newsletter import actions as newsletter
from tuidang.newsletter import mailings, signing
from tuidang.newsletter.forms import blank
from tuidang.newsletter.models import Delivery
from tuidang.newsletter.policies import Address, read_address
from tuidang.newsroom import cards
from tuidang.ops.commands import doctor
from tuidang.ops.doctor import findings
from tuidang.ops.serving import hold_data_folder
from tuidang.reference import switches
from tuidang.review.states import Finding
from tuidang.vault import daykeys


def texts(level: str) -> str:
    return "\n".join(one.text for one in findings() if one.level == level)


def test_a_healthy_trial_has_no_fault_and_is_told_to_move_its_keys(register: Register) -> None:
    assert texts("fault") == ""
    assert "move the folder" in texts("closed")
    assert "no witness" in texts("note")
    assert doctor(Namespace(json=False)) == 0


def test_a_silent_signer_beside_a_site_that_runs_is_a_fault(register: Register) -> None:
    register.stop_signer()
    with hold_data_folder():
        assert texts("fault").count("the signer does not answer") == 1
        assert doctor(Namespace(json=True)) == 1
    register.start_signer()


def test_a_register_that_is_stopped_is_not_broken(register: Register) -> None:
    register.stop_signer()
    assert texts("fault") == ""
    assert "it is stopped" in texts("note")
    assert doctor(Namespace(json=True)) == 0
    register.start_signer()


def test_what_was_handed_in_under_a_lost_key_is_a_fault(register: Register) -> None:
    declare("平安", "晨光")
    daykeys.rotate()
    assert texts("fault") == ""
    (lost,) = daykeys.old_keys()
    (places().keys / f"day-{lost:016x}").unlink()
    assert "for 2 persons cannot be read" in texts("fault")


def test_objections_that_wait_for_longer_than_a_day_are_faults_and_lead_to_the_page_that_ends_them(register: Register, monkeypatch) -> None:
    today = clock.today()
    monkeypatch.setattr("tuidang.review.actions.objecting.HIDES_A_DAY", 2)
    for index in range(3):
        object_to(index)
    assert texts("fault") == ""
    monkeypatch.setattr(clock, "today", lambda: today + 1)
    assert texts("fault").count("1 objections came beyond the limit of their day") == 1
    monkeypatch.setattr(clock, "today", lambda: today + 2)
    assert "2 objections wait for a person for more than 24 hours" in texts("fault")
    assert texts("fault").count(reverse("archive:objections")) == 2
    assert TEXT.text not in texts("fault")
    assert doctor(Namespace(json=False)) == 1
    reviewer = member_with(Role.REVIEWER)
    for index in range(3):
        settle(reviewer, index, Finding.NOTHING_PUBLISHED)
    assert "objections" not in texts("fault")


def test_a_damaged_tile_is_a_fault(register: Register) -> None:
    tile = next((places().ledger / "tile" / "0").rglob("2"))
    data = tile.read_bytes()
    tile.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    assert "mirror" in texts("fault")


def test_a_checkpoint_that_is_missing_is_a_fault(register: Register) -> None:
    (places().ledger / "checkpoint").unlink()
    assert "checkpoint" in texts("fault")


def test_a_public_register_stays_closed_until_nothing_speaks_against_it(register: Register, settings: pytest.FixtureRequest) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, hosts=("register.example",))  # type: ignore[attr-defined]
    assert not switches.intake_open()
    assert doctor(Namespace(json=False)) == 1
    closed = texts("closed")
    for word in (
        "TUIDANG_CONTROLLER",
        "TUIDANG_CONTACT",
        "TUIDANG_JURISDICTION",
        "TUIDANG_SOURCE",
        "never becomes a public one",
        "move the folder",
    ):
        assert word in closed
    assert not switches.intake_open()


def test_a_trial_is_open_and_a_register_that_named_other_hosts_is_not(register: Register, settings: pytest.FixtureRequest) -> None:
    assert switches.intake_open()
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, hosts=("register.example",))  # type: ignore[attr-defined]
    switches.set_open(is_open=True)
    assert switches.intake_open()
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, hosts=("other.example",))  # type: ignore[attr-defined]
    assert not switches.intake_open()
    switches.set_open(is_open=False)


def test_a_public_ledger_without_its_hosts_takes_nothing_in(register: Register) -> None:
    key = places().ledger / "log.vkey"
    key.write_text(key.read_text().replace("localhost/TRIAL", "register.example/TRIAL"))
    assert not switches.intake_open()


def test_what_mails_need_is_checked_where_they_are_taken(register: Register, monkeypatch, tmp_path) -> None:
    assert "e-mail" not in texts("note")
    secret = tmp_path / "password"
    smtp = Server("mail.example", 465, "declare", str(secret))
    mail = MailSettings("declare@register.example", str(tmp_path), None, smtp)
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, mail=mail))
    assert "e-mail is on" in texts("note")
    assert "no Maildir" in texts("fault")
    assert "TUIDANG_SMTP_PASSWORD_FILE names cannot be read" in texts("fault")
    (tmp_path / "new").mkdir()
    secret.write_text("secret")
    secret.chmod(0o644)
    assert texts("fault") == ""
    assert "chmod 600" in texts("closed")
    secret.chmod(0o600)
    assert "chmod 600" not in texts("closed")


@pytest.mark.django_db(databases=["default", "newsletter"])
def test_the_newsletter_is_off_or_looked_at(register: Register, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert "the newsletter is off" in texts("note")
    password = tmp_path / "password"
    password.write_text("x")
    password.chmod(0o644)
    sender = Sender("news@register.example", Server("mail.example", 465, "someone", str(password)), "NEWSLETTER_SMTP")
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, newsletter=sender))
    assert "the newsletter is off" not in texts("note")
    assert "TUIDANG_NEWSLETTER_SMTP_PASSWORD_FILE" in texts("closed")
    assert texts("fault") == ""
    reader = read_address("reader@mail.example")
    assert isinstance(reader, Address)
    newsletter.wish(address=reader, choices=blank("en").choices, consent="")
    assert texts("fault") == ""
    today = clock.today()
    monkeypatch.setattr(clock, "today", lambda: today + 1)
    assert "wait for their letter" in texts("fault")
    (places().keys / "newsletter").unlink()
    assert "cannot be read: its key is not in" in texts("fault")


@pytest.mark.django_db(databases=["default", "newsletter"])
def test_letters_that_are_not_signed_that_wait_or_may_not_have_gone_and_what_nobody_reads_are_told(
    register: Register, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    smtp = Server("127.0.0.1", 1, "", "", encrypted=False)
    sender = Sender("news@register.example", smtp)
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, newsletter=sender))
    (places().keys / "newsletter-dkim").unlink(missing_ok=True)
    assert "are not signed" in texts("note")
    assert "written to for ever" in texts("note")
    returned = replace(sender, returns="back@register.example", returns_maildir=str(tmp_path))
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, newsletter=returned))
    signing.make()
    assert "are not signed" not in texts("note")
    assert "written to for ever" not in texts("note")
    assert "is no Maildir" in texts("fault")
    assert "letters of the newsletter" not in texts("note")
    readers("reader@mail.example", "other@mail.example")
    mailing = begun()
    while mailings.fill(mailing=mailing):
        pass
    first, other = Delivery.objects.order_by("id").values_list("id", flat=True)
    mailings.take(mailing=mailing, deliveries=[first, other])
    mailings.step_on(done={}, hand=first)
    assert mailings.recover(mailing=mailing) == 1
    assert "of 1 letters of the newsletter nobody can know" in texts("note")
    assert "are paused" not in texts("note")
    mailings.pause(mailing=mailing)
    assert "1 letters of the newsletter are paused" in texts("note")
    assert texts("note").count(reverse("letters:letters")) == 2
    assert "mail.example" not in texts("note")
    assert doctor(Namespace(json=True)) == 1


def test_where_no_font_has_chinese_characters_it_is_told_what_brings_them(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "font", lambda language, _size: None if language.startswith("zh") else object())
    assert "fonts-noto-cjk" in texts("note")
    monkeypatch.setattr(cards, "font", lambda _language, _size: object())
    assert "fonts-noto-cjk" not in texts("note")
