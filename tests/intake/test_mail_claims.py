"""The link in an answer to a mail: it shows nothing by itself, its code once, to the page that asked first, for a week."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests.intake.mailing import SEVERAL, deliver, written
from tests.intake.office import code_shown, link, press, stored, work
from tests.page import LANGUAGES, read

from tuidang.config import buckets
from tuidang.intake import claims
from tuidang.intake.models import Claim as Row
from tuidang.kernel import clock
from tuidang.ledger import actions as ledger
from tuidang.vault import mailkeys
from tuidang.vault.formkeys import FormToken

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize("shown_before", [True, False])
def test_what_was_taken_back_and_erased_leaves_a_link_like_any_false_one_and_is_not_taken_in_again(office, folder, outbox, shown_before):
    path = deliver(folder, written())
    raw = path.read_bytes()
    work(office)
    page = Client().get(link(outbox)).content.decode()
    code = code_shown(press(link(outbox), page)) if shown_before else mailkeys.Claim.parse(link(outbox).split("/")[3]).code()
    assert ledger.take_back(code=code, erase=True) == "taken_back"
    false = press(f"/en/claim/{mailkeys.Claim(clock.today(), 1, bytes(16))}/")
    for answered in (press(link(outbox), page), press(link(outbox))):
        assert (answered.status_code, read(answered).text) == (404, read(false).text)
    path.write_bytes(raw)
    work(office)
    assert (stored(), len(outbox.raw)) == ([], 1)


def test_a_group_of_whom_someone_is_left_keeps_its_link(office, folder, outbox):
    deliver(folder, written(SEVERAL))
    work(office)
    code = mailkeys.Claim.parse(link(outbox).split("/")[3]).code()
    ledger.take_back(code=code.member(1), erase=True)
    assert code_shown(press(link(outbox))) == code
    ledger.take_back(code=code.member(2), erase=True)
    assert press(link(outbox)).status_code == 404


def test_the_number_of_a_claim_is_found_from_its_declaration_by_the_keys_alone(office, folder, outbox):
    deliver(folder, written())
    work(office)
    row, (declaration,) = Row.objects.get(), stored()
    assert row.id in mailkeys.numbers(declaration.id)
    mailkeys._files().destroy(mailkeys._name(clock.today()))
    assert row.id not in mailkeys.numbers(declaration.id)


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_whether_a_link_shows_a_code_is_not_seen_from_the_size(office, folder, outbox, language):
    deliver(folder, written())
    work(office)
    browser = Client(headers={"Accept-Encoding": "gzip"})
    path, false = link(outbox).replace("/en/", f"/{language}/"), f"/{language}/claim/{mailkeys.Claim(clock.today(), 1, bytes(16))}/"
    pages = [browser.get(one) for one in (path, false, f"/{language}/claim/broken/")]
    held = [read(Client().get(one)).sent() for one in (path, path, false)]
    answers = [browser.post(f"/{language}/claim/", fields) for fields in held]
    assert [one.status_code for one in (*pages, *answers)] == [200, 200, 404, 200, 410, 404]
    assert {(len(one.content), head(one) % buckets.HEAD) for one in (*pages, *answers)} == {(buckets.LEAST, 0)}
    assert len({head(one) for one in answers}) == 1


def head(response):
    return len(response.reason_phrase) + sum(len(name) + len(value) + 4 for name, value in response.items())
