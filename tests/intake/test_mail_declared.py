"""Declaring by e-mail, with a real server that sends: what is taken in, what is answered, and what is deleted."""

from __future__ import annotations

import textwrap
import time

import pytest
from tests.intake.mailing import CHINESE, DECLARATION, OURS, SENDER, SEVERAL, TRADITIONAL, deliver, left, settings_for, written
from tests.intake.office import code_shown, link, press, stored, work
from tests.page import read

from tuidang.intake import correspondence, queries
from tuidang.intake.correspondence import Correspondence
from tuidang.intake.mailbox import MailServerError, Server
from tuidang.intake.models import Claim as Row
from tuidang.intake.models import Declarant, Declaration, Spent
from tuidang.kernel import clock, mailboxes
from tuidang.reference import queries as reference
from tuidang.screening import actions as screening
from tuidang.screening import queries as screened
from tuidang.screening.policies import Lane

pytestmark = pytest.mark.django_db
DAY = 86_400


@pytest.mark.parametrize(("text", "language"), [(DECLARATION, "en"), (CHINESE, "zh-hans"), (TRADITIONAL, "zh-hant")])
def test_a_mail_becomes_a_declaration_and_its_code_is_shown_through_the_answer(office, folder, outbox, text, language):
    deliver(folder, written(text))
    work(office)
    (declaration,) = stored()
    assert declaration.statement.channel == reference.channel("email")
    assert (declaration.statement.voice, declaration.statement.consent.partition("-")[0]) == (1, "email")
    assert outbox.to == [SENDER]
    assert left(folder) == []
    assert link(outbox).startswith(f"/{language}/claim/")
    shown = press(link(outbox))
    assert shown.status_code == 200
    assert queries.by_code(code_shown(shown)).id == declaration.id


def test_a_mail_for_several_people_gets_a_code_for_each(office, folder, outbox):
    deliver(folder, written(SEVERAL))
    work(office)
    (declaration,) = stored()
    assert declaration.statement.voice == 2
    shown = press(link(outbox))
    text = read(shown).text
    assert all(name in text for name in ("Calm River", "Far Hill"))
    assert code_shown(shown).member(2).base32() in text


def test_more_than_twenty_people_by_mail_wait_for_a_person_as_they_do_by_web(office, folder, outbox):
    for count in (20, 21):
        people = "".join(f"Friend {chr(65 + at)}: Party\n" for at in range(count))
        deliver(folder, written(SEVERAL.replace("Calm River: Party\nFar Hill: Young Pioneers\n", people)))
    work(office)
    screening.screen_new()
    assert {row.persons: row.lane for row in screened.untaken(10)} == {20: Lane.CLEAR, 21: Lane.LOOK}


def test_an_answer_quotes_nothing_names_nobody_holds_no_code_and_asks_for_no_answer(office, folder, outbox):
    said = written(DECLARATION.replace("Calm River", "Zqcanary"), Subject="Zqsubject", Message_ID="<zqid@mail.example>")
    deliver(folder, said)
    work(office)
    raw = outbox.raw[0].decode()
    assert not [word for word in ("Zq", "zq", "Calm", "I leave", "A Person") if word in raw]
    (answer,) = outbox.answers()
    assert (answer["Subject"], answer["From"], answer["To"]) == ("About your message", OURS, SENDER)
    assert answer["Auto-Submitted"] == "auto-replied"
    assert "In-Reply-To" not in answer
    code = code_shown(press(link(outbox)))
    assert all(form not in raw for form in (code.base32(), "".join(code.words("chinese_simplified"))))


def test_the_same_mail_again_is_the_same_declaration_and_gets_the_same_link(office, folder, outbox):
    now = int(time.time())
    for number in range(2):
        deliver(folder, b"Received: by another way\n" * number + written(), name=f"{now}.M{number}.host")
    work(office)
    assert len(stored()) == 1
    assert len(outbox.raw) == 2
    assert link(outbox, 0) == link(outbox, 1)


@pytest.mark.parametrize("days", [(0, 1), (1, 0)])
def test_the_same_mail_delivered_on_two_days_is_the_same_declaration_and_gets_the_same_link(office, folder, outbox, days):
    for number, day in enumerate(days):
        deliver(folder, b"Received: by another way\n" * number + written(), seconds=time.time() - day * DAY)
        work(office)
    assert len(stored()) == 1
    assert link(outbox, 0) == link(outbox, 1)
    shown = code_shown(press(link(outbox)))
    assert queries.by_code(shown).id == stored()[0].id


