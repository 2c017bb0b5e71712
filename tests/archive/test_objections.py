"""From the objection to the answer: off every page at once, back or gone for good by a person's word, and voided where nobody declared."""

import re
import threading
from functools import partial
from http import HTTPStatus

import pytest
from django.db import connection, transaction
from django.test import Client
from tests.accounts.people import member_with, signed_in
from tests.archive.test_archive import approved, published
from tests.ledger import register as register_module
from tests.ledger.register import as_another_process, decide, declare, index_of
from tests.page import read

from tuidang.accounts.policies import Role
from tuidang.archive import actions, queries
from tuidang.archive.models import Statement
from tuidang.declarant.actions import take_back
from tuidang.declarant.objecting.actions import object_to, objection_id
from tuidang.intake.content import NewPerson
from tuidang.kernel.errors import RefusedError
from tuidang.kernel.randomness import random_bytes
from tuidang.ledger import queries as record
from tuidang.ledger import sealing
from tuidang.ledger.models import Instruction
from tuidang.reference.queries import reasons
from tuidang.review import queries as review
from tuidang.review.models import Objection
from tuidang.review.states import Finding, Ground
from tuidang.vault.codes import Code

PAGE = "/staff/objections/"
DISPUTED = 2


@pytest.fixture
def reviewer(register):
    return member_with(Role.REVIEWER)


def objection(index: int, ground: Ground = Ground.NOT_DECLARED, text: str = "") -> tuple[Code, str]:
    code = Code(random_bytes(16))
    return code, object_to(code=code, index=index, ground=ground, text=text, language="en")


def settle(member, index: int, finding: Finding) -> int:
    ids = Objection.objects.filter(index=index, finding=Finding.OPEN.value).values_list("id", flat=True)
    return actions.decide_objections(member=member, objections=list(ids), finding=finding)


def shown(index: int) -> bool:
    """Whether the statement is on its own page and in the list; never on one of both alone."""
    alone = Client().get(f"/en/statements/{index}/").status_code == HTTPStatus.OK
    listed = index in [one.index for one in queries.page().statements]
    assert alone == listed
    return alone


def test_the_register_knows_the_reason():
    assert reasons()[DISPUTED].name == "disputed"


def test_what_is_objected_to_is_on_no_page_at_once_and_its_neighbour_stays(register):
    one, other = index_of(published("远山")), index_of(published("清泉"))
    assert objection(one)[1] == "hidden"
    assert not shown(one)
    assert shown(other)


def test_what_is_not_upheld_is_shown_again_and_counts(register, reviewer):
    index = index_of(published("远山"))
    objection(index)
    assert settle(reviewer, index, Finding.COMMON_NAME) == 1
    assert shown(index)
    sealing.seal(force=True)
    register.check(1)


def test_whoever_did_not_declare_is_unpublished_for_good_and_voided_as_disputed(register, reviewer):
    index, kept = index_of(published("远山")), index_of(published("清泉"))
    objection(index)
    settle(reviewer, index, Finding.NOTHING_AGAINST)
    assert not shown(index)
    sealing.seal(force=True)
    register.check(1)
    assert not record.is_live(index)
    assert record._void_reason(index, record.snapshot().size) == DISPUTED
    assert record.is_live(kept)
    assert shown(kept)
    sealing.seal(force=True)
    register.check(1)


@pytest.mark.parametrize("ground", [Ground.NAMED, Ground.COPYRIGHT])
def test_what_names_or_copies_somebody_is_unpublished_and_stays_counted(register, reviewer, ground):
    index = index_of(published("远山"))
    objection(index, ground)
    settle(reviewer, index, Finding.PLAIN)
    assert not shown(index)
    sealing.seal(force=True)
    register.check(1)
    assert record.is_live(index)


