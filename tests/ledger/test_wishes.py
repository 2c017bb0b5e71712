"""Whatever is wished or decided while a batch is under way, at whatever point: it is never in the log, or it is voided there in time."""

import threading
from dataclasses import replace

import pytest
from django.db import connection
from tests.ledger.points import POINTS, STEPS, seal_with
from tests.ledger.register import as_another_process, decide, declaration, declare, index_of, is_pending

from tlog.entry import SELF_VOID, Entry, Kind
from tlog.growth import read_entry
from tuidang.intake import actions as intake
from tuidang.intake import queries as handed_in
from tuidang.intake.content import NewPerson
from tuidang.kernel.errors import RefusedError
from tuidang.kernel.randomness import random_bytes
from tuidang.ledger import actions, adapters, queries, sealing
from tuidang.ledger.models import Instruction, SealedRecord, SealedText
from tuidang.review import actions as review
from tuidang.review.models import Case, Publication
from tuidang.review.states import Refusal
from tuidang.vault.codes import Code

WEEK = 7


def entries() -> list[Entry]:
    size = adapters.head().size
    return [Entry.decode(read_entry(adapters.store(), index, size)) for index in range(size)]


def voids() -> dict[int, int]:
    """Reason by entry voided."""
    return {entry.ref: entry.reason for entry in entries() if entry.kind == Kind.VOID}


def declared() -> int:
    return sum(entry.kind == Kind.DECLARE for entry in entries())


def in_time(register) -> None:
    """A week later everything that was wished has been sealed."""
    days = []
    while Instruction.objects.filter(commitment__isnull=True).exists():
        register.later(1)
        days.append(sealing.seal(force=True).sealed)
    assert len(days) <= WEEK, "one to seven days after the wish"


def settled(register, *, count: int) -> None:
    """The count holds, each figure adds up, and nothing waits."""
    register.check(count)
    totals = queries.snapshot().totals
    assert totals.voided == len(voids())
    assert handed_in.accepted_in_all() == totals.count + totals.voided
    assert sealing.seal(force=True).sealed == 0


@pytest.mark.parametrize("erase", [False, True])
@pytest.mark.parametrize("point", POINTS)
def test_one_person_takes_back(register, monkeypatch, point, erase):
    code, other = declare(), declare()
    decide()

    def take_back():
        with as_another_process():
            assert actions.take_back(code=code, erase=erase) == "taken_back"
            if erase:
                assert not is_pending(code)
                assert queries.opened(code) is None
            assert actions.take_back(code=code, erase=erase) == ("unknown" if erase else "already")

    seal_with(monkeypatch, point, take_back)
    register.check(declared())
    assert declared() == (1 if point in ("recover", "gather") else 2)
    in_time(register)
    assert set(voids().values()) == ({SELF_VOID} if declared() == 2 else set())
    settled(register, count=1)
    assert index_of(other) not in voids()
    assert (queries.opened(code) is None) == (erase or declared() == 1)


@pytest.mark.parametrize("point", POINTS)
def test_taken_back_and_erased_later_at_another_point(register, monkeypatch, point):
    code = declare()
    decide()

    def twice():
        assert actions.take_back(code=code) == "taken_back"
        actions.take_back(code=code, erase=True)
        assert not is_pending(code)

    seal_with(monkeypatch, point, twice)
    assert queries.opened(code) is None
    assert SealedRecord.objects.count() == 0
    in_time(register)
    settled(register, count=0)


@pytest.mark.parametrize("who", ["group", "member", "member, then group"])
@pytest.mark.parametrize("point", POINTS)
def test_a_family_takes_back(register, monkeypatch, point, who):
    family = declare("平安", "晨光", "小河")
    decide()

    def take_back():
        if who != "group":
            assert actions.take_back(code=family.member(2)) == "taken_back"
        if who != "member":
            assert actions.take_back(code=family) == "taken_back"

    seal_with(monkeypatch, point, take_back)
    in_time(register)
    assert set(voids().values()) <= {SELF_VOID}
    settled(register, count=2 if who == "member" else 0)