def test_a_mail_delivered_again_the_day_after_its_code_was_shown_is_neither_counted_nor_answered(office, folder, outbox):
    deliver(folder, written(), seconds=time.time() - DAY)
    work(office)
    press(link(outbox))
    deliver(folder, written())
    work(office)
    assert (len(stored()), len(outbox.raw), left(folder)) == (1, 1, [])


def test_two_mails_of_one_person_are_two_declarations(office, folder, outbox):
    for number in range(2):
        deliver(folder, written(Message_ID=f"<{number}@mail.example>"))
    work(office)
    assert len(stored()) == 2


def test_a_mail_read_again_after_its_code_was_shown_is_neither_counted_nor_answered_again(office, folder, outbox, monkeypatch):
    path = deliver(folder, written())
    raw = path.read_bytes()
    work(office)
    press(link(outbox))
    for model in (Spent, Declarant, Declaration):  # sealed meanwhile, and its token forgotten
        model.objects.all().delete()
    path.write_bytes(raw)
    work(office)
    assert (stored(), len(outbox.raw), left(folder)) == ([], 1, [])


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; x"},
        {"Precedence": "bulk"},
        {"List_Id": "<a.mail.example>"},
        {"Return_Path": "<>"},
        {"sender": "MAILER-DAEMON@mail.example"},
        {"sender": "no-reply@mail.example"},
        {"sender": "list-bounces@mail.example"},
        {"sender": OURS},
        {"Reply_To": "postmaster@mail.example"},
        {"Reply_To": "a@mail.example, b@mail.example"},
        {"X_Auto_Response_Suppress": "All"},
    ],
)
def test_a_mail_of_a_machine_or_a_list_is_deleted_without_an_answer(office, folder, outbox, headers):
    deliver(folder, written(**headers))
    work(office)
    assert (stored(), outbox.raw, left(folder)) == ([], [], [])


def test_an_answer_of_ours_is_never_answered(office, folder, outbox):
    deliver(folder, written("hello"))
    work(office)
    deliver(folder, outbox.raw[0].replace(OURS.encode(), b"someone-else@mail.example"))
    work(office)
    assert len(outbox.raw) == 1
    assert left(folder) == []


def test_what_is_missing_is_said_in_the_language_of_the_mail_and_nothing_is_stored(office, folder, outbox):
    deliver(folder, written(CHINESE.replace("我同意：是", "我同意：")))
    work(office)
    assert "我同意保存并计入" in outbox.text()
    assert "名字（可用化名）：" in outbox.text()
    assert (stored(), left(folder), Row.objects.count()) == ([], [], 0)


def test_what_has_nothing_of_the_layout_is_answered_in_every_language(office, folder, outbox):
    deliver(folder, written("I want to leave"))
    work(office)
    assert all(label in outbox.text() for label in ("Withdraws from:", "声明：", "聲明："))
    assert "missing" not in outbox.text()


@pytest.mark.parametrize("first", ["hello", DECLARATION.replace("I agree: yes", ""), CHINESE.replace("我同意：是", ""), DECLARATION])
@pytest.mark.parametrize("way", ["as it is", "quoted", "quoted below a line", "wrapped"])
def test_an_answer_of_ours_sent_back_declares_nothing_and_is_not_answered(office, folder, outbox, first, way):
    deliver(folder, written(first))
    work(office)
    before, sent_back = len(stored()), outbox.text()
    quoted = "\n".join(f"> {line}" for line in sent_back.splitlines())
    wrapped = "\n".join(f">> {line}" for whole in sent_back.splitlines() for line in textwrap.wrap(whole, 30))
    ways = {"as it is": sent_back, "quoted": quoted, "quoted below a line": f"Thank you, we got your mail.\n\n{quoted}", "wrapped": wrapped}
    deliver(folder, written(ways[way], Message_ID="<2@mail.example>"))
    work(office)
    assert (len(stored()), len(outbox.raw), left(folder)) == (before, 1, [])


