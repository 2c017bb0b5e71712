"""Servers of mail that answer slowly, or do not want a text: what was surely not sent waits, and no other process takes over meanwhile."""

from __future__ import annotations

import smtplib
import time

import pytest
from tests.newsletter.mailed import begun, fates, many
from tests.newsletter.readers import BOTH

from tuidang.kernel.mailing import TIMEOUT_SECONDS, Line, MailServerError
from tuidang.newsletter import delivering
from tuidang.newsletter.delivering import Courier
from tuidang.newsletter.loops import DELIVER_LEASE_SECONDS

pytestmark = pytest.mark.django_db(databases=BOTH)


@pytest.fixture
def courier(outbox, settings):
    return Courier(settings.ENVIRONMENT.newsletter)


def test_a_server_that_answers_slowly_holds_no_batch_beyond_the_lease(courier, outbox, monkeypatch):
    # Else another process would take over while a letter is on its way, and call it unknown.
    longest_letter = 5 * TIMEOUT_SECONDS  # hello, sender, recipient, data, text
    assert delivering.BATCH_SECONDS + longest_letter < DELIVER_LEASE_SECONDS
    many(5)
    mailing = begun()
    began, passed = time.monotonic(), 0
    monkeypatch.setattr(delivering.time, "monotonic", lambda: began + passed)
    hand_over = Line.hand_over

    def slowly(line, message):
        nonlocal passed
        passed += delivering.BATCH_SECONDS / 2
        return hand_over(line, message)

    monkeypatch.setattr(Line, "hand_over", slowly)
    assert courier.step()
    assert (len(outbox.to), fates(mailing)) == (2, {"SENT": 2, "WAITING": 3})
    while courier.step():
        pass
    assert (len(set(outbox.to)), len(outbox.to), fates(mailing)) == (5, 5, {"SENT": 5})


def test_a_text_that_a_server_does_not_want_to_read_leaves_no_doubt_about_the_next_letter(courier, outbox, monkeypatch):
    many(2)
    mailing = begun()
    sent = smtplib.SMTP.mail
    asked = []

    def broken_off_at_the_second(self, sender, options=()):
        asked.append(sender)
        if len(asked) > 1:
            raise smtplib.SMTPServerDisconnected("gone")
        return sent(self, sender, options)

    def refused(self, msg):
        raise smtplib.SMTPDataError(451, b"later")

    with monkeypatch.context() as patched:
        patched.setattr(smtplib.SMTP, "mail", broken_off_at_the_second)
        patched.setattr(smtplib.SMTP, "data", refused)
        with pytest.raises(MailServerError):
            courier.step()
    assert len(asked) == 2
    assert fates(mailing) == {"WAITING": 2}, "nothing of either was taken"
