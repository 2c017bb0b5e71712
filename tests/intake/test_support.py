"""Messages of support: taken once, read by a person, counted apart, taken down by their code, and never in the ledger."""

import pytest
from tests.accounts.people import clock_ahead, member_with
from tests.intake.supporting import TEXT, decide, message, published, sent

from tuidang.accounts.models import Event
from tuidang.accounts.policies import Role
from tuidang.intake import actions as intake
from tuidang.intake.models import Support, SupportMessage, SupportTally
from tuidang.intake.support import actions, policies, queries
from tuidang.intake.support.states import Refusal, State, Turn
from tuidang.kernel.errors import RefusedError
from tuidang.vault import daykeys
from tuidang.vault.codes import Code

pytestmark = pytest.mark.django_db
DAY = 86_400


@pytest.fixture
def member():
    return member_with(Role.REVIEWER)


def later(monkeypatch, tmp_path, days):
    clock_ahead(monkeypatch, tmp_path, days * DAY)


def texts():
    return [one.text for one in queries.page().messages]


def test_nothing_is_public_before_a_person_has_read_it_and_nothing_readable_is_stored(member):
    code = sent()
    row = SupportMessage.objects.get()
    assert texts() == []
    assert queries.shown() == 0
    assert TEXT.encode() not in bytes(row.blob)
    assert queries.standing(code).state is State.WAITING
    assert decide(member, code) == 1
    assert texts() == [TEXT]
    assert queries.shown() == 1
    assert queries.standing(code).state is State.PUBLIC


def test_the_same_form_twice_is_one_message_and_other_words_are_not_taken(member):
    code = Code(bytes(16))
    results = [actions.take(code=code, message=message(text)).result for text in ("A", "A", "B")]
    assert results == ["new", "same", "other"]
    decide(member, code)
    assert actions.take(code=code, message=message("A")).result == "same"
    assert SupportTally.objects.get().received == 1


def test_a_refusal_gives_a_reason_and_is_deleted_after_thirty_days(member, monkeypatch, tmp_path):
    code = sent()
    actions.claim(member=member)
    with pytest.raises(RefusedError):
        actions.decide(member=member, refuse={queries.message_id(code): Refusal.NONE})
    assert decide(member, code, refusal=Refusal.INSULT) == 1
    found = queries.standing(code)
    assert (found.state, found.refusal, found.content.text) == (State.REFUSED, Refusal.INSULT, TEXT)
    later(monkeypatch, tmp_path, policies.REFUSED_DAYS)
    assert actions.forget_old() == 0
    later(monkeypatch, tmp_path, policies.REFUSED_DAYS + 1)
    assert actions.forget_old() == 1
    assert queries.standing(code) is None


def test_what_was_published_stays_when_the_note_of_who_did_it_goes(member, monkeypatch, tmp_path):
    code = published(member)
    later(monkeypatch, tmp_path, policies.UNDO_DAYS + 1)
    assert actions.forget_old() == 1
    assert not SupportMessage.objects.exists()
    assert texts() == [TEXT]
    assert queries.standing(code).state is State.PUBLIC
    assert actions.undo(member=member) == 0


def test_a_screen_is_undone_whole_and_comes_back_as_it_was_marked(member):
    good, bad = sent("good"), sent("bad")
    actions.claim(member=member)
    actions.decide(member=member, publish=[queries.message_id(good)], refuse={queries.message_id(bad): Refusal.SPAM})
    assert (queries.last_decided(member).published, queries.last_decided(member).refused) == (1, 1)
    assert actions.undo(member=member) == 2
    assert texts() == []
    assert queries.shown() == 0
    held, _ = queries.held(member)
    assert {one.content.text: one.undone for one in held} == {"good": Refusal.NONE, "bad": Refusal.SPAM}
    assert queries.last_decided(member) is None


def test_only_the_last_screen_can_be_undone_and_only_by_its_member(member):
    published(member, "first")
    published(member, "second")
    assert actions.undo(member=member_with(Role.REVIEWER)) == 0
    assert actions.undo(member=member) == 1
    assert texts() == ["first"]


