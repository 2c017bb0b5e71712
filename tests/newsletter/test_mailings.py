"""A mailing goes to each reader who wants it, once, whatever breaks off; what cannot be known is told and not sent again by itself."""

from __future__ import annotations

import dataclasses

import pytest
from django.test import Client
from tests.newsletter.mailed import begun, fates, many, of, readers
from tests.newsletter.readers import ANNA, BOTH

from tuidang.kernel import clock
from tuidang.kernel.mailing import MailServerError, NotNowError, UnsureError
from tuidang.newsletter import actions, adapters, delivering, mailings, queries
from tuidang.newsletter.delivering import AT_ONCE, REFUSED_IN_A_ROW, Courier
from tuidang.newsletter.models import Delivery, Mailing
from tuidang.newsletter.policies import MOST_TRIES, read_address
from tuidang.newsletter.states import ALL_TOPICS, Fate, Reason, Rhythm, Sending, Topic

pytestmark = pytest.mark.django_db(databases=BOTH)


@pytest.fixture
def courier(outbox, settings):
    return Courier(settings.ENVIRONMENT.newsletter)


def run(courier) -> None:
    while courier.step():
        pass


class Killed(BaseException):
    """As a kill: nothing that is caught."""


def test_each_reader_who_wants_it_gets_one(courier, outbox):
    readers("each@mail.example", "too@mail.example")
    readers("weekly@mail.example", rhythm=Rhythm.WEEKLY)
    readers("events@mail.example", topics=Topic.EVENTS)
    readers("both@mail.example", topics=ALL_TOPICS, rhythm=Rhythm.EACH)
    mailing = begun()
    run(courier)
    assert sorted(outbox.to) == ["both@mail.example", "each@mail.example", "too@mail.example"]
    assert fates(mailing) == {"SENT": 3}
    assert mailings.standing(mailing).sending == Sending.DONE
    run(courier)
    run(Courier(courier.sender))
    assert len(outbox.to) == 3


def test_a_mailing_is_begun_once(courier, outbox):
    readers(ANNA)
    mailing = begun()
    run(courier)
    assert not mailings.begin(mailing=mailing, topic=Topic.NEWS, rhythms=[Rhythm.EACH], texts=[])
    run(courier)
    assert outbox.to == [ANNA]


def test_who_has_to_confirm_yet_or_left_before_their_turn_gets_none(courier, outbox):
    from tests.newsletter.readers import sign_up

    sign_up("waits@mail.example", rhythm=str(Rhythm.EACH.value))
    readers(ANNA, "stays@mail.example")
    mailing = begun()
    while mailings.fill(mailing=mailing):
        pass
    actions.leave(subscriber=queries.subscriber_of(read_address(ANNA)))
    run(courier)
    assert outbox.to == ["stays@mail.example"]
    assert fates(mailing) == {"SENT": 1}


def test_letters_are_in_the_language_of_their_reader(courier, outbox):
    for language in ("en", "zh-hans", "zh-hant"):
        readers(f"{language}@mail.example", language=language)
    begun()
    run(courier)
    assert {letter["To"].partition("@")[0]: letter["Subject"] for letter in outbox.answers()} == {
        one: f"What is new ({one})" for one in ("en", "zh-hans", "zh-hant")
    }


def test_paused_it_stands_still_and_goes_on_where_it_was(courier, outbox):
    everyone = many(AT_ONCE * 2)
    mailing = begun()
    courier.step()
    assert mailings.pause(mailing=mailing)
    run(courier)
    before = len(outbox.to)
    assert 0 < before < len(everyone)
    assert mailings.resume(mailing=mailing)
    run(courier)
    assert sorted(outbox.to) == sorted(everyone)
    assert mailings.stop(mailing=mailing) is False


def test_stopped_it_does_not_go_on(courier, outbox):
    many(AT_ONCE * 2)
    mailing = begun()
    courier.step()
    assert mailings.stop(mailing=mailing)
    assert not mailings.resume(mailing=mailing)
    run(courier)
    assert len(outbox.to) == AT_ONCE


