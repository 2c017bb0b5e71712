"""The doctor tells of messages that wait too long, and of whom nobody can write to."""

import pytest
from tests.accounts.people import clock_ahead
from tests.intake.supporting import sent

from tuidang.intake.contact import actions as contact
from tuidang.intake.contact import policies as contact_policies
from tuidang.intake.contact.content import Letter
from tuidang.intake.contact.states import Role
from tuidang.intake.support import policies as support_policies
from tuidang.ops import doctor
from tuidang.vault import rolekeys
from tuidang.vault.codes import Code

pytestmark = pytest.mark.django_db
DAY = 86_400


def said():
    return [(one.level, one.text) for one in doctor._messages()]


def test_a_role_without_a_key_is_a_note_and_none_where_all_have_one():
    contact.register_key(role=Role.PRESS, public=rolekeys.public_of(rolekeys.new_secret()))
    ((level, text),) = said()
    assert level == "note"
    assert "press" not in text.split(";")[0]
    assert "joining, points, corrections" in text
    for role in Role:
        contact.register_key(role=role, public=rolekeys.public_of(rolekeys.new_secret()))
    assert said() == []


def test_messages_that_wait_too_long_are_faults_that_name_the_page_and_nothing_else(monkeypatch, tmp_path):
    for role in Role:
        contact.register_key(role=role, public=rolekeys.public_of(rolekeys.new_secret()))
    sent("a text of somebody")
    contact.take(code=Code(bytes(16)), role=Role.PRESS, letter=Letter(text="a secret", reach="", language="en"))
    clock_ahead(monkeypatch, tmp_path, support_policies.LATE_DAYS * DAY)
    assert said() == []
    clock_ahead(monkeypatch, tmp_path, (contact_policies.LATE_DAYS + 1) * DAY)
    (first, second) = said()
    assert first == (
        "fault",
        "1 messages of support wait to be read for more than 7 days; have a reviewer read them on /staff/review/messages/",
    )
    assert second == ("fault", "1 messages wait for an answer for more than 14 days; they are listed on /staff/contact/")