def test_a_declaration_that_quotes_our_answer_is_taken_in(office, folder, outbox):
    deliver(folder, written("hello"))
    work(office)
    quoted = "\n".join(f"> {line}" for line in outbox.text().splitlines())
    deliver(folder, written(f"{DECLARATION}\n{quoted}"))
    work(office)
    assert (len(stored()), len(outbox.raw)) == (1, 2)


def test_one_address_gets_only_so_many_answers_a_day_that_declare_nothing(office, folder, outbox):
    for number in range(8):
        deliver(folder, written(CHINESE.replace("我同意：是", ""), Message_ID=f"<{number}@mail.example>"))
    deliver(folder, written(CHINESE.replace("我同意：是", ""), sender="other@mail.example"))
    work(office)
    assert (outbox.to.count(SENDER), outbox.to.count("other@mail.example")) == (correspondence.TO_ONE_A_DAY["help"], 1)
    assert left(folder) == []


@pytest.mark.parametrize("cap", ["AN_HOUR", "TO_ONE_A_DAY"])
def test_declarations_beyond_what_may_be_answered_wait_and_are_not_taken_in(office, folder, outbox, monkeypatch, cap):
    monkeypatch.setattr(correspondence, cap, {**getattr(correspondence, cap), "claim": 2})
    for number in range(3):
        deliver(folder, written(Message_ID=f"<{number}@mail.example>"))
    work(office)
    assert (len(stored()), len(outbox.raw), len(left(folder))) == (2, 2, 1)
    monkeypatch.undo()
    office._each.clear()
    work(office)
    assert (len(stored()), left(folder)) == (3, [])


def test_of_mails_that_are_no_declarations_only_so_many_are_answered_an_hour(office, folder, outbox, monkeypatch):
    monkeypatch.setattr(correspondence, "AN_HOUR", {**correspondence.AN_HOUR, "strange": 2})
    for number in range(5):
        deliver(folder, written(f"Buy {number}", sender=f"a{number}@mail.example"))
    deliver(folder, written())
    work(office)
    assert len(outbox.raw) == 3
    assert len(stored()) == 1
    assert left(folder) == []


@pytest.mark.parametrize(
    "raw",
    [
        written(DECLARATION).replace(b'charset="utf-8"', b'charset="no-such"'),
        b"From: someone@mail.example\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nName: \xff\xfe\n",
        written("a" * 300_000),
        b"From: someone@mail.example\nContent-Type: image/png\n\nabc",
    ],
    ids=["character set", "broken", "too large", "a picture"],
)
def test_a_mail_that_cannot_be_read_is_answered_with_what_to_do(office, folder, outbox, raw):
    deliver(folder, raw)
    work(office)
    assert len(outbox.raw) == 1
    assert (stored(), left(folder)) == ([], [])


def test_while_no_answer_can_be_sent_mails_wait_and_are_answered_once_later(office, folder, server, outbox, monkeypatch):
    deliver(folder, written())
    deliver(folder, written(Message_ID="<2@mail.example>"))
    down = Correspondence(settings_for(folder, Server("127.0.0.1", 1, "", "", encrypted=False)))
    with pytest.raises(MailServerError) as error:
        down.step()
    assert SENDER not in str(error.value)
    assert down.step() is False, "it rests"
    assert len(left(folder)) == 2
    assert len(stored()) == 1, "the second waits until answers can be sent"
    work(office)
    assert (len(stored()), len(outbox.raw), left(folder)) == (2, 2, [])


def test_a_refused_answer_is_tried_again_later_and_holds_up_no_other(office, folder, outbox):
    outbox.says = "451 later"
    deliver(folder, written(), seconds=time.time() - 100)
    work(office)
    assert len(left(folder)) == 1
    outbox.says = None
    deliver(folder, written(Message_ID="<2@mail.example>"))
    work(office)
    assert (len(outbox.raw), len(left(folder))) == (1, 1)
    office._each.clear()  # the pause has ended
    work(office)
    assert (len(outbox.raw), len(stored()), left(folder)) == (2, 2, [])


@pytest.mark.parametrize(("says", "remain"), [("554 5.7.1 no", 0), ("451 later", 1)])
def test_an_answer_whose_text_is_refused_holds_up_no_other(office, folder, outbox, says, remain):
    outbox.says_of_text["first@mail.example"] = says
    deliver(folder, written(sender="first@mail.example"), seconds=time.time() - 100)
    deliver(folder, written())
    work(office)
    assert (outbox.to, len(stored()), len(left(folder))) == ([SENDER], 2, remain)