def test_a_void_that_two_people_rightly_asked_for_is_one(register, reviewer):
    index = index_of(published("远山"))
    for _ in range(2):
        objection(index)
        settle(reviewer, index, Finding.NOTHING_AGAINST)
    assert Instruction.objects.filter(ref=index).count() == 1
    sealing.seal(force=True)
    register.check(0)
    objection(index)
    assert settle(reviewer, index, Finding.NOTHING_AGAINST) == 1, "void already: there is nothing left to do, and nothing fails"
    register.check(0)


def test_a_decision_is_whole_or_was_never_made(register, reviewer, monkeypatch):
    index = index_of(published("远山"))
    code, _ = objection(index)

    def killed(**_):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr("tuidang.ledger.actions.instruct_void", killed)
        with pytest.raises(SystemExit):
            settle(reviewer, index, Finding.NOTHING_AGAINST)
    assert review.answer(objection_id(code)).finding is Finding.OPEN
    assert queries.objected(index) is not None
    settle(reviewer, index, Finding.NOTHING_AGAINST)
    with as_another_process():
        sealing.seal(force=True)
    register.check(0)


def test_an_objection_is_whole_or_was_never_made(register, monkeypatch):
    index = index_of(published("远山"))

    def killed(**_):
        raise SystemExit

    monkeypatch.setattr(actions, "hide", killed)
    with pytest.raises(SystemExit):
        objection(index)
    assert not Objection.objects.exists()
    assert shown(index)


def test_a_text_that_is_not_published_yet_is_held_back(register, reviewer):
    index = index_of(approved())
    assert objection(index)[1] == "taken", "whoever objects to it is not told that it waits"
    actions.take_in()
    assert not Statement.objects.exists()
    settle(reviewer, index, Finding.NOT_NAMED)
    assert review.text_that_waits(index).name == "远山"


def test_of_a_statement_of_several_nobody_is_voided_and_it_is_unpublished_for_good(register, reviewer):
    published("远山", "平安", "静雨")
    (statement,) = queries.page().statements
    objection(statement.index)
    settle(reviewer, statement.index, Finding.NOTHING_AGAINST)
    assert not shown(statement.index)
    assert review.barred([statement.index]) == {statement.index}
    assert not Instruction.objects.exists()
    sealing.seal(force=True)
    register.check(3)


def group(monkeypatch, *names: str, suggested: bool = True) -> queries.Published:
    """A published statement of several, whose names were suggested by the form; others are never shown."""
    with monkeypatch.context() as patch:
        patch.setattr(register_module, "NewPerson", partial(NewPerson, suggested=suggested))
        published(*names)
    (statement,) = queries.page().statements
    return statement


def test_of_a_statement_of_several_the_entry_whose_name_is_shown_is_voided_if_that_one_is_meant_and_no_other(
    register, reviewer, monkeypatch
):
    statement = group(monkeypatch, "远山", "平安", "静雨")
    assert statement.name
    objection(statement.index)
    settle(reviewer, statement.index, Finding.NAME_SHOWN)
    assert not shown(statement.index)
    assert [one.ref for one in Instruction.objects.all()] == [statement.index]
    sealing.seal(force=True)
    register.check(2)
    assert record._void_reason(statement.index, record.snapshot().size) == DISPUTED


@pytest.mark.parametrize("ground", [Ground.NAMED, Ground.COPYRIGHT])
def test_an_objection_about_something_else_voids_nobody_whatever_is_sent(register, reviewer, monkeypatch, ground):
    statement = group(monkeypatch, "远山", "平安")
    code, _ = objection(statement.index, ground)
    with pytest.raises(RefusedError):
        settle(reviewer, statement.index, Finding.NAME_SHOWN)
    assert review.answer(objection_id(code)).finding is Finding.OPEN
    assert not Instruction.objects.exists()