@pytest.mark.parametrize("after", [0, 1, 7, AT_ONCE - 1])
@pytest.mark.parametrize("taken", [True, False])
def test_killed_while_a_letter_is_on_its_way_it_is_told_and_not_sent_again(courier, outbox, monkeypatch, after, taken):
    """Killed before or after the server had it: for us the same."""
    everyone = many(AT_ONCE + 20)
    mailing = begun()
    handed = delivering.Line.hand_over

    def dies(line, message):
        if len(outbox.to) == after:
            if taken:
                handed(line, message)
            raise Killed
        return handed(line, message)

    with monkeypatch.context() as patched:
        # What a killed process does not do any more.
        patched.setattr(mailings, "end_batch", lambda **_: None)
        patched.setattr(delivering.Line, "hand_over", dies)
        with pytest.raises(Killed):
            run(courier)
    assert len(of(Fate.HANDED)) == 1
    run(Courier(courier.sender))
    assert fates(mailing) == {"SENT": len(everyone) - 1, "UNKNOWN": 1}
    assert len(set(outbox.to)) == len(outbox.to) == len(everyone) - (not taken)
    assert mailings.standing(mailing).sending == Sending.DONE
    # Somebody decides.
    assert mailings.send_unknown(mailing=mailing) == 1
    run(Courier(courier.sender))
    assert set(outbox.to) == set(everyone)
    assert fates(mailing) == {"SENT": len(everyone)}


def test_after_the_machine_stopped_nothing_that_was_taken_up_is_sent_again(courier, outbox):
    many(5)
    mailing = begun()
    while mailings.fill(mailing=mailing):
        pass
    numbers = [one.id for one in of(Fate.WAITING)]
    mailings.take(mailing=mailing, deliveries=numbers[:3])
    Mailing.objects.update(boot="another run of the machine")
    run(courier)
    from django.db import connections

    lost = 3 if connections["newsletter"].vendor == "sqlite" else 0
    assert len(outbox.to) == 5 - lost
    assert fates(mailing).get("UNKNOWN", 0) == lost


def test_a_second_process_takes_nothing_that_the_first_has_taken(courier, outbox):
    many(3)
    mailing = begun()
    while mailings.fill(mailing=mailing):
        pass
    numbers = [one.id for one in of(Fate.WAITING)]
    assert len(mailings.take(mailing=mailing, deliveries=numbers)) == 3
    assert mailings.take(mailing=mailing, deliveries=numbers) == {}
    assert mailings.step_on(done={}, hand=numbers[0])
    assert not mailings.step_on(done={}, hand=numbers[0])


def test_where_the_server_broke_off_with_the_text_it_is_unknown_and_before_it_waits(courier, outbox, monkeypatch):
    many(2)
    mailing = begun()
    with monkeypatch.context() as patched:
        patched.setattr(delivering.Line, "hand_over", lambda *_: (_ for _ in ()).throw(UnsureError("x")))
        with pytest.raises(MailServerError):
            courier.step()
    assert fates(mailing) == {"WAITING": 1, "UNKNOWN": 1}
    with monkeypatch.context() as patched:
        patched.setattr(delivering.Line, "hand_over", lambda *_: (_ for _ in ()).throw(MailServerError("x")))
        with pytest.raises(MailServerError):
            Courier(courier.sender).step()
    assert fates(mailing) == {"WAITING": 1, "UNKNOWN": 1}
    assert not courier.step()
    run(Courier(courier.sender))
    assert fates(mailing) == {"SENT": 1, "UNKNOWN": 1}


def test_what_a_server_refuses_is_counted_and_what_it_wants_later_waits(courier, outbox):
    readers(ANNA, "gone@mail.example", "full@full.example")
    outbox.says_of_text = {"gone@mail.example": "550 nobody here", "full@full.example": "452 later"}
    mailing = begun()
    run(courier)
    assert outbox.to == [ANNA]
    assert fates(mailing) == {"SENT": 1, "REFUSED": 1, "WAITING": 1}
    for _ in range(MOST_TRIES - 1):
        run(Courier(courier.sender))
    assert fates(mailing) == {"SENT": 1, "REFUSED": 2}