def test_a_member_is_erased_during_sealing_and_the_group_takes_back_after_it(register, monkeypatch):
    family = declare("平安", "晨光", "小河")
    decide()
    seal_with(monkeypatch, "sign", lambda: actions.take_back(code=family.member(1), erase=True))
    assert actions.take_back(code=family) == "taken_back"
    in_time(register)
    settled(register, count=0)


def test_a_large_group_of_which_the_first_were_erased_takes_back_the_rest(register):
    group = declare(*(f"名字{number}号" for number in range(45)))
    decide()
    Case.objects.update(verdict=1, assurance=2)
    sealing.seal(force=True)
    for number in range(1, 41):
        actions.take_back(code=group.member(number), erase=True)
    assert actions.take_back(code=group) == "taken_back"
    in_time(register)
    settled(register, count=0)


def test_a_group_sealed_in_two_batches_is_taken_back_as_a_whole(register, settings):
    mixed = replace(declaration("平安", "晨光"), persons=(NewPerson("平安", 1), NewPerson("晨光", 2)))
    code = Code(random_bytes(16))
    intake.accept(declaration=mixed, code=code)
    for number in "一二三":
        declare("远山", "长河", text=f"我声明退出，第{number}个说明自己为什么这样做的人，各有各的话。", organisations=1)
    decide()
    assert sealing.seal().sealed == 0, "at k = 20 all wait"
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, k=3)
    assert sealing.seal().sealed == 7
    assert is_pending(code)
    assert index_of(code.member(1)) is not None
    assert actions.take_back(code=code) == "taken_back"
    in_time(register)
    settled(register, count=6)


@pytest.mark.parametrize("told", [False, True])
@pytest.mark.parametrize("point", POINTS[: POINTS.index("end day")])
def test_review_refuses_while_the_batch_is_under_way(register, monkeypatch, point, told):
    code, other = declare(publish=True), declare()
    decide()
    member = member_of_staff()

    def refuse():
        review.claim(member=member)
        review.decide_screen(member=member, marked={code.declaration_id(): Refusal.INVENTED})
        if told:
            review.tell_intake(at_once=True)

    seal_with(monkeypatch, point, refuse)
    register.check(declared())
    in_time(register)
    assert index_of(other) not in voids()
    assert Publication.objects.count() == 0
    assert set(voids().values()) == ({6} if declared() == 2 else set())
    register.check(1)


def member_of_staff():
    from tuidang.accounts.models import Grant, Member
    from tuidang.kernel.randomness import random_id

    number = random_id()
    Grant.objects.create(member=Member.objects.create(id=number, name="Somebody"), role="reviewer")
    return number


def test_who_erases_has_nothing_published(register):
    code, other = declare(publish=True), declare(publish=True)
    decide()
    sealing.seal(force=True)
    actions.take_back(code=code, erase=True)
    assert [row.index for row in Publication.objects.all()] == [index_of(other)]


def test_the_text_of_a_group_goes_with_its_own_code_and_stays_for_the_others_of_one_member(register):
    family, other = declare("平安", "晨光"), declare("远山", "长河")
    decide()
    sealing.seal(force=True)
    actions.take_back(code=family.member(1), erase=True)
    assert queries.opened(family.member(2)).text == "我声明退出。"
    actions.take_back(code=family, erase=True)
    assert SealedText.objects.count() == 1
    assert queries.opened(other.member(1)).text == "我声明退出。"


@pytest.mark.parametrize("sealed", [False, True])
@pytest.mark.parametrize("names", [("平安",), ("平安", "晨光")])
def test_what_was_erased_can_be_declared_again(register, sealed, names):
    code = Code(random_bytes(16))
    for _ in range(2):
        assert intake.accept(declaration=declaration(*names), code=code).result == "new"
        decide()
        if sealed:
            sealing.seal(force=True)
        assert actions.take_back(code=code, erase=True) == "taken_back"
    sealing.seal(force=True)
    in_time(register)
    settled(register, count=0)


def test_a_code_that_is_erased_by_a_member_is_still_used(register):
    family = declare("平安", "晨光")
    actions.take_back(code=family.member(1), erase=True)
    assert intake.accept(declaration=declaration("平安", "晨光"), code=family).result == "same"


