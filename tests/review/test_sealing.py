"""What review keeps and drops when the ledger has sealed, and when a day key dies."""

import pytest
from django.db import IntegrityError, connection, transaction
from tests.review.cases import PHONE, A, arrive, case, entries, take_all
from tests.screening.hand_in import hand_in

from tuidang.intake import actions as intake
from tuidang.intake import queries as handed_in
from tuidang.kernel.errors import DamagedError
from tuidang.review import actions, queries
from tuidang.review.content import PublicText
from tuidang.review.models import Case, Publication
from tuidang.review.states import ItemState, Wish
from tuidang.screening.models import Screening
from tuidang.vault import daykeys

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reviewers")]
FAMILY = ("李明", "李明华", "王芳")


def seal(declaration, *seqs, first=100) -> None:
    """What the ledger does within its row move: tells review, then removes its rows from intake."""
    content = handed_in.contents([declaration])[declaration]
    actions.sealed(entries=entries(declaration, *seqs, first=first))
    persons = [one for one in content.persons if not seqs or one.seq in seqs]
    intake.remove_declarants(persons=[(one.declaration, one.seq) for one in persons])


def published() -> list[tuple[int, PublicText]]:
    return [(row.index, queries.open_text(row)) for row in Publication.objects.order_by("index")]


def test_what_is_sealed_leaves_no_case_and_no_screening_behind():
    one, other = arrive(2)
    seal(one)
    assert list(Case.objects.values_list("declaration", flat=True)) == [other]
    assert list(Screening.objects.values_list("declaration", flat=True)) == [other]
    assert [row.declaration for row in queries.ready(after=None, at_most=9)] == [other]
    assert Publication.objects.count() == 0


def test_a_text_that_is_wished_waits_with_what_the_entry_says():
    (declaration,) = arrive(text="我声明退出。 {{1}}", publish=True, title="退出声明")
    seal(declaration)
    assert published() == [
        (
            101,
            PublicText(
                title="退出声明",
                text="我声明退出。 {{1}}",
                language="zh-hans",
                name="远山",
                organisations=7,
                suggested=False,
                persons=1,
                day=20_000,
                region=156,
                alone=True,
            ),
        )
    ]
    assert Publication.objects.get().state == ItemState.WAITING


@pytest.mark.parametrize(("decision", "expected"), [("publish", [ItemState.APPROVED]), ("decline", [])])
def test_what_was_decided_before_sealing_holds_after_it(decision, expected):
    (declaration,) = arrive(publish=True)
    actions.claim_publishing(member=A)
    actions.decide_publication(member=A, **{decision: [declaration]})
    seal(declaration)
    assert [row.state for row in Publication.objects.all()] == expected


def test_names_typed_for_others_are_not_in_what_may_be_published():
    (declaration,) = arrive(text="李明华、李明和王芳声明退出。", names=FAMILY, publish=True, title="李明一家")
    seal(declaration)
    ((index, text),) = published()
    assert (index, text.name, text.persons) == (101, "", 3)
    assert (text.title, text.text) == ("○一家", "○、○和○声明退出。")


def test_a_text_by_several_names_all_that_any_of_them_left():
    (declaration,) = arrive(text="我们声明退出。", names=FAMILY, organisations=(1, 4, 4), publish=True)
    seal(declaration)
    assert [text.organisations for _, text in published()] == [5]


def test_a_suggested_alias_may_be():
    (declaration,) = arrive(text="我们声明退出。", names=("远山", "清泉"), publish=True, suggested=True)
    seal(declaration)
    assert [(text.name, text.suggested) for _, text in published()] == [("远山", True)]


def test_a_family_that_is_sealed_in_parts_keeps_its_case_and_has_one_text():
    (declaration,) = arrive(text="我们声明退出。", names=FAMILY, publish=True)
    seal(declaration, 2, first=50)
    assert case(declaration).publication == Wish.TAKEN
    assert [row.declaration for row in queries.ready(after=None, at_most=9)] == [declaration]
    assert Screening.objects.count() == 1
    seal(declaration, 1, first=10)
    assert case(declaration).persons == 1
    seal(declaration, 3, first=80)
    assert (Case.objects.count(), Screening.objects.count()) == (0, 0)
    assert [index for index, _ in published()] == [52]


def test_who_took_it_back_is_not_waited_for():
    (declaration,) = arrive(text="我们声明退出。", names=FAMILY)
    intake.take_back(persons=[handed_in.contents([declaration])[declaration].persons[0]])
    seal(declaration, 2, 3)
    assert Case.objects.count() == 0


def test_a_part_that_is_sealed_cannot_be_undone():
    (declaration,) = arrive(text=PHONE, names=FAMILY)
    actions.claim(member=A)
    actions.decide_screen(member=A, approve=[declaration])
    seal(declaration, 1)
    assert (actions.undo(member=A), queries.last_screen(A)) == (0, None)


def test_a_registry_number_has_one_text():
    one, other = arrive(2, publish=True)
    seal(one)
    with pytest.raises(IntegrityError):
        seal(other)


def test_ready_is_read_in_pieces_in_the_order_of_ids():
    ids = sorted(arrive(5))
    first = queries.ready(after=None, at_most=2)
    rest = queries.ready(after=first[-1].declaration, at_most=9)
    assert [row.declaration for row in first + rest] == ids


def test_a_day_key_cannot_go_before_the_texts_under_it():
    (declaration,) = arrive(publish=True)
    seal(declaration)
    daykeys.let_die([daykeys.current_key().id])
    with pytest.raises(IntegrityError):
        connection.check_constraints()
    transaction.set_rollback(True)


def test_carrying_over_ends_and_frees_the_key():
    for number in range(3):
        (declaration,) = arrive(publish=True)
        seal(declaration, first=100 * number)
    old = daykeys.current_key().id
    before = published()
    daykeys.rotate()
    assert [actions.carry_over(old_key=old, at_most=2) for _ in range(3)] == [2, 1, 0]
    assert published() == before
    daykeys.let_die([old])
    daykeys.bury()
    daykeys.forget()
    assert published() == before
    with pytest.raises(DamagedError):
        daykeys.key(old)


def test_thousands_are_sealed_at_once():
    ids = [hand_in(names=(f"名{number}",), publish=number % 2 == 0) for number in range(1_100)]
    take_all()
    every = [entry for number, one in enumerate(ids) for entry in entries(one, first=10 * number)]
    actions.sealed(entries=every)
    assert (Case.objects.count(), Screening.objects.count(), Publication.objects.count()) == (0, 0, 550)