@pytest.mark.parametrize("says", ["421 closing", "530 5.7.0 sign in first"])
def test_a_server_that_speaks_of_itself_takes_no_answer_and_no_mail_is_lost(office, folder, outbox, says):
    outbox.says = says
    deliver(folder, written())
    with pytest.raises(MailServerError):
        office.step()
    assert len(left(folder)) == 1


def test_a_server_that_breaks_off_over_one_answer_gets_the_next_one_first(office, folder, outbox, monkeypatch):
    real = correspondence.send

    def breaks_off(letter, to, mail):
        if to != SENDER:
            raise correspondence.BrokenOffError("closed")
        real(letter, to, mail)

    monkeypatch.setattr(correspondence, "send", breaks_off)
    deliver(folder, written(sender="first@mail.example"), seconds=time.time() - 100)
    deliver(folder, written())
    with pytest.raises(MailServerError):
        office.step()
    office._all = correspondence._Pause()  # the rest is over
    work(office)
    assert (outbox.to, len(left(folder))) == ([SENDER], 1)


def test_more_mails_that_wait_than_are_looked_at_at_once_hold_up_no_other(office, folder, outbox, monkeypatch):
    monkeypatch.setattr(mailboxes, "MOST_AT_ONCE", 6)
    for number in range(8):
        slow = f"a{number}@slow.example"
        outbox.says_of_text[slow] = "450 4.1.2 later"
        deliver(folder, written(sender=slow), seconds=time.time() - 100 + number)
    deliver(folder, written())
    work(office)
    assert (outbox.to, len(left(folder))) == ([SENDER], 8)


def test_what_cannot_be_answered_is_deleted_once_it_is_too_old(office, folder, outbox):
    outbox.says = "450 4.1.2 later"
    deliver(folder, written(), seconds=time.time() - 9 * DAY)
    deliver(folder, written(Message_ID="<2@mail.example>"), seconds=time.time() - 2 * DAY)
    work(office)
    assert (len(left(folder)), len(stored())) == (1, 1)


def test_an_address_that_does_not_exist_ends_it_and_the_declaration_stands(office, folder, outbox):
    outbox.says = "550 no such user"
    deliver(folder, written())
    work(office)
    assert (len(stored()), left(folder)) == (1, [])


def test_a_mail_that_lay_too_long_is_said_to_have_and_nothing_is_stored(office, folder, outbox):
    deliver(folder, written(), seconds=time.time() - 9 * DAY)
    work(office)
    assert "more than 7 days" in outbox.text()
    assert (stored(), left(folder)) == ([], [])


def test_a_mail_of_a_day_to_come_waits(office, folder, outbox):
    deliver(folder, written(), seconds=time.time() + 3 * DAY)
    work(office)
    assert (stored(), outbox.raw, len(left(folder))) == ([], [], 1)


def test_a_mail_read_the_day_after_is_the_same(office, folder, outbox, monkeypatch):
    path = deliver(folder, written())
    raw = path.read_bytes()
    work(office)
    day = clock.today()
    monkeypatch.setattr(clock, "today", lambda: day + 1)
    path.write_bytes(raw)
    work(office)
    assert len(stored()) == 1
    assert link(outbox, 0) == link(outbox, 1)


def test_while_intake_is_closed_mails_wait(office, folder, outbox, monkeypatch):
    monkeypatch.setattr(correspondence.switches, "intake_open", lambda: False)
    deliver(folder, written())
    work(office)
    assert (stored(), outbox.raw, len(left(folder))) == ([], [], 1)


def test_a_mail_that_nobody_foresaw_holds_up_no_other_and_its_error_names_nobody(office, folder, outbox, monkeypatch, caplog):
    real = correspondence.read_mail

    def fails(raw, own):
        if b"zqcanary" in raw:
            raise RuntimeError("zqcanary")
        return real(raw, own)

    monkeypatch.setattr(correspondence, "read_mail", fails)
    deliver(folder, written("zqcanary"), seconds=time.time() - 100)
    deliver(folder, written())
    work(office)
    assert (len(stored()), len(left(folder))) == (1, 1)
    assert "RuntimeError" in caplog.text
    assert "zqcanary" not in caplog.text
