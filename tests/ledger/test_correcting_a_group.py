"""A group on the record is corrected as a whole by its own code: text and place for all of them, a name for whoever bears it."""

import pytest
from tests.ledger.erasing import traces
from tests.ledger.register import decide, declare, index_of
from tests.ledger.test_correcting import everything_in, settled, stands, to
from tests.ledger.test_wishes import voids

from tuidang.kernel import clock
from tuidang.ledger import actions, queries, sealing
from tuidang.ledger.actions import correcting
from tuidang.ledger.models import Instruction

THREE = ("平安", "晨光", "小河")
OURS = "我们：平安、晨光、小河，声明退出。"


def on_record(*names: str, text: str = OURS):
    family = declare(*names, text=text)
    decide()
    sealing.seal(force=True)
    return family


@pytest.mark.parametrize("told", [("", "我们：平安、晨光、小河，一起声明退出。", 0), ("声明", OURS, 0), ("", OURS, 1_510_000)])
def test_text_title_and_place_of_a_family_on_the_record_are_corrected_for_all_of_them(register, told):
    family = on_record(*THREE)
    before = {number: index_of(family.member(number)) for number in (1, 2, 3)}
    assert actions.correct(code=family, correction=to(*THREE, told=told, organisations=7)) == "replaced"
    assert actions.correct(code=family, correction=to(*THREE, told=told, organisations=7)) == "same"
    waiting = [one.pending for one in queries.opened_by(family)]
    (statement,) = {one.declaration.id: one.declaration.statement for one in waiting}.values()
    assert (statement.title, statement.region) == (told[0], told[2])
    voids_on = list(Instruction.objects.filter(ref__in=before.values()).values_list("not_before", flat=True))
    assert len(voids_on) == 3
    today = clock.today()
    assert today < max(voids_on) < statement.sealed_from <= today + 7
    everything_in(register)
    settled(register, 3)
    assert voids().keys() == set(before.values())
    assert set(stands(family)) == set(THREE)
    assert "平安" not in "".join(stands(family).values())
    assert actions.take_back(code=family, erase=True) == "taken_back"
    assert traces(family) == set()
    everything_in(register)
    register.check(0)


def test_where_the_text_of_a_family_stays_only_who_is_corrected_is_entered_anew(register):
    family = on_record(*THREE)
    assert actions.correct(code=family, correction=to("平安", "晨曦", "小河", told=("", OURS, 0), organisations=7)) == "replaced"
    assert Instruction.objects.count() == 1
    assert [bool(one.pending) for one in queries.opened_by(family)] == [False, True, False]
    everything_in(register)
    settled(register, 3)
    assert set(stands(family)) == {"平安", "晨曦", "小河"}
    same = to("平安", "晨曦", "小河", told=("", "我们：平安、晨曦、小河，声明退出。", 0), organisations=7)
    assert actions.correct(code=family, correction=same) == "same"


def test_who_left_a_family_is_not_brought_back_and_reads_as_a_blank(register):
    family = on_record(*THREE)
    actions.take_back(code=family.member(1), erase=True)
    actions.take_back(code=family.member(2))
    assert actions.correct(code=family, correction=to("小河", told=("", "我们：○、晨光、小河，声明退出。", 0), organisations=7)) == "same"
    told = ("", "○、晨光和小河声明退出。", 0)
    assert actions.correct(code=family, correction=to("小溪", told=told, organisations=7)) == "replaced"
    everything_in(register)
    settled(register, 1)
    assert stands(family) == {"小溪": "○、{{2}}和{{3}}声明退出。"}


def test_a_family_that_is_corrected_on_the_record_is_corrected_in_place_until_it_is_entered_again(register):
    family = on_record(*THREE)
    assert actions.correct(code=family, correction=to(*THREE, told=("", "平安、晨光、小河退出。", 0), organisations=7)) == "replaced"
    sealed_from = queries.opened_by(family)[0].pending.declaration.statement.sealed_from
    assert actions.correct(code=family, correction=to(*THREE, told=("", "平安、晨光、小河都退出。", 0), organisations=7)) == "corrected"
    assert {one.pending.declaration.statement.sealed_from for one in queries.opened_by(family)} == {sealed_from}
    assert actions.correct(code=family.member(2), correction=to("晨曦", organisations=7)) == "corrected"
    everything_in(register)
    settled(register, 3)
    assert stands(family) == dict.fromkeys(("平安", "晨曦", "小河"), "{{1}}、{{2}}、{{3}}都退出。")


def test_a_family_is_corrected_as_a_whole_only_where_nobody_waits_and_up_to_an_end(register, monkeypatch):
    family = on_record(*THREE)
    told = to(*THREE, told=("", "平安、晨光、小河退出。", 0), organisations=7)
    assert actions.correct(code=family.member(1), correction=to("远山")) == "replaced"
    assert actions.correct(code=family, correction=told) == "not_now", "one waits, two are on the record"
    everything_in(register)
    monkeypatch.setattr("tuidang.ledger.actions.correcting.MOST_VERSIONS", 1)
    assert actions.correct(code=family, correction=told) == "not_now", "one of them was corrected to the end"
    assert actions.correct(code=family.member(2), correction=to("晨曦")) == "replaced"


def test_a_member_of_a_family_corrects_nobodys_text(register):
    family = on_record(*THREE)
    assert actions.correct(code=family.member(1), correction=to("平安", told=("", "另一句。", 0), organisations=7)) == "same"


def test_of_two_who_are_corrected_the_one_who_is_voided_meanwhile_does_not_hide_that_the_other_was(register, monkeypatch):
    """An operator's void is committed between reading the group and leaving the wishes."""
    code = on_record("平安", "远山", "清泉")
    before = queries.opened_by(code)
    operators = before[0].sealed[0][1].index
    leave = correcting.leave_wish

    def overtaken(version, record, *, ref=None, **more):
        if ref == operators:
            actions.instruct_void(ref=ref, reason=2)
        return leave(version, record, ref=ref, **more)

    monkeypatch.setattr(correcting, "leave_wish", overtaken)
    assert actions.correct(code=code, correction=to("远云", "小河", "清泉", organisations=7)) == "replaced"
    assert [bool(one.pending) for one in queries.opened_by(code)] == [False, True, False]
