"""Signing up: one answer for every address, a letter, and nobody is a reader before a person pressed the button in it."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from django.db import connections
from django.test import Client
from tests.newsletter.readers import ANNA, BOTH, confirmed, links, send, sign_up
from tests.page import LANGUAGES, read

from tuidang.kernel import clock
from tuidang.kernel.errors import BusyError
from tuidang.kernel.mailing import MailServerError
from tuidang.newsletter import actions, adapters, consents, queries
from tuidang.newsletter.models import Subscriber, Suppression, Wish
from tuidang.newsletter.policies import LETTERS_A_DAY, WAITING_DAYS, read_address
from tuidang.newsletter.states import ALL_TOPICS, Reason, Rhythm, State

pytestmark = pytest.mark.django_db(databases=BOTH)


def state() -> list[tuple[int, str]]:
    return [(one.state, queries.address_of(one)) for one in Subscriber.objects.all()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_signs_up_gets_a_letter_and_reads_once_they_confirm(post, outbox, language):
    answer = sign_up(ANNA, language)
    assert answer.status_code == 200
    assert ANNA in read(answer).text
    assert outbox.raw == []
    assert state() == []
    post.step()
    (letter,) = outbox.answers()
    assert outbox.to == [ANNA]
    assert state() == [(State.WAITING, ANNA)]
    confirm = links(letter)["c"]
    assert confirm.startswith(f"/{language}/")
    assert Client().get(confirm).status_code == 200
    assert state() == [(State.WAITING, ANNA)]
    assert send(confirm).status_code == 200
    assert send(confirm).status_code == 200
    assert state() == [(State.CONFIRMED, ANNA)]
    found = Subscriber.objects.get()
    assert (found.language, found.topics, found.rhythm) == (language, ALL_TOPICS, Rhythm.WEEKLY)
    assert (found.consent, found.asked, found.confirmed) == (consents.VERSION, clock.today(), clock.today())


def test_the_answer_and_its_work_are_the_same_whoever_it_is(post, outbox):
    """Known, waiting, shut out, gone, or never heard of: the same statements to the database, the same page but for what was typed, and no letter."""
    reads, waits, shut, left, new = (f"{name}@mail.example" for name in ("reads", "waits", "shuts", "leave", "newly"))
    confirmed(post, outbox, reads)
    actions.shut_out(address=read_address(left), reason=Reason.LEFT)
    sign_up(waits)
    post.step()
    actions.shut_out(address=read_address(shut), reason=Reason.COMPLAINED)
    seen, letters = {}, len(outbox.raw)
    for address in (reads, waits, shut, left, new):
        asked: list[str] = []

        def note(execute, sql, params, many, context, asked=asked):
            asked.append(re.sub(r"\d+", "N", sql))
            return execute(sql, params, many, context)

        with connections["newsletter"].execute_wrapper(note), connections["default"].execute_wrapper(note):
            answer = sign_up(address)
        assert len(outbox.raw) == letters
        page = answer.content.decode().replace(address, "")
        seen[address] = (answer.status_code, page, dict(answer.items()), asked, len(answer.content), len(address))
    assert len(seen[new][3]) > 0
    assert all(one == seen[new] for one in seen.values())
    assert len({len(bytes(one.content)) for one in Wish.objects.all()}) == 1


@pytest.mark.parametrize("block", [False, True])
def test_an_answer_waits_for_no_server_of_mail(outbox, monkeypatch, block):
    """What would take longer for some addresses than for others is not done while somebody waits."""

    def touched(*_given, **_named):
        raise AssertionError

    for place in ("tuidang.kernel.mailing.sending", "tuidang.newsletter.actions.take_up", "tuidang.newsletter.letters.signing_up"):
        monkeypatch.setattr(place, touched)
    monkeypatch.setattr("smtplib.SMTP.connect", touched)
    monkeypatch.setattr("tuidang.newsletter.adapters.unseal", touched)
    given = {"step": "short", "version": consents.VERSION} if block else {}
    assert sign_up(ANNA, "en", **given).status_code == 200
    assert sign_up(ANNA, "en", **given).status_code == 200


def test_who_reads_already_is_told_so_and_nothing_changes(post, outbox):
    reader = confirmed(post, outbox, language="zh-hant")
    sign_up(ANNA, language="en", rhythm=str(Rhythm.MONTHLY.value))
    post.step()
    letter = outbox.answers()[-1]
    assert set(links(letter)) == {"p", "u"}
    assert links(letter)["p"].startswith("/zh-hant/")
    after = Subscriber.objects.get()
    assert (after.rhythm, after.language, after.state) == (reader.rhythm, "zh-hant", State.CONFIRMED)


def test_anna_and_anna_are_one_reader(post, outbox):
    confirmed(post, outbox, "Anna@Mail.Example")
    sign_up(ANNA)
    post.step()
    assert state() == [(State.CONFIRMED, "Anna@mail.example")]


def test_sending_the_form_twice_is_one_letter(post, outbox):
    for _ in range(3):
        sign_up()
    post.step()
    assert len(outbox.raw) == 1


def test_a_strangers_mailbox_is_not_filled(post, outbox):
    for _ in range(LETTERS_A_DAY + 3):
        sign_up()
        post.step()
    assert len(outbox.raw) == LETTERS_A_DAY
    assert Wish.objects.count() == 0


@pytest.mark.parametrize(("reason", "letters"), [(Reason.NEVER, 0), (Reason.COMPLAINED, 0), (Reason.LEFT, 1), (Reason.BOUNCED, 1)])
def test_who_asked_never_to_be_written_to_is_not_and_others_may_come_back(post, outbox, reason, letters):
    actions.shut_out(address=read_address(ANNA), reason=reason)
    sign_up()
    post.step()
    assert len(outbox.raw) == letters
    if letters:
        send(links(outbox.answers()[0])["c"])
        assert state() == [(State.CONFIRMED, ANNA)]
    assert Suppression.objects.count() == 1 - letters


def test_who_does_not_confirm_vanishes(post, outbox, monkeypatch):
    sign_up()
    post.step()
    confirm = links(outbox.answers()[0])["c"]
    today = clock.today()
    monkeypatch.setattr(clock, "today", lambda: today + WAITING_DAYS)
    actions.forget_old()
    assert len(state()) == 1
    monkeypatch.setattr(clock, "today", lambda: today + WAITING_DAYS + 1)
    assert send(confirm).status_code == 404
    actions.forget_old()
    assert state() == []
    assert Suppression.objects.count() == 0


def test_a_wish_that_cannot_be_answered_vanishes_too(outbox, monkeypatch):
    sign_up()
    today = clock.today()
    monkeypatch.setattr(clock, "today", lambda: today + WAITING_DAYS + 1)
    actions.forget_old()
    assert Wish.objects.count() == 0


def test_a_crash_after_the_letter_went_out_sends_the_same_once_more_and_makes_no_second_reader(post, outbox, monkeypatch):
    sign_up()

    def killed(**_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(actions, "settle", killed)
        with pytest.raises(KeyboardInterrupt):
            post.step()
    type(post)(post.sender).step()
    first, again = outbox.answers()
    assert first["Message-ID"] == again["Message-ID"]
    assert links(first) == links(again)
    assert (len(state()), Wish.objects.count()) == (1, 0)


def test_what_a_server_wants_later_is_tried_later_and_holds_up_no_other(post, outbox, monkeypatch):
    outbox.says_of_text = {ANNA: "450 later"}
    sign_up()
    for number in range(3):
        sign_up(f"other{number}@mail.example")
    post.step()
    assert sorted(outbox.to) == [f"other{number}@mail.example" for number in range(3)]
    outbox.says_of_text = {}
    assert not post.step()
    type(post)(post.sender).step()
    assert ANNA in outbox.to


def test_what_no_server_takes_is_forgotten(post, outbox):
    outbox.says = "550 nobody here"
    sign_up()
    post.step()
    assert (state(), Wish.objects.count()) == ([], 0)


def test_while_the_server_is_away_wishes_wait(post, outbox, settings):
    gone = replace(post.sender.smtp, port=1)
    away = type(post)(replace(post.sender, smtp=gone))
    sign_up()
    with pytest.raises(MailServerError):
        away.step()
    assert not away.step()
    assert Wish.objects.count() == 1
    post.step()
    assert outbox.to == [ANNA]


def test_more_than_fit_into_an_hour_are_told_to_come_later_whoever_they_are(outbox, monkeypatch):
    monkeypatch.setattr(actions, "SIGN_UPS_AN_HOUR", 1)
    monkeypatch.setattr(actions, "_this_hour", actions._ThisHour())
    assert sign_up().status_code == 200
    assert sign_up("other@mail.example").status_code == 503
    with pytest.raises(BusyError):
        actions.wish(address=read_address(ANNA), choices=None, consent="")


def test_the_block_on_other_pages_signs_up_with_an_address_alone(post, outbox):
    answer = send("/zh-hant/newsletter/", step="short", version=consents.VERSION, address=ANNA, consent="on")
    assert answer.status_code == 200
    post.step()
    found = Subscriber.objects.get()
    assert (found.language, found.topics) == ("zh-hant", ALL_TOPICS)


def test_words_that_changed_meanwhile_are_asked_for_again(outbox):
    answer = send("/en/newsletter/", step="short", version="2020-01", address=ANNA, consent="on")
    assert answer.status_code == 422
    assert Wish.objects.count() == 0


@pytest.mark.parametrize("changed", [{"consent": ""}, {"address": ""}, {"topics": []}, {"rhythm": "9"}, {"language": "xx"}])
def test_what_is_missing_is_asked_for_and_nothing_is_kept(outbox, changed):
    answer = sign_up(**changed)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert Wish.objects.count() == 0


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", ["someone@qq.com", "someone@vip.163.com", "a@b.edu.cn", "用户@例子.中国"])
def test_a_mailbox_within_reach_is_warned_of_before_it_is_kept(outbox, language, address):
    answer = sign_up(address, language)
    assert answer.status_code == 422
    assert Wish.objects.count() == 0
    assert send(f"/{language}/newsletter/", **{**read(answer).sent(address=address, consent="on"), "warned": "on"}).status_code == 200
    assert Wish.objects.count() == 1


def test_readers_of_simplified_characters_see_the_warning_before_the_field(outbox):
    page = Client().get("/zh-hans/newsletter/").content.decode()
    assert 0 < page.index("caution") < page.index('name="address"')
    assert "caution" not in Client().get("/en/newsletter/").content.decode()


def test_another_site_signs_nobody_up(outbox):
    page = read(Client().get("/en/newsletter/")).sent(address=ANNA, consent="on")
    answer = Client(headers={"Origin": "https://elsewhere.example"}).post("/en/newsletter/", page)
    assert answer.status_code == 403
    assert Wish.objects.count() == 0


def test_without_a_server_that_sends_there_is_no_newsletter(db):
    assert Client().get("/en/newsletter/").status_code == 404
    assert send("/en/newsletter/", address=ANNA, consent="on", step="short", version=consents.VERSION).status_code == 404
    assert Wish.objects.count() == 0


def test_the_address_of_one_without_latin_letters_is_written_to(post, outbox):
    sign_up("пользователь@почта.example")
    post.step()
    assert outbox.to == ["пользователь@xn--80a1acny.example"]
    assert "пользователь@xn--80a1acny.example".encode() in outbox.raw[0]
    letter = message_from_bytes(outbox.raw[0], policy=policy.SMTPUTF8)
    assert send(links(letter)["c"]).status_code == 200


def test_where_no_server_can_reach_it_it_is_forgotten(post, outbox, monkeypatch):
    monkeypatch.setattr("smtplib.SMTP.has_extn", lambda *_: False)
    sign_up("пользователь@почта.example")
    sign_up(ANNA)
    while post.step():
        pass
    assert outbox.to == [ANNA]
    assert state() == [(State.WAITING, ANNA)]


def test_no_key_is_made_in_the_place_of_one_that_is_gone(outbox, monkeypatch, tmp_path):
    from tuidang.kernel.errors import DamagedError
    from tuidang.kernel.places import Places

    sign_up()
    monkeypatch.setattr(adapters, "places", lambda: Places(tmp_path / "data"))
    with pytest.raises(DamagedError):
        adapters.mark(read_address(ANNA))
    Wish.objects.all().delete()
    assert adapters.mark(read_address(ANNA))
    assert (tmp_path / "data.keys" / "newsletter").stat().st_mode & 0o777 == 0o600
