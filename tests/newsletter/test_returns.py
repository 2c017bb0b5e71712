"""What comes back shuts out whom letters do not reach, and whoever does not want them; and nobody else, whoever writes there."""

from __future__ import annotations

import dataclasses

import pytest
from tests.intake.mailing import Imap, deliver, left, maildir
from tests.newsletter.mailed import begun, fates, readers
from tests.newsletter.readers import ANNA, BOTH

from tuidang.config.mail import read_newsletter_settings
from tuidang.kernel.errors import SetUpError
from tuidang.newsletter import actions, adapters, queries, returns
from tuidang.newsletter.delivering import Courier
from tuidang.newsletter.forms import blank
from tuidang.newsletter.models import Delivery, Subscriber, Suppression
from tuidang.newsletter.policies import read_address
from tuidang.newsletter.states import Reason

pytestmark = pytest.mark.django_db(databases=BOTH)


def report(to: str, status: str, action: str = "failed", *, original: str = "") -> bytes:
    """As a server of mail writes it."""
    return f"""From: MAILER-DAEMON@mail.example\r
To: {to}\r
Subject: Undelivered Mail Returned to Sender\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r
\r
--b\r
Content-Type: text/plain\r
\r
I am sorry.\r
--b\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mail.example\r
\r
Final-Recipient: rfc822; {ANNA}\r
Action: {action}\r
Status: {status}\r
Diagnostic-Code: smtp; 550 no\r
\r
--b\r
Content-Type: text/rfc822-headers\r
\r
{original}Subject: x\r
--b--\r
""".encode()


def complaint(original: bytes, kind: str = "abuse") -> bytes:
    head = f"""From: fbl@mail.example\r
To: abuse@register.example\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r
\r
--b\r
Content-Type: text/plain\r
\r
This is an abuse report.\r
--b\r
Content-Type: message/feedback-report\r
\r
Feedback-Type: {kind}\r
User-Agent: Some/1\r
Version: 1\r
\r
--b\r
Content-Type: message/rfc822\r
\r
""".encode()
    return head + original + b"\r\n--b--\r\n"


@pytest.fixture
def box(tmp_path, outbox, settings):
    """A mailing that went to Anna and another, and the folder that letters come back to."""
    folder = maildir(tmp_path / "returns")
    sender = dataclasses.replace(settings.ENVIRONMENT.newsletter, returns="back@register.example", returns_maildir=str(folder))
    settings.ENVIRONMENT = dataclasses.replace(settings.ENVIRONMENT, newsletter=sender)
    readers(ANNA, "other@mail.example")
    mailing = begun()
    courier = Courier(sender)
    while courier.step():
        pass
    return folder, mailing, outbox


def anna() -> Delivery:
    return Delivery.objects.get(subscriber=queries.subscriber_of(read_address(ANNA)))


def back_to(delivery: Delivery) -> str:
    return f"back+{adapters.return_mark(delivery.id)}@register.example"


def come_back(folder, raw) -> None:
    deliver(folder, raw)
    assert returns.step()() is False
    assert left(folder) == []


@pytest.mark.parametrize("upper", [False, True])
def test_a_mailbox_that_is_not_there_is_written_to_no_more(box, upper):
    folder, mailing, _outbox = box
    to = back_to(anna())
    come_back(folder, report(to.upper() if upper else to, "5.1.1"))
    assert [queries.address_of(one) for one in Subscriber.objects.all()] == ["other@mail.example"]
    assert Suppression.objects.get().reason == Reason.BOUNCED
    assert fates(mailing) == {"SENT": 1, "BOUNCED": 1}


def test_a_reader_whose_address_cannot_be_read_holds_up_no_other(box, caplog):
    folder, mailing, _outbox = box
    theirs, other = anna(), Delivery.objects.exclude(id=anna().id).get()
    Subscriber.objects.filter(id=theirs.subscriber_id).update(address=bytes(300))
    deliver(folder, report(back_to(theirs), "5.1.1"), name="1.first.host")
    deliver(folder, report(back_to(other), "5.1.1"), name="2.second.host")
    assert returns.step()() is False
    assert left(folder) == []
    assert fates(mailing) == {"BOUNCED": 2}
    assert [one.id for one in Subscriber.objects.all()] == [theirs.subscriber_id]
    assert len(caplog.records) == 1
    said = caplog.text + str(caplog.records[0].args)
    assert not any(one in said for one in (ANNA, str(theirs.subscriber_id), adapters.return_mark(theirs.id)))


