"""A mailbox that a server says is not there is written to no more, as if the letter had come back; whom it refuses for another reason stays."""

from __future__ import annotations

import pytest
from tests.newsletter.mailed import begun, fates, many, readers
from tests.newsletter.readers import ANNA, BOTH

from tuidang.newsletter import mailings, queries
from tuidang.newsletter.delivering import REFUSED_IN_A_ROW, Courier
from tuidang.newsletter.models import Subscriber, Suppression
from tuidang.newsletter.states import Reason, Sending

pytestmark = pytest.mark.django_db(databases=BOTH)
GONE = "gone@mail.example"


@pytest.fixture
def courier(outbox, settings):
    return Courier(settings.ENVIRONMENT.newsletter)


def run(courier) -> None:
    while courier.step():
        pass


def left() -> list[str]:
    return sorted(queries.address_of(one) for one in Subscriber.objects.all())


@pytest.mark.parametrize(
    "says",
    [
        "550 5.1.1 <gone@mail.example>: Recipient address rejected: User unknown",
        "550-5.1.1 The email account that you tried to reach does not exist.\r\n550 5.1.1 See https://mail.example/5.7.1",
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found by SMTP address lookup",
        "551 5.1.6 Mailbox has moved",
        "550 Requested action not taken: no such user here (5.1.1).",
    ],
)
def test_a_mailbox_that_is_not_there_is_written_to_no_more(courier, outbox, says):
    readers(ANNA, GONE)
    outbox.says_of = {GONE: says}
    mailing = begun()
    run(courier)
    assert fates(mailing) == {"SENT": 1, "REFUSED": 1}
    assert left() == [ANNA]
    assert Suppression.objects.get().reason == Reason.BOUNCED
    again = begun()
    run(courier)
    assert fates(again) == {"SENT": 1}


@pytest.mark.parametrize(
    "says",
    [
        "550 no",
        "550 5.7.1 Refused as spam; see 5.1.1",
        "552 5.2.2 Mailbox full",
        "550 5.1.8 Sender address rejected: Domain not found",
        "550 no mail from 5.1.1.10",
        "450 4.1.1 User unknown for now",
    ],
)
def test_who_is_refused_for_another_reason_stays(courier, outbox, says):
    readers(ANNA, GONE)
    outbox.says_of = {GONE: says}
    begun()
    run(courier)
    assert outbox.to == [ANNA]
    assert left() == sorted([ANNA, GONE])
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(("number", "then"), [(REFUSED_IN_A_ROW - 1, Sending.DONE), (REFUSED_IN_A_ROW * 2, Sending.PAUSED)])
def test_a_server_that_knows_nobody_is_not_believed(courier, outbox, number, then):
    everyone = many(number)
    outbox.says = "550 5.1.1 User unknown in local recipient table"
    mailing = begun()
    run(courier)
    assert mailings.standing(mailing).sending == then
    assert left() == sorted(everyone)


@pytest.mark.parametrize("gone", range(3))
def test_the_last_and_the_first_of_a_mailing_are_shut_out_too(courier, outbox, gone):
    everyone = many(3)
    outbox.says_of = {everyone[gone]: "550 5.1.1 User unknown"}
    begun()
    run(courier)
    assert left() == sorted(set(everyone) - {everyone[gone]})
