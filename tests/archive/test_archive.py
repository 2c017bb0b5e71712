"""Statements appear when a person has released them, once, and go when their entry is voided. A page costs the same at any depth."""

from __future__ import annotations

import threading
from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import connection
from tests.ledger.register import Register, decide, declare, index_of

from tuidang.accounts.models import Member
from tuidang.archive import actions, queries
from tuidang.archive.models import Statement
from tuidang.declarant.actions import take_back
from tuidang.intake.content import Correction, NewPerson
from tuidang.ledger import actions as ledger
from tuidang.ledger import queries as record
from tuidang.ledger import sealing
from tuidang.review import actions as review
from tuidang.review import queries as waiting
from tuidang.review.models import Case
from tuidang.vault.codes import Code

REVIEWER = UUID(int=7)
TRUE = "1" if connection.vendor == "sqlite" else "TRUE"


def release() -> None:
    """A person reads everything, and lets what its declarant wished be published."""
    Member.objects.get_or_create(id=REVIEWER, defaults={"name": "Lin"})
    review.claim(member=REVIEWER)
    cases = list(Case.objects.filter(claimed_by=REVIEWER).values_list("declaration", flat=True))
    review.decide_screen(member=REVIEWER, approve=cases)
    review.claim_publishing(member=REVIEWER)
    review.decide_publication(member=REVIEWER, publish=cases)


def published(*names: str, **more: object) -> Code:
    """A declaration that was read, released, sealed and taken in."""
    code = declare(*names, publish=True, **more)
    decide()
    release()
    sealing.seal(force=True)
    actions.take_in()
    return code


def test_a_statement_appears_under_its_registry_number_once(register: Register) -> None:
    code = published("远山", text="我在此声明退出。")
    (shown,) = queries.page().statements
    assert (shown.index, shown.name, shown.text, shown.persons) == (index_of(code), "远山", "我在此声明退出。", 1)
    assert actions.take_in() == 0
    assert len(queries.page().statements) == 1


def test_nothing_appears_that_nobody_read_or_nobody_wished(register: Register) -> None:
    declare("远山", publish=True)
    declare("清泉", publish=False)
    decide()
    sealing.seal(force=True)
    actions.take_in()
    assert queries.page().statements == []


def test_names_typed_for_others_do_not_appear(register: Register) -> None:
    published("张无名", "李无名", text="张无名和李无名声明退出。")
    (shown,) = queries.page().statements
    assert (shown.name, shown.persons) == ("", 2)
    assert "无名" not in shown.text


def test_what_is_voided_is_taken_down(register: Register) -> None:
    kept, voided = published("远山"), published("清泉")
    index = index_of(voided)
    assert index is not None
    ledger.instruct_void(ref=index, reason=2)
    assert len(queries.page().statements) == 2
    sealing.seal(force=True)
    assert actions.follow_voids() == 1
    assert [one.index for one in queries.page().statements] == [index_of(kept)]
    assert actions.follow_voids() == 0
    register.check(1)


def test_what_its_reviewer_takes_down_goes_and_stays_counted(register: Register) -> None:
    kept, mistake = published("远山"), published("清泉")
    index = index_of(mistake)
    assert index is not None
    assert review.withdraw(member=REVIEWER, index=index)
    assert len(queries.page().statements) == 2
    assert (actions.follow_withdrawals(), actions.follow_withdrawals()) == (1, 0)
    assert [one.index for one in queries.page().statements] == [index_of(kept)]
    assert record.is_live(index)
    assert actions.take_in() == 0


def test_a_release_that_is_undone_is_taken_down_and_read_anew(register: Register) -> None:
    code = published("远山")
    assert review.undo(member=REVIEWER) == 1
    assert actions.follow_withdrawals() == 1
    assert queries.page().statements == []
    (item,) = waiting.held_items(REVIEWER)[0]
    assert item.index == index_of(code)
    review.decide_publication_items(member=REVIEWER, publish=[item.id])
    assert actions.take_in() == 1
    assert [one.index for one in queries.page().statements] == [index_of(code)]


