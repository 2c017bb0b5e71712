"""What is corrected, at whatever point of a sealing and in whatever order with other wishes: it counts once, as it was said last."""

import itertools
import random
import threading
import time

import pytest
from django.db import connection
from tests.ledger.erasing import traces
from tests.ledger.points import POINTS, seal_with
from tests.ledger.register import as_another_process, decide, declare, index_of
from tests.ledger.test_wishes import declared, member_of_staff, voids

from tlog.entry import SELF_VOID
from tlog.promise import Outcome as Fate
from tuidang.intake import actions as intake
from tuidang.intake import queries as handed_in
from tuidang.intake.content import Correction, NewPerson
from tuidang.intake.models import Declarant, Outcome
from tuidang.kernel import clock
from tuidang.kernel.errors import RefusedError
from tuidang.ledger import actions, adapters, gathering, queries, sealing, stage
from tuidang.ledger.models import Instruction
from tuidang.review import actions as review
from tuidang.review.models import Case, Tally
from tuidang.review.states import Refusal
from tuidang.screening import actions as screening
from tuidang.vault.codes import MOST_VERSIONS

TOLD = ("", "我声明退出，另写一句。", 0)


def to(*names: str, told=None, organisations: int = 3) -> Correction:
    return Correction(tuple(NewPerson(name, organisations) for name in names), told)


def stands(code) -> dict[str, str]:
    """Name and text of everyone whom the code opens and who counts or is to count."""
    found = {}
    for one in queries.opened_by(code):
        live = [version for _, version in one.sealed if not version.void and not version.void_wished]
        found |= {version.content.name: version.text for version in live}
        if one.pending and handed_in.stands(one.pending.person):
            found[one.pending.person.person.name] = one.pending.declaration.statement.text
    return found


def everything_in(register) -> None:
    """Days pass until all that was wished is carried out."""
    for _ in range(9):
        decide()
        sealing.seal(force=True)
        register.later(1)
    sealing.seal(force=True)


def settled(register, count: int) -> None:
    register.check(count)
    totals = queries.snapshot().totals
    assert totals.voided == len(voids())
    assert handed_in.accepted_in_all() == totals.count + totals.voided
    assert not Declarant.objects.filter(state=0).exists()
    assert not Instruction.objects.filter(commitment__isnull=True).exists()


@pytest.mark.parametrize("point", POINTS)
def test_one_person_corrects_while_a_batch_is_under_way(register, monkeypatch, point):
    code, other = declare("远山"), declare("平安")
    decide()

    def correct():
        with as_another_process():
            assert actions.correct(code=code, correction=to("远水", told=TOLD)) in ("corrected", "replaced")
            assert stands(code) == {"远水": TOLD[1]}
            assert actions.correct(code=code, correction=to("远水", told=TOLD)) == "same"

    seal_with(monkeypatch, point, correct)
    register.check(declared() - len(voids()))
    everything_in(register)
    settled(register, 2)
    assert stands(code) == {"远水": TOLD[1]}
    assert set(voids().values()) <= {SELF_VOID}
    assert len(stands(other)) == 1


@pytest.mark.parametrize("who", ["group", "member"])
@pytest.mark.parametrize("point", POINTS)
def test_a_family_corrects_while_a_batch_is_under_way(register, monkeypatch, point, who):
    family = declare("平安", "晨光", "小河", text="我们：平安、晨光、小河，声明退出。")
    decide()

    def correct():
        if who == "group":
            names = ("平安", "晨曦", "小河")
            result = actions.correct(
                code=family, correction=to(*names, told=("", "我们：平安、晨光、小河，一起声明退出。", 0), organisations=7)
            )
            assert result == ("replaced" if point in ("end day", "drop stage", "afterwards") else "corrected")
        else:
            assert actions.correct(code=family.member(2), correction=to("晨曦")) in ("corrected", "replaced")

    seal_with(monkeypatch, point, correct)
    everything_in(register)
    settled(register, 3)
    assert set(stands(family)) == {"平安", "晨曦", "小河"}
    expected = "我们：{{1}}、{{2}}、{{3}}，一起声明退出。" if who == "group" else "我们：{{1}}、{{2}}、{{3}}，声明退出。"
    assert set(stands(family).values()) == {expected}
    actions.take_back(code=family, erase=True)
    assert traces(family) == set()
    everything_in(register)
    register.check(0)