def test_two_reviewers_never_have_the_same_message(member):
    other = member_with(Role.REVIEWER)
    codes = [sent(str(number)) for number in range(3)]
    assert actions.claim(member=member, size=2) == 2
    assert actions.claim(member=other) == 1
    assert actions.decide(member=other, publish=[queries.message_id(code) for code in codes]) == 1


def test_after_ten_minutes_someone_else_gets_it(member, monkeypatch, tmp_path):
    sent()
    other = member_with(Role.REVIEWER)
    actions.claim(member=member)
    assert actions.claim(member=other) == 0
    clock_ahead(monkeypatch, tmp_path, policies.LEASE_SECONDS + 1)
    assert actions.claim(member=other) == 1


@pytest.mark.parametrize("where", ["waiting", "public", "refused"])
def test_its_code_takes_it_down_wherever_it_is(member, where):
    code = sent()
    if where != "waiting":
        decide(member, code, refusal=None if where == "public" else Refusal.OTHER)
    kept = published(member, "another")
    assert actions.take_back(code=code) == "gone"
    assert actions.take_back(code=code) == "unknown"
    assert queries.standing(code) is None
    assert texts() == ["another"]
    assert queries.shown() == 1
    assert queries.standing(kept) is not None
    assert TEXT not in str(list(Support.objects.values()))


def test_a_reviewer_takes_down_what_anyone_published(member):
    code = published(member)
    other = member_with(Role.REVIEWER)
    assert actions.take_down(member=other, number=Support.objects.get().number)
    assert not actions.take_down(member=other, number=10**15)
    assert (queries.standing(code), queries.shown()) == (None, 0)


def test_pages_are_newest_first_and_each_message_stands_on_one(member, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 2)
    for number in range(5):
        published(member, str(number))
    seen, before = [], None
    while True:
        page = queries.page(before=before)
        seen.append([one.text for one in page.messages])
        before = page.older
        if before is None:
            break
    assert seen == [["4", "3"], ["2", "1"], ["0"]]


def test_a_flood_stands_behind_people_and_what_nobody_reads_of_it_goes(member, monkeypatch, tmp_path):
    monkeypatch.setattr(actions, "IN_ORDER_A_DAY", 2)
    monkeypatch.setattr(actions, "MOST_A_DAY", 4)
    for number in range(4):
        sent(f"flood {number}")
    assert actions.take(code=Code(bytes(16)), message=message()).result == "full"
    assert list(SupportMessage.objects.order_by("turn").values_list("turn", flat=True)) == [Turn.IN_ORDER] * 2 + [Turn.LATER] * 2
    later(monkeypatch, tmp_path, 1)
    sent("a person, the day after")
    actions.claim(member=member, size=3)
    assert "a person, the day after" in [one.content.text for one in queries.held(member)[0]]
    later(monkeypatch, tmp_path, policies.LATER_DAYS + 1)
    assert actions.forget_old() == 2
    assert queries.late(10) == 3


def test_a_message_outlives_the_key_of_its_day(member):
    code = sent()
    old = SupportMessage.objects.get().key_id
    daykeys.rotate()
    assert intake.carry_over(old_key=old) == 1
    assert intake.carry_over(old_key=old) == 0
    assert SupportMessage.objects.get().key_id != old
    assert queries.standing(code).content.text == TEXT


def test_one_that_is_damaged_holds_up_no_key():
    sent()
    row = SupportMessage.objects.get()
    SupportMessage.objects.update(blob=b"damaged")
    daykeys.rotate()
    intake.carry_over(old_key=row.key_id)
    assert not SupportMessage.objects.exists()


def test_what_can_never_be_read_is_not_published(member):
    code = sent()
    SupportMessage.objects.update(blob=b"damaged")
    assert decide(member, code) == 1
    assert (texts(), queries.standing(code).refusal) == ([], Refusal.OTHER)


def test_the_trail_holds_codes_alone(member):
    code = published(member, "a text of somebody")
    actions.undo(member=member)
    trail = " ".join(f"{one.verb} {one.subject}" for one in Event.objects.filter(verb__startswith="support"))
    assert "support.publish" in trail
    assert "support.undo" in trail
    assert queries.message_id(code).hex not in trail
    assert "somebody" not in trail