def test_where_no_name_is_shown_none_can_be_meant(register, reviewer, monkeypatch):
    statement = group(monkeypatch, "张无名", "李无名", suggested=False)
    assert statement.name == ""
    objection(statement.index)
    with pytest.raises(RefusedError):
        settle(reviewer, statement.index, Finding.NAME_SHOWN)
    browser = signed_in(reviewer)
    page = page_of(browser)
    assert f'value="{Finding.NAME_SHOWN.value}"' not in page
    assert send(browser, page, Finding.NAME_SHOWN.value).url == f"{PAGE}?late"
    assert not Instruction.objects.exists()


def test_the_name_that_is_shown_is_asked_about_only_where_that_decides_something(register, reviewer, monkeypatch):
    offered = f'<option value="{Finding.NAME_SHOWN.value}"'
    statement = group(monkeypatch, "远山", "平安")
    browser = signed_in(reviewer)
    objection(statement.index, Ground.NAMED)
    assert offered not in page_of(browser)
    objection(statement.index)
    assert page_of(browser).count(offered) == 1
    settle(reviewer, statement.index, Finding.PLAIN)
    objection(index_of(published("清泉")))
    assert offered not in page_of(browser), "of one person the entry is voided in any case"


def test_what_came_beyond_the_limit_stands_first_and_is_said_to_be_visible(register, reviewer, monkeypatch):
    monkeypatch.setattr("tuidang.review.actions.objecting.HIDES_A_DAY", 1)
    hidden, seen = index_of(published("远山")), index_of(published("清泉"))
    assert [objection(hidden)[1], objection(seen)[1]] == ["hidden", "taken"]
    assert (shown(hidden), shown(seen)) == (False, True)
    page = page_of(signed_in(reviewer))
    assert "within 24 hours" in page
    assert page.index("can still be seen by everyone</b>") < page.index("hidden until you decide")
    settle(reviewer, seen, Finding.PLAIN)
    assert not shown(seen)
    assert "within 24 hours" not in page_of(signed_in(reviewer))


def test_beyond_the_limit_a_number_under_which_nothing_is_published_is_not_read_first(register, reviewer, monkeypatch):
    monkeypatch.setattr("tuidang.review.actions.objecting.HIDES_A_DAY", 0)
    objection(10**6)
    assert [one.first for one in review.objections(9)] == [False]


def test_an_entry_without_a_published_text_can_be_objected_to_and_is_not_voided(register, reviewer):
    code = declare("远山")
    decide()
    sealing.seal(force=True)
    index = index_of(code)
    assert objection(index)[1] == "taken"
    settle(reviewer, index, Finding.NOTHING_AGAINST)
    sealing.seal(force=True)
    register.check(1)


def test_to_whoever_objects_a_text_that_waits_and_none_are_the_same(register):
    waits, nothing = declare("远山", publish=True), declare("平安")
    decide()
    sealing.seal(force=True)
    answers = set()
    for code in (waits, nothing):
        own, result = objection(index_of(code))
        page = read(Client().post("/en/objection/answer/", {"code": own.base32()})).text
        answers.add((result, page.replace(f"number {index_of(code)}", "number").strip()))
    assert len(answers) == 1
    assert review.hidden([index_of(waits), index_of(nothing)]) == {index_of(waits), index_of(nothing)}, "each takes a place of the day's"


def test_what_its_declarant_takes_back_is_not_brought_back_by_a_decision(register, reviewer):
    code = published("远山")
    index = index_of(code)
    objection(index)
    take_back(code=code)
    settle(reviewer, index, Finding.NOT_NAMED)
    assert not shown(index)


def test_what_was_upheld_never_comes_back_whatever_is_released_again(register, reviewer, monkeypatch):
    index = index_of(approved())
    with transaction.atomic():
        released = actions.review_actions.hand_over(at_most=9)
    objection(index)
    settle(reviewer, index, Finding.NOTHING_AGAINST)
    monkeypatch.setattr(actions.review_actions, "hand_over", lambda **_: released)
    actions.take_in()
    assert not Statement.objects.exists()