WISHES = {
    "name": lambda code: actions.correct(code=code, correction=to(f"远{code.secret.hex()[:6]}")),
    "text": lambda code: actions.correct(code=code, correction=to(f"水{code.secret.hex()[:6]}", told=TOLD)),
    "back": lambda code: actions.take_back(code=code),
    "erase": lambda code: actions.take_back(code=code, erase=True),
    "seal": lambda _: sealing.seal(force=True),
    "decide": lambda _: decide(),
    "publish": lambda code: actions.wish(code=code, publish=True),
    "unpublish": lambda code: actions.wish(code=code, publish=False),
}


@pytest.mark.parametrize("order", list(itertools.permutations(("name", "text", "seal", "back"))), ids="-".join)
def test_every_order_of_correcting_sealing_and_taking_back(register, order):
    code = declare("远山")
    decide()
    for step in order:
        WISHES[step](code)
    if order[-1] != "back":
        assert actions.take_back(code=code) == "already", "what was taken back is not corrected"
    everything_in(register)
    settled(register, 0)
    assert stands(code) == {}


@pytest.mark.parametrize("seed", range(12))
def test_any_wishes_in_any_order_leave_one_consistent_ledger(register, seed):
    choice = random.Random(seed)
    codes = [declare("远山"), declare("平安", "晨光")]
    for _ in range(14):
        code = choice.choice([codes[0], codes[1], codes[1].member(1), codes[1].member(2)])
        WISHES[choice.choice(list(WISHES))](code)
        if choice.random() < 0.4:
            register.later(choice.randint(1, 3))
        expected = sum(len(stands(one)) for one in codes)
    everything_in(register)
    settled(register, expected)
    for code in codes:
        actions.take_back(code=code, erase=True)
        assert traces(code) == set()


def test_the_old_promise_is_superseded_and_the_new_one_is_another(register):
    code = declare("远山")
    before = queries.opened_by(code)[0].pending.person
    actions.correct(code=code, correction=to("远水"))
    after = queries.opened_by(code)[0].pending.person
    assert [bytes(row.mark) for row in Outcome.objects.all()] == [Fate.SUPERSEDED.hash(before.person.promise)]
    fresh = ("promise", "salt_p", "salt_q", "void_hash")
    assert not any(getattr(before.person, name) == getattr(after.person, name) for name in fresh)
    assert before.commitment != after.commitment


def test_what_is_corrected_is_screened_and_decided_anew_and_tallied_once(register):
    code = declare("远山")
    decide()
    actions.correct(code=code, correction=to("远水"))
    assert not Case.objects.exists()
    assert sum(Tally.objects.values_list("count", flat=True)) == 0
    decide()
    assert Case.objects.count() == 1
    assert sum(Tally.objects.values_list("count", flat=True)) == 1
    assert handed_in.accepted_in_all() == 1


def test_corrected_between_reading_and_screening_it_is_screened_as_it_is(register, monkeypatch):
    code = declare("远山")
    read = screening._readable

    def corrected_then(ids):
        found = read(ids)
        monkeypatch.setattr(screening, "_readable", read)
        actions.correct(code=code, correction=to("远水"))
        return found

    monkeypatch.setattr(screening, "_readable", corrected_then)
    screening.screen_new()
    assert handed_in.new_declarations(5) == [code.declaration_id()]


def test_corrected_between_two_readings_of_the_row_move_nobody_is_taken_for_lost(register, monkeypatch):
    code = declare("远山")
    decide()
    read, corrected = handed_in.contents, []

    def corrected_first(ids):
        if not corrected and adapters.signer().lock().size > adapters.head().size:
            corrected.append(actions.correct(code=code, correction=to("远水")))
        return read(ids)

    monkeypatch.setattr(handed_in, "contents", corrected_first)
    sealing.seal(force=True)
    assert corrected == ["corrected"]
    everything_in(register)
    settled(register, 1)
    assert set(stands(code)) == {"远水"}


