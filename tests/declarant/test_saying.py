"""What a page says is what happens: before a correction, after it and until it is decided; before and after taking back."""

import re

import pytest
from tests.declarant.pages import sealed, send, words
from tests.ledger.register import decide, declare
from tests.page import LANGUAGES, read

from tuidang.intake import actions as intake
from tuidang.intake import queries as handed_in
from tuidang.ledger import sealing
from tuidang.ledger.actions import correcting
from tuidang.vault.codes import Code

DONE = {"name": "远水", "left": "party", "place": "", "title": "", "text": "我另有话说。"}
VOIDED = {"en": "is voided within 4 days", "zh-hans": "原条目四天之内作废", "zh-hant": "原條目四天之內作廢"}
DATE = {"en": r"\d{1,2} [A-Z][a-z]+ 2\d{3}", "zh-hans": r"\d{4} 年 \d+ 月 \d+ 日", "zh-hant": r"\d{4} 年 \d+ 月 \d+ 日"}
THERE = {"en": "Neither bears a name", "zh-hans": "两者都不带名字", "zh-hant": "兩者都不帶名字"}
NO_TRACE = {"en": "no trace of it will stay", "zh-hans": "公开记录上没有它的任何内容", "zh-hant": "公開記錄上沒有它的任何內容"}
NONE_OF_SOME = {"en": "leaves no trace there", "zh-hans": "还没有记入的人", "zh-hant": "還沒有記入的人"}
SHARED = {
    "en": "is kept for the others, and may be published",
    "zh-hans": "仍为其他人保留，并可能公开",
    "zh-hant": "仍為其他人保留，並可能公開",
}
WITHIN_A_WEEK = {"en": "stops counting within a week", "zh-hans": "一周之内不再计数", "zh-hant": "一週之內不再計數"}


def told(code: Code, language: str, step: str, **fields: object) -> str:
    """The text of a page without the head and foot that all have."""
    page = send(code, language, step, **fields).content.decode()
    return re.sub("<[^>]+>", "", page[page.index("<main") : page.index("</main>")])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("names", [("远山",), ("平安", "晨光")])
def test_before_a_correction_after_it_and_until_it_is_decided_one_day_is_promised(register, language, names):
    code = sealed(*names)
    person = {"name": "远水", "left": "party"} if len(names) == 1 else {"name_1": "远水", "left_1": "party"}
    fields = {**DONE, **person}
    asked = [told(code, language, step, **more) for step, more in (("correct", {}), ("correct_check", fields))]
    after = [told(code, language, "correct_now", **fields), told(code, language, "show")]
    for said in (*asked, *after):
        assert VOIDED[language] in said
    (promised,) = {day for said in asked for day in re.findall(DATE[language], said)}
    for said in after:
        declared, *others = re.findall(DATE[language], said)
        assert set(others) == {promised} != {declared}
    assert correcting.LATEST_VOID_DAYS == 4


def test_once_the_old_entry_is_void_it_is_not_promised_any_more_and_the_day_stays(register):
    code = sealed("远山")
    by = re.findall(r"最迟 (\d+ 年 \d+ 月 \d+ 日)", told(code, "zh-hans", "correct"))
    words(code, step="correct_now", **DONE)
    for _ in range(5):
        register.later(1)
        sealing.seal(force=True)
    page = told(code, "zh-hans", "show")
    assert "取代第" in page
    assert by
    assert by[0] in page or "已记入公开记录" in page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", ["take_back", "erase"])
def test_what_stays_visible_is_said_of_what_is_on_the_record_and_of_nothing_else(register, language, step):
    on_record = sealed("静雨")
    waiting = declare("远山")
    said = told(waiting, language, step)
    assert (THERE[language] in said, NO_TRACE[language] in said, WITHIN_A_WEEK[language] in said) == (False, True, False)
    said = told(on_record, language, step)
    assert (THERE[language] in said, NO_TRACE[language] in said, NONE_OF_SOME[language] in said) == (True, False, False)
    assert WITHIN_A_WEEK[language] in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_a_group_in_part_on_the_record_both_are_said(register, language):
    family = declare("平安", "晨光")
    words(family.member(1), step="take_back_now")
    decide()
    sealing.seal(force=True)
    said = told(family, language, "erase")
    assert THERE[language] in said
    assert NONE_OF_SOME[language] in said
    assert NO_TRACE[language] not in said


