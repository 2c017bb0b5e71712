"""A group on the record: corrected as a whole by its own code, and what is published of it when one leaves is told beforehand."""

import pytest
from tests.declarant.pages import buttons, sealed, send, words
from tests.ledger.register import decide, declare
from tests.page import LANGUAGES, read

from tuidang.archive import actions as archive_actions
from tuidang.archive import queries as archive
from tuidang.ledger import queries, sealing
from tuidang.review.models import Publication
from tuidang.review.states import ItemState

TEXT = "平安和晨光声明退出。"
SAID = {"zh-hans": "全部 2 人的条目都会作废", "zh-hant": "全部 2 人的條目都會作廢", "en": "the entries of all 2 people are voided"}
STAYS = {"zh-hans": "它继续代表其他人", "zh-hant": "它繼續代表其他人", "en": "it goes on standing for the others"}


def days_pass(register) -> None:
    for _ in range(9):
        register.later(1)
        decide()
        sealing.seal(force=True)


def published(*names: str, text: str = TEXT):
    code = sealed(*names, text=text, publish=True)
    Publication.objects.update(state=ItemState.APPROVED.value)
    archive_actions.take_in()
    return code


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_and_place_are_corrected_and_how_many_entries_that_takes_is_told_beforehand(register, language):
    family = sealed("平安", "晨光", text=TEXT)
    form = read(send(family, language, "correct"))
    assert form.sent()["text"] == [TEXT]
    assert SAID[language] in form.text
    typed = form.sent(text="平安和晨光一起声明退出。", place="四川", step="correct_check")
    check = read(send(family, language, **{name: value for name, value in typed.items() if name != "code"}))
    assert SAID[language] in check.text
    assert all(one.pending is None for one in queries.opened_by(family)), "checking changes nothing"
    fields = {name: value for name, value in check.sent(step="correct_now").items() if name != "code"}
    for _ in range(2):
        words(family, language, **fields)
    days_pass(register)
    register.check(2)
    assert "平安和晨光一起声明退出。" in words(family, language)
    assert queries.snapshot().totals.voided == 2
    if language != "en":
        assert form.latin() | check.latin() == set()


def test_a_name_alone_takes_one_entry_and_what_is_published_stays_for_the_other(register):
    family = published("平安", "晨光")
    form = read(send(family, step="correct"))
    sent = {name: value for name, value in form.sent(name_1="远山", step="correct_now").items() if name != "code"}
    assert "已更正" in words(family, **sent)
    (shown,) = archive.page().statements
    assert shown.persons == 1
    days_pass(register)
    register.check(2)
    assert queries.snapshot().totals.voided == 1


def test_while_one_of_them_waits_each_is_corrected_alone_and_the_page_says_what_can_be(register):
    family = sealed("平安", "晨光", text=TEXT)
    words(family.member(1), step="correct_now", name="远山", left="party")
    page = send(family, step="correct")
    assert buttons(page) >= {"correct-1", "correct-2"}
    assert "等所有人都记入之后" in read(page).text
    one = read(send(family, step="correct-2"))
    assert {name for name, _ in one.fields} == {"code", "name", "left"}
    assert "凭总密码更正" in one.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", ["take_back", "erase", "correct", "correct_check"])
def test_a_member_is_told_that_what_is_published_goes_on_standing(register, language, step):
    family = published("平安", "晨光")
    page = read(send(family.member(1), language, step, **({"name": "远山", "left": "party"} if step == "correct_check" else {})))
    assert STAYS[language] in page.text
    alone = declare("清泉")
    assert STAYS[language] not in words(alone, language, step)
    if language != "en":
        assert page.latin() == set()


def test_a_member_who_takes_back_leaves_it_published_and_the_group_finds_it(register):
    family = published("平安", "晨光")
    words(family.member(1), step="take_back_now")
    (shown,) = archive.page().statements
    assert shown.persons == 1
    assert f"/statements/{shown.index}/" in send(family).content.decode()
    words(family.member(2), step="erase_now")
    assert archive.page().statements == []