def test_what_was_refused_or_taken_back_cannot_be_corrected(register):
    refused, back = declare("远山"), declare("平安")
    decide()
    member = member_of_staff()
    review.claim(member=member)
    review.decide_screen(member=member, marked={refused.declaration_id(): Refusal.INVENTED})
    actions.take_back(code=back)
    for code in (refused, back):
        assert actions.correct(code=code, correction=to("远水")) == "not_now"
    review.tell_intake(at_once=True)
    assert actions.correct(code=refused, correction=to("远水")) == "not_now"


def test_a_code_that_two_people_may_hold_corrects_after_seven_days(register):
    code = declare("远山")
    intake.note_second_answer(code=code)
    with pytest.raises(RefusedError):
        actions.correct(code=code, correction=to("远水"))
    register.later(7)
    assert actions.correct(code=code, correction=to("远水")) == "corrected"


def test_on_the_record_the_void_comes_first_and_what_stands_for_it_on_a_later_day_within_a_week(register):
    codes = [declare("远山") for _ in range(12)]
    decide()
    sealing.seal(force=True)
    today = clock.today()
    for code in codes:
        assert actions.correct(code=code, correction=to("远水")) == "replaced"
        statement = queries.opened_by(code)[0].pending.declaration.statement
        (void_on,) = Instruction.objects.filter(ref=queries.opened(code).index).values_list("not_before", flat=True)
        assert today < void_on < statement.sealed_from <= today + 7
        assert void_on <= today + 4
    for _ in range(8):
        decide()
        sealing.seal(force=True)
        assert register.check()["count"] <= len(codes)
        register.later(1)
    sealing.seal(force=True)
    settled(register, len(codes))


def test_while_it_waits_a_further_correction_changes_it_in_place(register):
    code = declare("远山")
    decide()
    sealing.seal(force=True)
    assert actions.correct(code=code, correction=to("远水")) == "replaced"
    assert actions.correct(code=code, correction=to("远云")) == "corrected"
    assert queries.opened_by(code)[0].pending.declaration.statement.sealed_from > clock.today()
    everything_in(register)
    settled(register, 1)
    assert stands(code) == {"远云": "我声明退出。"}


def test_it_can_be_corrected_again_and_again_up_to_an_end(register, monkeypatch):
    code = declare("远山")
    monkeypatch.setattr("tuidang.ledger.actions.correcting.MOST_VERSIONS", 2)
    for number in range(2):
        everything_in(register)
        assert actions.correct(code=code, correction=to(f"远水{number}")) == "replaced"
    everything_in(register)
    assert actions.correct(code=code, correction=to("远云")) == "not_now"
    assert MOST_VERSIONS == 20
    settled(register, 1)
    assert len(queries.opened_by(code)[0].sealed) == 3
    assert actions.take_back(code=code, erase=True) == "taken_back"
    assert traces(code) == set()


def test_a_name_of_before_the_correction_does_not_stay_in_a_groups_text(register):
    family = declare("平安", "晨光", text="平安和晨光声明退出。")
    actions.correct(code=family, correction=to("远山", "晨光", told=("", "平安和晨光声明退出。", 0)))
    assert set(stands(family).values()) == {"{{1}}和{{2}}声明退出。"}


def test_who_is_not_corrected_keeps_the_promise(register):
    family = declare("平安", "晨光")
    before = {one.number: one.pending.person.person.promise for one in queries.opened_by(family)}
    actions.correct(code=family.member(2), correction=to("晨曦"))
    after = {one.number: one.pending.person.person.promise for one in queries.opened_by(family)}
    assert before[1] == after[1]
    assert before[2] != after[2]