def test_of_what_is_corrected_on_the_record_the_entry_stays_visible(register):
    code = sealed("远山")
    words(code, step="correct_now", **DONE)
    said = told(code, "zh-hans", "erase")
    assert THERE["zh-hans"] in said
    assert NO_TRACE["zh-hans"] not in said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("on_record", [False, True])
@pytest.mark.parametrize("publish", [False, True])
def test_a_member_is_told_that_the_text_of_all_stays_and_it_does(register, language, on_record, publish):
    family = (sealed if on_record else declare)("平安", "晨光", text="平安和晨光一起声明。", publish=publish)
    for step in ("take_back", "erase"):
        assert SHARED[language] in told(family.member(1), language, step)
        assert SHARED[language] not in told(family, language, step)
        assert SHARED[language] not in told(declare("远山"), language, step)
    words(family.member(1), step="take_back_now")
    assert SHARED[language] in told(family.member(1), language, "erase")
    words(family.member(1), step="erase_now")
    left = told(family, language, "show")
    assert "一起声明" in left
    assert "平安" not in left


@pytest.mark.parametrize(
    ("language", "one", "both"),
    [
        ("en", "You do not need this file", "You need neither file"),
        ("zh-hans", "这份文件您可以不要", "两份"),
        ("zh-hant", "這份檔案您可以不要", "兩份"),
    ],
)
def test_of_one_file_one_is_spoken_of(register, language, one, both):
    for code in (sealed("静雨"), declare("远山")):
        assert one in told(code, language, "show")
        assert both not in told(code, language, "show")
    family = sealed("平安", "晨光")
    words(family.member(1), step="correct_now", name="远水", left="party")
    assert both in told(family, language, "show")


@pytest.mark.parametrize(
    ("language", "deleted", "kept"),
    [
        ("en", "deleted within 30 days", "until you erase it"),
        ("zh-hans", "最迟 30 天后删除", "直到您销毁"),
        ("zh-hant", "最遲 30 天後刪除", "直到您銷毀"),
    ],
)
def test_after_taking_back_it_is_said_how_long_what_is_left_is_kept_and_no_promise_is_offered(register, language, deleted, kept):
    on_record = sealed("静雨")
    waiting, family = declare("远山"), declare("平安", "晨光")
    assert deleted in told(waiting, language, "take_back_now")
    assert 'value="promise"' not in send(waiting).content.decode()
    assert kept in told(on_record, language, "take_back_now")
    assert deleted in told(family, language, "take_back_now")
    assert intake.KEPT_DAYS == 30
    register.later(30)
    intake.purge_taken_back()
    assert handed_in.by_code(waiting) is None
    assert handed_in.by_code(family) is None
    assert "静雨" in told(on_record, language, "show")


@pytest.mark.parametrize("language", LANGUAGES)
def test_before_publishing_the_marked_words_are_shown_and_that_the_name_is_published(register, language):
    code = declare("远山", text="请打 13800138000 找我，我声明退出。")
    page = read(send(code, language, "publish"))
    assert re.findall("<mark>(.*?)</mark>", page.html) == ["13800138000"]
    assert {"en": "phone number", "zh-hans": "电话号码", "zh-hant": "電話號碼"}[language] in page.text
    assert {"en": "the name above", "zh-hans": "上面的名字", "zh-hant": "上面的名字"}[language] in page.text
    assert "远山" in page.text
    group = told(declare("平安", "晨光"), language, "publish")
    assert {"en": "and no names", "zh-hans": "不公开名字", "zh-hant": "不公開名字"}[language] in group
    assert "平安" not in group
    if language != "en":
        assert page.latin() == set()


def test_of_a_group_everyone_stands_on_a_line_and_erasing_apart_from_correcting(register):
    page = send(declare(*(f"名字{number}号" for number in range(17)))).content.decode()
    assert len(re.findall(r'<div class="person">\d+ 名字', page)) == 17
    assert re.search(r'value="take_back">[^<]*</button></p>\s*<p class="row"><button[^>]*value="erase"', page)
