"""Screening takes each declaration up once, whatever fails between, and keeps nothing that says what it held."""

from uuid import UUID

import pytest
from django.db import connection
from tests.screening.hand_in import hand_in

from tuidang.intake import actions as intake
from tuidang.intake import queries as handed_in
from tuidang.intake.models import Declaration
from tuidang.reference.pack import sentences
from tuidang.screening import actions, queries
from tuidang.screening.loops import LOOPS
from tuidang.screening.models import Burst, Screening
from tuidang.screening.policies import BURST, Lane, Reason
from tuidang.vault import daykeys

pytestmark = pytest.mark.django_db
STORY = "那年冬天父亲被带走之后，我就再也没有信过他们说的话。"


def lanes() -> list[Lane]:
    return sorted(row.lane for row in queries.untaken(2_000))


def test_what_is_new_is_screened_and_handed_on():
    one, group = hand_in(publish=True), hand_in("我们声明退出。", ("甲乙", "丙丁", "戊己"))
    assert actions.screen_new() == 2
    assert handed_in.new_declarations(10) == []
    rows = {row.declaration: row for row in queries.untaken(10)}
    assert (rows[one].lane, rows[one].persons, rows[one].wished) == (Lane.CLEAR, 1, True)
    assert (rows[group].persons, rows[group].wished) == (3, False)
    assert actions.screen_new() == 0


def test_no_more_than_asked_for_at_once():
    for _ in range(3):
        hand_in()
    assert [actions.screen_new(at_most=2) for _ in range(3)] == [2, 1, 0]


def test_a_crash_between_leaves_everything_as_it_was(monkeypatch):
    hand_in(STORY)

    def fail(**_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as crash:
        crash.setattr(intake, "hand_on", fail)
        with pytest.raises(RuntimeError):
            actions.screen_new()
    assert (Screening.objects.count(), Burst.objects.count(), len(handed_in.new_declarations(10))) == (0, 0, 1)
    assert actions.screen_new() == 1
    assert (Screening.objects.count(), Burst.objects.get().seen) == (1, 1)


def test_screening_twice_changes_nothing():
    declaration = hand_in(STORY)
    actions.screen_new()
    first = Screening.objects.values().get()
    Declaration.objects.filter(id=declaration).update(state=0)
    actions.screen_new()
    assert Screening.objects.values().get() == first
    assert Burst.objects.get().seen == 1


def test_a_flood_of_one_text_is_held_as_one_cluster_from_its_threshold_on():
    for number in range(BURST + 10):
        hand_in(STORY + "！" * (number % 3), (f"名{number}",))
    assert actions.screen_new(at_most=20) == 20
    while actions.screen_new():
        pass
    rows = queries.untaken(2_000)
    assert len({row.cluster for row in rows}) == 1
    assert lanes() == [Lane.HOLD] * 10 + [Lane.CLEAR] * BURST
    held = [row.declaration for row in rows if row.lane is Lane.HOLD]
    assert set(map(tuple, queries.reasons(held).values())) == {(Reason.BURST,)}


def test_a_ready_sentence_is_no_flood_however_often_it_comes():
    for number in range(BURST + 10):
        hand_in(sentences("zh-hans")[0], (f"名{number}",))
    while actions.screen_new():
        pass
    assert lanes() == [Lane.CLEAR] * (BURST + 10)
    assert len({row.cluster for row in queries.untaken(2_000)}) == BURST + 10


def test_the_name_of_a_cluster_dies_with_the_day_key():
    def cluster() -> UUID:
        declaration = hand_in(STORY)
        actions.screen_new()
        return Screening.objects.get(declaration=declaration).cluster

    first, second = cluster(), cluster()
    daykeys.rotate()
    assert first == second != cluster()


def test_nothing_that_was_typed_is_kept():
    canary = "金丝雀CANARY"
    hand_in(canary * 5 + "13812345678", (canary,), title=canary)
    actions.screen_new()
    kept = str(list(Screening.objects.values())) + str(list(Burst.objects.values()))
    assert "CANARY" not in kept
    assert canary.encode().hex() not in kept
    assert "13812345678" not in kept


def test_one_damaged_row_does_not_keep_the_others_waiting():
    damaged, sound = hand_in(), hand_in()
    Declaration.objects.filter(id=damaged).update(blob=b"x" * 64)
    assert actions.screen_new() == 2, "how many it looked at"
    assert [row.declaration for row in queries.untaken(10)] == [sound]
    assert handed_in.new_declarations(10) == [damaged]


def test_what_is_taken_is_not_handed_out_again_and_what_is_forgotten_is_gone():
    declaration = hand_in("电话13812345678")
    actions.screen_new()
    actions.mark_taken(declarations=[declaration])
    assert queries.untaken(10) == []
    assert queries.reasons([declaration]) == {declaration: [Reason.PHONE]}
    actions.forget(declarations=[declaration])
    assert queries.reasons([declaration]) == {}


def test_counters_of_past_days_are_dropped():
    hand_in(STORY)
    actions.screen_new()
    Burst.objects.update(day=1)
    actions.forget_bursts()
    assert Burst.objects.count() == 0


def test_each_loop_says_whether_there_is_more_to_do():
    hand_in()
    steps = {loop.name: loop.step for loop in LOOPS}
    assert (steps["screening"](), steps["screening"](), steps["screening-forget"]()) == (True, False, False)


def test_what_is_untaken_is_found_by_its_index():
    plan = Screening.objects.filter(taken=False).order_by("declaration")[:500].explain()
    assert "screening_untaken" in plan or connection.vendor != "sqlite"