@pytest.mark.parametrize("point", ["make", "stage", "sign", "publish"])
def test_what_is_corrected_while_a_batch_is_under_way_never_counts_beside_it(register, monkeypatch, point):
    codes = [declare("远山") for _ in range(6)]
    decide()
    seal_with(monkeypatch, point, lambda: [actions.correct(code=code, correction=to("远水")) for code in codes])
    for _ in range(10):
        decide()
        sealing.seal(force=True)
        assert queries.snapshot().totals.count <= len(codes)
        register.later(1)
    settled(register, len(codes))
    assert [stands(code) for code in codes] == [{"远水": "我声明退出。"}] * len(codes)


@pytest.mark.parametrize("point", ["make", "stage", "sign"])
def test_what_is_corrected_once_it_is_gathered_waits_until_the_void_of_before_has_been_sealed(register, monkeypatch, point):
    code, other = declare("远山"), declare("平安")
    decide()
    today = clock.today()
    seal_with(monkeypatch, point, lambda: actions.correct(code=code, correction=to("远水")))
    statement = queries.opened_by(code)[0].pending.declaration.statement
    assert statement.sealed_from == today + 8
    (void,) = Instruction.objects.all()
    assert void.not_before < statement.sealed_from
    assert index_of(other) is not None
    assert queries.opened_by(other)[0].pending is None


def test_what_is_corrected_before_it_is_gathered_or_not_in_the_batch_waits_for_nothing(register, monkeypatch):
    code, waits = declare("远山"), declare("平安")
    decide()
    seal_with(monkeypatch, "gather", lambda: actions.correct(code=code, correction=to("远水")))
    assert queries.opened_by(code)[0].pending.declaration.statement.sealed_from == 0
    decide()
    gathered = gathering.candidates

    def without_one(*_):
        found = gathered()
        actions.correct(code=code, correction=to("远云"))
        return [one for one in found if one.declaration != code.declaration_id()]

    monkeypatch.setattr(gathering, "candidates", without_one)
    declare("清泉")
    decide()
    sealing.seal(force=True)
    assert queries.opened_by(code)[0].pending.declaration.statement.sealed_from == 0
    assert index_of(waits) is not None


def test_who_is_about_to_correct_when_the_stage_is_written_is_waited_for(register, monkeypatch):
    code = declare("远山")
    decide()
    gathered, names = threading.Event(), stage.names
    looked = threading.Event()

    def slowly():
        found = names()
        if threading.current_thread() is not threading.main_thread():
            looked.set()
            time.sleep(1.5)
        return found

    def correct():
        gathered.wait(10)
        actions.correct(code=code, correction=to("远水"))
        connection.close()

    other = threading.Thread(target=correct)
    other.start()

    def meanwhile():
        gathered.set()
        assert looked.wait(10)

    monkeypatch.setattr(stage, "names", slowly)
    today = clock.today()
    seal_with(monkeypatch, "stage", meanwhile)
    other.join()
    assert queries.opened_by(code)[0].pending.declaration.statement.sealed_from == today + 8


def test_before_sealing_it_can_be_corrected_so_often_and_then_again_after_it(register):
    code = declare("远山")
    for number in range(20):
        assert actions.correct(code=code, correction=to(f"远水{number}")) == "corrected"
    assert actions.correct(code=code, correction=to("远云")) == "not_now"
    assert (Instruction.objects.count(), Outcome.objects.count()) == (20, 20)
    decide()
    sealing.seal(force=True)
    assert actions.correct(code=code, correction=to("远云")) == "replaced"


def test_a_member_of_a_family_publishes_nothing_by_a_correction(register):
    family = declare("平安", "晨光")
    decide()
    sealing.seal(force=True)
    assert actions.correct(code=family.member(1), correction=to("晨曦"), publish=True) == "replaced"
    assert not queries.opened_by(family.member(1))[0].pending.declaration.statement.publish
    alone = declare("远山")
    decide()
    sealing.seal(force=True)
    assert actions.correct(code=alone, correction=to("远水"), publish=True) == "replaced"
    assert queries.opened_by(alone)[0].pending.declaration.statement.publish