def test_what_was_voided_before_it_was_taken_in_never_appears(register: Register) -> None:
    code = declare("远山", publish=True)
    decide()
    release()
    sealing.seal(force=True)
    index = index_of(code)
    assert index is not None
    ledger.instruct_void(ref=index, reason=2)
    sealing.seal(force=True)
    actions.take_in()
    assert queries.page().statements == []


class Overtaken:
    """Lets `act` of another process fall between the question whether an entry is live and the publishing."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
        self._act, self._is_live = act, record.is_live
        self._thread = threading.Thread(target=self._run)
        monkeypatch.setattr(record, "is_live", self._answer)

    def _answer(self, index: int) -> bool:
        live = self._is_live(index)
        if self._thread.ident is None and threading.current_thread() is threading.main_thread():
            self._thread.start()
            self._thread.join(1.5)
        return live

    def _run(self) -> None:
        try:
            self._act()
        finally:
            connection.close()

    def take_in(self) -> None:
        actions.take_in()
        self._thread.join()


def approved() -> Code:
    """A declaration that is sealed, and released, and not published yet."""
    code = declare("远山", publish=True)
    decide()
    release()
    sealing.seal(force=True)
    return code


def test_what_is_taken_back_while_it_is_published_is_not_public(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    code = approved()
    Overtaken(monkeypatch, lambda: take_back(code=code)).take_in()
    assert queries.page().statements == []


def test_what_is_voided_while_it_is_published_is_taken_down(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    index = index_of(approved())
    assert index is not None
    ledger.instruct_void(ref=index, reason=2)

    def void() -> None:
        sealing.seal(force=True)
        actions.follow_voids()

    Overtaken(monkeypatch, void).take_in()
    actions.follow_voids()
    assert not record.is_live(index)
    assert queries.page().statements == []


def statements(count: int) -> None:
    Statement.objects.bulk_create(
        Statement(index=index, day=20_000, region=0, organisations=1, persons=1, language="en", suggested=True, text="t")
        for index in range(count)
    )


@pytest.mark.django_db
def test_pages_follow_each_other_without_gap_or_overlap() -> None:
    statements(45)
    seen: list[int] = []
    before = None
    while True:
        page = queries.page(before=before)
        seen += [one.index for one in page.statements]
        before = page.older
        if before is None:
            break
    assert seen == list(range(44, -1, -1))


@pytest.mark.django_db
def test_a_page_reads_twenty_rows_by_the_key_at_a_million() -> None:
    numbers = (
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999999) SELECT i FROM n"
        if connection.vendor == "sqlite"
        else "SELECT i FROM generate_series(0, 999999) AS i"
    )
    columns = '"index", day, region, organisations, persons, language, name, suggested, title, text'
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO archive_statement ({columns}) SELECT i, 20000, 0, 1, 1, 'en', '', {TRUE}, '', 't' FROM ({numbers}) AS numbers"
        )
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE archive_statement")
    plan = Statement.objects.filter(index__lt=500_000).order_by("-index")[: queries.PAGE + 1].explain()
    assert "Index Scan Backward" in plan if connection.vendor == "postgresql" else "SEARCH archive_statement USING INDEX" in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("after", [False, True])
def test_a_name_that_a_member_corrects_to_does_not_appear_where_the_text_has_it(register: Register, after: bool) -> None:
    family = declare("李民华", "平安", text="我和李明华、平安声明退出。", publish=not after)
    corrected = Correction((NewPerson("李明华", 3),))
    assert ledger.correct(code=family.member(1), correction=corrected) == "corrected"
    decide()
    release()
    sealing.seal(force=True)
    if after:
        assert ledger.wish(code=family, publish=True) == "wished"
        review.claim_items(member=REVIEWER)
        items = [item.id for item in waiting.held_items(REVIEWER)[0]]
        review.decide_publication_items(member=REVIEWER, publish=items)
    actions.take_in()
    (shown,) = queries.page().statements
    assert shown.text == "我和○、○声明退出。"