@pytest.mark.parametrize("first", ["objection", "decision"])
def test_an_objection_that_comes_while_another_is_decided_hides(register, reviewer, monkeypatch, first):
    """The one who asks second waits for the other's transaction, whichever it is; PostgreSQL would else let both through."""
    index = index_of(published("远山"))
    objection(index, Ground.NAMED)
    failures, hidden = [], review.hidden

    def other():
        try:
            objection(index, Ground.COPYRIGHT)
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is shown
            failures.append(repr(error))
        finally:
            connection.close()

    second = threading.Thread(target=other)

    def overtaken(indexes):
        before = hidden(indexes) if first == "decision" else None
        if second.ident is None and threading.current_thread() is threading.main_thread():
            second.start()
            second.join(1.5)
        return hidden(indexes) if before is None else before

    with monkeypatch.context() as patch:
        patch.setattr(actions.review, "hidden", overtaken)
        settle(reviewer, index, Finding.NOT_NAMED)
        second.join()
    assert failures == []
    assert not shown(index)
    settle(reviewer, index, Finding.NOT_COPIED)
    assert shown(index)


def page_of(browser: Client, language: str = "en") -> str:
    answered = browser.get(PAGE, headers={"accept-language": language})
    assert answered.status_code == HTTPStatus.OK
    return answered.content.decode()


def send(browser: Client, page: str, finding: object):
    return browser.post(PAGE + "decide/", {"objection": re.findall(r'name="objection" value="([0-9a-f]{32})"', page), "finding": finding})


def test_a_reviewer_reads_what_was_said_and_what_it_is_about_and_decides(register, reviewer):
    index, browser = index_of(published("远山", text="我声明退出。")), signed_in(reviewer)
    assert "Nobody objects" in page_of(browser)
    objection(index, text="<script>alert(1)</script> It is not me.")
    objection(index, text="Nor me.")
    page = page_of(browser)
    for said in ("It is not me.", "Nor me.", "我声明退出。", "远山", "hidden until you decide", "I did not declare"):
        assert said in page
    assert "<script" not in page
    assert page.count("<form") == 2, "to sign out, and one decision for both"
    assert send(browser, page, Finding.PLAIN.value).url == PAGE
    assert "Nobody objects" in page_of(browser)
    assert not Objection.objects.filter(finding=Finding.OPEN.value).exists()
    assert "someone else had decided" in page_of_address(browser, send(browser, page, Finding.NOT_NAMED.value).url).lower()


def page_of_address(browser: Client, address: str) -> str:
    return browser.get(address, headers={"accept-language": "en"}).content.decode()


def test_a_text_that_waits_and_a_number_without_one_are_told_apart(register, reviewer):
    waits = index_of(approved())
    objection(waits)
    objection(0)
    page = page_of(signed_in(reviewer))
    assert "我声明退出。" in page
    assert page.count(" · nothing is published under this number") == 1


@pytest.mark.parametrize("finding", ["", "0", "99", "x", "1" * 5000, "٣"])
def test_what_is_no_decision_decides_nothing(register, reviewer, finding):
    index, browser = index_of(published("远山")), signed_in(reviewer)
    objection(index)
    assert send(browser, page_of(browser), finding).status_code == HTTPStatus.FOUND
    browser.post(PAGE + "decide/", {"objection": ["x", "0" * 32], "finding": "1"})
    assert Objection.objects.get().finding == Finding.OPEN
    assert not shown(index)


def test_a_flood_is_shown_in_parts(register, reviewer):
    for index in range(12):
        objection(index)
    page = page_of(signed_in(reviewer))
    assert page.count("<tr>") == 11, "a head, and ten statements"
    assert "More are waiting" in page


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant"])
def test_the_page_speaks_the_reviewers_language(register, reviewer, language):
    objection(index_of(published("远山")))
    page = re.sub(r"<[^>]+>", " ", page_of(signed_in(reviewer), language).split('class="wrap">')[-1])
    assert not re.findall(r"[A-Za-z]{4,}", page)
