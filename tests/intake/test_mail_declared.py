"""Declaring by e-mail, with a real server that sends: what is taken in, what is answered, what is deleted, and what is shown to whom."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.test import Client
from tests.intake.mailing import (
    CHINESE,
    DECLARATION,
    OURS,
    SENDER,
    SEVERAL,
    TRADITIONAL,
    Outbox,
    deliver,
    left,
    maildir,
    sending,
    settings_for,
    written,
)
from tests.page import read

from tuidang.intake import claims, correspondence, queries
from tuidang.intake.correspondence import Correspondence
from tuidang.intake.mailbox import MailServerError, Server
from tuidang.intake.models import Claim as Row
from tuidang.intake.models import Declaration
from tuidang.kernel import clock
from tuidang.reference import queries as reference
from tuidang.vault import mailkeys
from tuidang.vault.codes import read_code
from tuidang.vault.formkeys import FormToken

pytestmark = pytest.mark.django_db
DAY = 86_400


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Server, Outbox]]:
    with sending() as found:
        yield found


@pytest.fixture
def outbox(server) -> Outbox:
    box = server[1]
    box.raw.clear()
    box.to.clear()
    box.says = None
    return box


@pytest.fixture
def folder(tmp_path):
    return maildir(tmp_path / "mail")


@pytest.fixture
def office(folder, server, outbox) -> Correspondence:
    return Correspondence(settings_for(folder, server[0]))


def work(office: Correspondence) -> None:
    while office.step():
        continue


def link(outbox: Outbox, at: int = -1) -> str:
    found = re.search(r"https?://\S+/claim/\S+/", str(outbox.answers()[at].get_content()))
    assert found
    return urlsplit(found[0]).path


def press(path: str, page: str = ""):
    html = page or Client().get(path).content.decode()
    fields = dict(re.findall(r'name="(claim|token)" value="([^"]+)"', html))
    return Client().post(f"{path.partition('claim/')[0]}claim/", fields)


def code_shown(answered):
    return read_code(re.search(r'name="code" value="([^"]+)"', answered.content.decode())[1])


def stored():
    return list(queries.contents(Declaration.objects.values_list("id", flat=True)).values())


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


def test_opening_the_link_shows_nothing_and_changes_nothing(office, folder, outbox):
    deliver(folder, written())
    work(office)
    for _ in range(3):
        page = Client().get(link(outbox))
        assert page.status_code == 200
        assert page["Referrer-Policy"] == "no-referrer"
        assert 'class="code"' not in page.content.decode()
    assert Client().head(link(outbox)).status_code == 200
    assert Row.objects.get().opened is None


def test_any_link_of_the_right_form_looks_the_same_until_the_button_is_pressed(office, folder, outbox):
    deliver(folder, written())
    work(office)
    invented = str(mailkeys.Claim(clock.today(), 1, bytes(16)))
    real, false = (Client().get(path).content.decode() for path in (link(outbox), f"/en/claim/{invented}/"))
    strip = re.compile(r'value="[^"]+"|/claim/[^"]*')
    assert strip.sub("", real) == strip.sub("", false)
    assert press(f"/en/claim/{invented}/").status_code == 404


def test_a_code_is_shown_once_but_again_to_the_page_that_asked_first(office, folder, outbox):
    deliver(folder, written())
    work(office)
    page = Client().get(link(outbox)).content.decode()
    first, again = press(link(outbox), page), press(link(outbox), page)
    assert code_shown(first) == code_shown(again)
    other = press(link(outbox))
    assert other.status_code == 410
    assert "shown already" in read(other).text


def test_what_was_shown_is_shown_to_nobody_an_hour_later(office, folder, outbox, monkeypatch):
    deliver(folder, written())
    work(office)
    page = Client().get(link(outbox)).content.decode()
    assert press(link(outbox), page).status_code == 200
    hour = clock.hour()
    monkeypatch.setattr(clock, "hour", lambda: hour + 2)
    assert press(link(outbox), page).status_code == 410


def test_a_link_opens_nothing_after_seven_days_and_its_key_is_destroyed_a_week_later(office, folder, outbox, monkeypatch):
    deliver(folder, written())
    work(office)
    hour, day = clock.hour(), clock.today()
    monkeypatch.setattr(clock, "hour", lambda: hour + 24 * 7 + 1)
    assert press(link(outbox)).status_code == 404
    claim = mailkeys.Claim.parse(link(outbox).split("/")[3])
    assert claim.code()
    monkeypatch.setattr(clock, "today", lambda: day + mailkeys.KEPT_DAYS + 2)
    mailkeys.drop_old()
    with pytest.raises(mailkeys.UnknownClaimError):
        claim.code()


def test_a_row_of_a_claim_outlives_its_key_and_goes_then(office, folder, outbox, monkeypatch):
    deliver(folder, written())
    work(office)
    day = clock.today()
    for later, rows in ((mailkeys.KEPT_DAYS + 1, 1), (mailkeys.KEPT_DAYS + 3, 0)):
        monkeypatch.setattr(clock, "hour", lambda later=later: 24 * (day + later) + 1)
        claims.forget_old()
        assert Row.objects.count() == rows


@pytest.mark.parametrize("link", ["x", "x" * 27, "A" * 26 + "B", "é" * 27, "A" * 2000, "%00"])
def test_what_is_no_link_of_ours_is_said_to_be_none(link):
    assert Client().get(f"/zh-hant/claim/{link}/").status_code == 404
    assert Client().post("/zh-hant/claim/", {"claim": link, "token": str(FormToken.fresh())}).status_code == 404


def test_a_button_of_an_old_page_is_drawn_anew_and_nothing_is_lost(office, folder, outbox):
    deliver(folder, written())
    work(office)
    stale = Client().post("/en/claim/", {"claim": link(outbox).split("/")[3], "token": "old"})
    assert "Show my code" in read(stale).text
    assert press(link(outbox), stale.content.decode()).status_code == 200


def test_the_same_mail_again_is_the_same_declaration_and_gets_the_same_link(office, folder, outbox):
    now = int(time.time())
    for number in range(2):
        deliver(folder, b"Received: by another way\n" * number + written(), name=f"{now}.M{number}.host")
    work(office)
    assert len(stored()) == 1
    assert len(outbox.raw) == 2
    assert link(outbox, 0) == link(outbox, 1)


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
    from tuidang.intake.models import Declarant, Spent

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
    assert "姓名：" in outbox.text()
    assert (stored(), left(folder), Row.objects.count()) == ([], [], 0)


def test_what_has_nothing_of_the_layout_is_answered_in_every_language(office, folder, outbox):
    deliver(folder, written("I want to leave"))
    work(office)
    assert all(label in outbox.text() for label in ("Withdraws from:", "声明：", "聲明："))


def test_our_own_sample_sent_back_declares_nothing(office, folder, outbox):
    deliver(folder, written("hello"))
    work(office)
    sent_back = outbox.text()
    for text in (sent_back, "\n".join(f"> {line}" for line in sent_back.splitlines())):
        deliver(folder, written(text))
        work(office)
    assert stored() == []
    assert len(outbox.raw) == 3


def test_of_mails_that_are_no_declarations_only_so_many_are_answered_an_hour(office, folder, outbox, monkeypatch):
    monkeypatch.setattr(correspondence, "STRANGE_AN_HOUR", 2)
    for number in range(5):
        deliver(folder, written(f"Buy {number}", Message_ID=f"<{number}@mail.example>"))
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