def test_where_the_server_refuses_all_it_is_paused(courier, outbox):
    many(REFUSED_IN_A_ROW * 4)
    outbox.says = "550 no"
    mailing = begun()
    run(courier)
    assert mailings.standing(mailing).sending == Sending.PAUSED
    assert fates(mailing)["REFUSED"] <= AT_ONCE


def test_a_provider_gets_no_more_a_minute_than_is_set(outbox, settings, monkeypatch):
    sender = dataclasses.replace(settings.ENVIRONMENT.newsletter, rates={"gmail.com": 60, "*": 6000})
    courier, now = Courier(sender), [1000.0]
    monkeypatch.setattr(delivering.time, "monotonic", lambda: now[0])
    many(15, "gmail.com")
    many(15, "googlemail.com")
    many(30, "elsewhere.example")
    begun()

    def sent() -> int:
        run(courier)
        return sum("g" in one.partition("@")[2][:1] for one in outbox.to)

    assert sent() == 10
    assert len(outbox.to) == 40
    now[0] += 5
    assert sent() == 15
    for _ in range(4):
        now[0] += 10
        sent()
    assert len(outbox.to) == 60


def test_in_no_minute_a_provider_gets_more_than_is_set_and_each_has_its_own_rate(outbox, settings, monkeypatch):
    rates = {"slow.example": 30, "*": 120}
    courier, now = Courier(dataclasses.replace(settings.ENVIRONMENT.newsletter, rates=rates)), [1000.0]
    monkeypatch.setattr(delivering.time, "monotonic", lambda: now[0])
    many(100, "slow.example")
    many(150, "quick.example")
    begun()
    went: list[tuple[int, str]] = []
    for second in range(240):
        run(courier)
        went += [(second, one.partition("@")[2]) for one in outbox.to[len(went) :]]
        now[0] += 1
    assert len(went) == len(set(outbox.to)) == 250
    for domain, most in (("slow.example", 30), ("quick.example", 120)):
        seconds = [second for second, one in went if one == domain]
        windows = [sum(start <= second < start + 60 for second in seconds) for start in range(240)]
        assert max(windows) == most
        assert seconds[-1] <= len(seconds) / most * 60
    assert max(second for second, one in went if one == "quick.example") < min(
        second for second, one in went[-30:] if one == "slow.example"
    )