@pytest.mark.parametrize("status", ["5.2.2", "5.7.1"])
def test_a_full_mailbox_or_one_that_took_it_for_spam_counts_and_keeps_its_reader(box, status):
    folder, mailing, _outbox = box
    come_back(folder, report(back_to(anna()), status))
    assert fates(mailing) == {"SENT": 1, "BOUNCED": 1}
    assert Subscriber.objects.count() == 2


@pytest.mark.parametrize(("status", "action"), [("4.4.7", "delayed"), ("4.2.2", "failed"), ("2.0.0", "delivered"), ("", "failed")])
def test_what_is_only_late_changes_nothing(box, status, action):
    folder, mailing, _outbox = box
    come_back(folder, report(back_to(anna()), status, action))
    assert fates(mailing) == {"SENT": 2}


def test_who_calls_it_unwanted_is_shut_out_for_good(box):
    folder, _mailing, outbox = box
    letter = next(raw for raw, to in zip(outbox.raw, outbox.to, strict=True) if to == ANNA)
    come_back(folder, complaint(letter, "not-spam"))
    assert Subscriber.objects.count() == 2
    come_back(folder, complaint(letter))
    assert [queries.address_of(one) for one in Subscriber.objects.all()] == ["other@mail.example"]
    assert Suppression.objects.get().reason == Reason.COMPLAINED


def test_a_complaint_with_the_way_back_counts_with_its_mailing(box):
    folder, mailing, outbox = box
    come_back(folder, complaint(f"Return-Path: <{back_to(anna())}>\r\n".encode() + outbox.raw[0]))
    assert fates(mailing) == {"SENT": 1, "COMPLAINED": 1}


def test_over_imap_too_and_the_mailbox_is_empty_afterwards(box, settings, monkeypatch):
    """A real server: one letter that found nobody, one that its reader calls unwanted, one of a person."""
    _folder, mailing, outbox = box
    letter = next(raw for raw, to in zip(outbox.raw, outbox.to, strict=True) if to == "other@mail.example")
    with Imap() as imap:
        monkeypatch.setenv("SSL_CERT_FILE", str(imap.certificate))
        sender = dataclasses.replace(settings.ENVIRONMENT.newsletter, returns_maildir="", returns_imap=imap.server())
        settings.ENVIRONMENT = dataclasses.replace(settings.ENVIRONMENT, newsletter=sender)
        for raw in (report(back_to(anna()), "5.1.1"), complaint(letter), b"To: back@register.example\r\n\r\nA person writes.\r\n"):
            imap.deliver(raw)
        assert imap.left() == 3
        assert returns.step()() is False
        assert imap.left() == 0
    assert not Subscriber.objects.exists()
    assert sorted(one.reason for one in Suppression.objects.all()) == [Reason.COMPLAINED, Reason.BOUNCED]
    assert fates(mailing) == {"SENT": 1, "BOUNCED": 1}
    assert actions.take_in(readers=[actions.Imported(read_address(ANNA), blank("en").choices, 1)], proof=actions.note_proof(text="x")) == [
        "asked_not_to"
    ]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\x00" * 500,
        b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nStatus",
        report("back@register.example", "5.1.1"),
        report(f"back+{'0' * 32}@register.example", "5.1.1"),
        report(f"back+{'f' * 32}@register.example", "5.1.1"),
        complaint(b"List-Unsubscribe: <https://x.example/newsletter/u/" + b"x" * 22 + b"/>\r\n\r\n"),
        b"To: back@register.example\r\nSubject: hello\r\n\r\nA person writes.",
    ],
)
def test_whatever_else_arrives_is_deleted_and_changes_nothing(box, raw):
    folder, mailing, _outbox = box
    come_back(folder, raw)
    assert fates(mailing) == {"SENT": 2}
    assert not Suppression.objects.exists()


def test_settings_say_where_letters_come_back_to():
    given = {"TUIDANG_NEWSLETTER_FROM": "news@register.example", "TUIDANG_SMTP": "smtp://localhost"}
    assert read_newsletter_settings(given).returns == ""
    returned = {"TUIDANG_NEWSLETTER_RETURNS": "back@register.example", "TUIDANG_NEWSLETTER_RETURNS_MAILDIR": "/var/mail/back"}
    found = read_newsletter_settings({**given, **returned, "TUIDANG_NEWSLETTER_RATES": "gmail.com=60, *=600"})
    assert (found.returns, found.returns_maildir, dict(found.rates)) == (
        "back@register.example",
        "/var/mail/back",
        {"gmail.com": 60, "*": 600},
    )
    for wrong in ({"TUIDANG_NEWSLETTER_RETURNS": "back@register.example"}, {"TUIDANG_NEWSLETTER_RATES": "gmail.com=0"}):
        with pytest.raises(SetUpError):
            read_newsletter_settings({**given, **wrong})