@pytest.mark.parametrize("point", list(STEPS)[3:9])
def test_what_is_taken_back_while_the_batch_is_under_way_is_not_published(register, monkeypatch, point):
    code, other = declare(publish=True), declare(publish=True)
    decide()
    seal_with(monkeypatch, point, lambda: actions.take_back(code=code))
    assert [row.index for row in Publication.objects.all()] == [index_of(other)]
    assert Case.objects.count() == 0


@pytest.mark.parametrize("point", POINTS)
def test_a_declaration_that_comes_under_an_old_key_in_memory_is_never_lost(register, monkeypatch, point):
    declare()
    decide()
    intake.daykeys.remembered_key()
    came = []
    seal_with(monkeypatch, point, lambda: came.append(declare()))
    came.append(declare())
    with as_another_process():
        assert all(is_pending(code) or index_of(code) for code in came)
        sealing.seal(force=True)
    register.check(3)


def test_a_code_that_was_answered_twice_takes_back_after_seven_days_sealed_or_not(register):
    pending, sealed = declare(), declare()
    intake.note_second_answer(code=sealed)
    decide()
    sealing.seal(force=True)
    pending = declare()
    intake.note_second_answer(code=pending)
    for code in (pending, sealed):
        with pytest.raises(RefusedError):
            actions.take_back(code=code)
    register.later(7)
    for code in (pending, sealed):
        assert actions.take_back(code=code) == "taken_back"


@pytest.mark.parametrize("people", [1, 3])
def test_a_code_answered_twice_after_sealing_waits_as_long_as_that_is_known(register, people):
    code = declare(*("平安", "晨光", "远山")[:people])
    decide()
    sealing.seal(force=True)
    intake.note_second_answer(code=code)
    with pytest.raises(RefusedError):
        actions.take_back(code=code)
    register.later(7)
    assert actions.take_back(code=code) == "taken_back"


def test_no_column_of_sealed_records_tells_a_group_that_was_answered_twice(register):
    family, other = declare("平安", "晨光", "远山"), declare("长河", "清泉", "星野")
    intake.note_second_answer(code=family)
    decide()
    sealing.seal(force=True)

    def rows(code):
        members = [SealedRecord.objects.get(lookup=code.member(number).lookup_id()) for number in (1, 2, 3)]
        return [{name: value for name, value in vars(row).items() if name not in ("_state", "lookup", "index")} for row in members]

    def told(row):
        return {name: len(value) if isinstance(value, (bytes, memoryview)) else value for name, value in row.items()}

    assert list(map(told, rows(family))) == list(map(told, rows(other)))
    assert [queries.opened(code.member(2)).answered_twice for code in (family, other)] == [True, False]


def test_an_unknown_code_takes_nothing_back(register):
    declare()
    assert actions.take_back(code=Code(random_bytes(16))) == "unknown"
    assert not Instruction.objects.exists()


def test_what_is_taken_back_before_sealing_is_kept_for_thirty_days_and_then_gone(register):
    code = declare()
    decide()
    assert actions.take_back(code=code) == "taken_back"
    assert sealing.seal(force=True).sealed == 1, "the outcome is listed"
    assert is_pending(code)
    for _ in range(2):
        register.later(16)
        declare()
        decide()
        sealing.seal(force=True)
    assert not is_pending(code)
    assert Case.objects.count() == 0
    register.check(2)


@pytest.mark.parametrize("round_", range(3))
def test_wishes_from_many_threads_while_batches_are_sealed(register, round_):
    codes = [declare() for _ in range(24)]
    decide()
    families = [declare("平安", "晨光") for _ in range(4)]
    decide()
    results, failures = [], []

    def wish(code, erase):
        try:
            results.append(actions.take_back(code=code, erase=erase))
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is shown
            failures.append(repr(error))
        finally:
            connection.close()

    def seal():
        try:
            sealing.seal(force=True)
        finally:
            connection.close()

    threads = [threading.Thread(target=wish, args=(code, number % 2 == 0)) for number, code in enumerate(codes[:12])]
    threads += [threading.Thread(target=wish, args=(code, False)) for family in families[:2] for code in (family, family.member(1))]
    threads.insert(round_ * 5, threading.Thread(target=seal))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert "unknown" not in results
    sealing.seal(force=True)
    in_time(register)
    settled(register, count=12 + 4)