def test_whoever_unsubscribes_from_a_letter_counts_and_is_named_no_more(courier, outbox):
    readers(ANNA, "other@mail.example")
    mailing = begun()
    run(courier)
    letter = next(one for one in outbox.answers() if one["To"] == ANNA)
    address = letter["List-Unsubscribe"].strip("<>")
    path = "/" + address.split("/", 3)[3]
    assert Client().get(path).status_code == 302
    assert fates(mailing) == {"SENT": 2}
    answer = Client().post(path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert fates(mailing) == {"SENT": 1, "LEFT": 1}
    assert [one.subscriber_id for one in of(Fate.LEFT)] == [None]


@pytest.mark.parametrize("when", ["waits", "is taken up", "is on its way", "is sent", "came back"])
@pytest.mark.parametrize("goes", ["leaves", "erases", "complains"])
def test_figures_are_right_whoever_goes_at_whatever_moment(outbox, when, goes):
    """`fates` compares what is kept with what there is: here while a batch goes out, and after it."""
    readers(ANNA, "other@mail.example")
    mailing, anna = begun(), queries.subscriber_of(read_address(ANNA))
    while mailings.fill(mailing=mailing):
        pass
    number = Delivery.objects.get(subscriber=anna).id
    everyone = [one.id for one in of(Fate.WAITING)]
    if when != "waits":
        assert len(mailings.take(mailing=mailing, deliveries=everyone)) == 2
    if when not in ("waits", "is taken up"):
        assert mailings.step_on(done={}, hand=number)
    if when in ("is sent", "came back"):
        assert mailings.step_on(done={number: Fate.SENT}, hand=None)
    if when == "came back":
        assert mailings.came_back(delivery=number, fate=Fate.BOUNCED) == anna
    fates(mailing)
    if goes == "leaves":
        actions.leave(subscriber=anna)
    elif goes == "erases":
        actions.erase(address=read_address(ANNA))
    else:
        mailings.came_back(delivery=number, fate=Fate.COMPLAINED)
        actions.shut_out(address=read_address(ANNA), reason=Reason.COMPLAINED)
    fates(mailing)
    mailings.step_on(done={number: Fate.SENT}, hand=None)
    mailings.end_batch(mailing=mailing, deliveries=everyone)
    counted = fates(mailing)
    assert counted.pop("WAITING") == 1
    left = (
        {"is sent": "LEFT", "came back": "BOUNCED"}.get(when, "SENT") if goes == "leaves" else "BOUNCED" if when == "came back" else "SENT"
    )
    never_went = when in ("waits", "is taken up")
    assert counted == ({} if never_went else {"COMPLAINED" if goes == "complains" else left: 1})


def test_a_process_that_was_killed_leaves_figures_that_are_right_again(courier, outbox):
    many(4)
    mailing = begun()
    while mailings.fill(mailing=mailing):
        pass
    numbers = [one.id for one in of(Fate.WAITING)]
    mailings.take(mailing=mailing, deliveries=numbers[:3])
    mailings.step_on(done={}, hand=numbers[0])
    mailings.step_on(done={numbers[0]: Fate.SENT}, hand=numbers[1])
    assert fates(mailing) == {"TAKEN": 3, "WAITING": 1}
    assert mailings.recover(mailing=mailing) == 1
    assert fates(mailing) == {"SENT": 1, "UNKNOWN": 1, "WAITING": 2}
    run(courier)
    assert fates(mailing) == {"SENT": 3, "UNKNOWN": 1}
    assert len(outbox.to) == 2


def test_a_month_later_only_figures_are_left(courier, outbox, monkeypatch):
    readers(ANNA, "other@mail.example")
    mailing = begun()
    run(courier)
    assert not mailings.forget_old()
    today = clock.today()
    monkeypatch.setattr(clock, "today", lambda: today + mailings.KEPT_DAYS + 1)
    monkeypatch.setattr(mailings, "AT_ONCE", 1)
    assert mailings.forget_old()
    assert Delivery.objects.count() == 1
    assert mailings.forget_old()
    assert not mailings.forget_old()
    assert not Delivery.objects.exists()
    assert fates(mailing) == {"SENT": 2}


def test_one_that_stands_paused_names_nobody_after_a_month_either(courier, monkeypatch):
    readers(ANNA)
    mailing = begun()
    while mailings.fill(mailing=mailing):
        pass
    assert mailings.pause(mailing=mailing)
    today = clock.today()
    monkeypatch.setattr(clock, "today", lambda: today + mailings.KEPT_DAYS)
    assert not mailings.forget_old()
    assert mailings.standing(mailing).sending == Sending.PAUSED
    monkeypatch.setattr(clock, "today", lambda: today + mailings.KEPT_DAYS + 1)
    assert mailings.forget_old()
    assert not Delivery.objects.exists()
    assert not mailings.resume(mailing=mailing), "it would go to those alone whom it had not listed yet"


def test_a_mark_of_return_leads_to_its_delivery_alone():
    assert adapters.read_return_mark(adapters.return_mark(7)) == 7
    made_up = adapters.return_mark(7)[:-1] + "0"
    assert made_up == adapters.return_mark(7) or adapters.read_return_mark(made_up) is None


def test_not_now_is_not_unsure():
    assert not issubclass(NotNowError, MailServerError)
