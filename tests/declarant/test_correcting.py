"""Correcting and publishing on the pages: asked, checked, done, and done once."""

import re
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.declarant.pages import buttons, sealed, send, words
from tests.ledger.register import decide, declaration, declare, index_of
from tests.ledger.test_wishes import member_of_staff
from tests.page import LANGUAGES, read

from tlog.receipt import verify_receipt
from tuidang.archive import actions as archive_actions
from tuidang.archive import queries as archive
from tuidang.intake import actions as intake
from tuidang.intake import queries as handed_in
from tuidang.intake.content import NewPerson
from tuidang.kernel.randomness import random_bytes
from tuidang.ledger import adapters, queries, sealing
from tuidang.reference import pack
from tuidang.review import actions as review
from tuidang.review.models import Case, Publication
from tuidang.review.states import ItemState
from tuidang.vault.codes import Code

DONE = {"name": "远水", "left": "party", "place": "", "title": "", "text": "我另有话说。"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("on_record", [False, True])
def test_one_person_corrects_name_organisations_place_and_text(register, language, on_record):
    code = sealed("远山") if on_record else declare("远山")
    form = read(send(code, language, "correct"))
    assert form.sent()["name"] == ["远山"]
    assert form.sent()["text"] == ["我声明退出。"]
    typed = form.sent(name="远水", text="我另有话说。", place="四川", step="correct_check")
    check = read(send(code, language, **{name: value for name, value in typed.items() if name != "code"}))
    assert "远水" in check.text
    assert "远山" in words(code, language), "checking changes nothing"
    fields = {name: value for name, value in check.sent(step="correct_now").items() if name != "code"}
    done = words(code, language, **fields)
    assert "远水" in done
    assert "我另有话说。" in done
    assert words(code, language, **fields).count("远水") >= 1
    for _ in range(9):
        decide()
        sealing.seal(force=True)
        register.later(1)
    assert queries.snapshot().totals.count == 1
    assert "远水" in words(code, language)
    if language != "en":
        assert form.latin() | check.latin() == set()


@pytest.mark.parametrize(
    ("wrong", "said"), [({"name": ""}, "请填写名字"), ({"text": ""}, ""), ({"left": []}, ""), ({"name": "名" * 61}, "60")]
)
def test_what_is_wrong_is_said_as_on_the_declaration_form_and_nothing_is_lost(register, wrong, said):
    code = declare("远山")
    answered = send(code, step="correct_now", **{**DONE, **wrong})
    assert answered.status_code == 422
    assert said in read(answered).text
    assert read(answered).sent()["text"] == [wrong.get("text", DONE["text"])]
    assert "远山" in words(code)


def test_a_family_corrects_in_one_form_and_who_is_left_blank_stays(register):
    family = declare("平安", "晨光", text="平安和晨光声明退出。")
    form = read(send(family, step="correct"))
    assert form.sent()["text"] == ["平安和晨光声明退出。"]
    typed = form.sent(name_1="远山", name_2="", left_2=[], step="correct_now")
    done = words(family, **{name: value for name, value in typed.items() if name != "code"})
    assert "远山和晨光声明退出。" in done


def test_of_a_family_on_the_record_each_is_corrected_and_has_a_receipt_with_the_name_on_the_button(register):
    family = sealed("平安", "晨光")
    assert buttons(send(family)) >= {"correct", "receipts", "erase", "take_back"}
    assert read(send(family, step="correct")).sent()["name_2"] == ["晨光"]
    listed = send(family, step="receipts")
    assert re.search(r'value="receipt-2">2 晨光<', listed.content.decode())
    for number in (1, 2):
        receipt = send(family, step=f"receipt-{number}").content
        assert verify_receipt(receipt, adapters.verifier()).registry_number == index_of(family.member(number))
    assert "还没有回执" in words(family, step="receipt")
    form = read(send(family, step="correct-2"))
    assert {name for name, _ in form.fields} == {"code", "name", "left"}
    assert "晨曦" in words(family, step="correct_now-2", name="晨曦", left="party")
    assert "晨曦" in words(family.member(2))


@pytest.mark.parametrize("on_record", [False, True])
@pytest.mark.parametrize("names", [("远山",), ("平安", "晨光")])
def test_the_holder_publishes_and_unpublishes(register, names, on_record):
    code = sealed(*names) if on_record else declare(*names)
    assert "副本无法收回" in words(code, step="publish")
    for _ in range(2):
        words(code, step="publish_now")
    if not on_record:
        decide()
        sealing.seal(force=True)
    (item,) = Publication.objects.all()
    Publication.objects.update(state=ItemState.APPROVED.value)
    archive_actions.take_in()
    published = archive.statement(item.index)
    assert published.name == ("远山" if names == ("远山",) else "")
    assert published.persons == len(names)
    assert "已经公开" in words(code)
    assert "没有变动" in words(code, step="publish_now")
    for _ in range(2):
        words(code, step="unpublish_now")
    assert archive.statement(item.index) is None
    assert "没有公开" in words(code)


def test_a_member_of_a_family_has_no_say_in_the_text(register):
    family = sealed("平安", "晨光")
    assert not buttons(send(family.member(1))) & {"publish", "unpublish_now"}
    assert "目前不能这样做" in words(family.member(1), step="publish_now")
    assert not Publication.objects.exists()


def test_what_is_unpublished_before_sealing_is_not_published_and_can_be_wished_again(register):
    code = declare("远山", publish=True)
    decide()
    words(code, step="unpublish_now")
    sealing.seal(force=True)
    assert not Publication.objects.exists()
    words(code, step="publish_now")
    assert Publication.objects.count() == 1


def test_the_number_of_queries_is_the_same_whatever_the_number_of_people(register):
    counts = []
    for names in (("平安", "晨光"), tuple(f"名字{number}号" for number in range(40))):
        code = declare(*names)
        found = []
        for _ in range(2):
            for step in ("show", "receipts", "correct", "take_back", "erase"):
                with CaptureQueriesContext(connection) as asked:
                    send(code, step=step)
                found.append(len(asked))
            decide()
            Case.objects.update(verdict=1, assurance=2)
            sealing.seal(force=True)
        counts.append(found)
    assert counts[0] == counts[1]


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant"])
def test_nothing_stays_english_whatever_became_of_a_family(register, language):
    family = declare("平安", "晨光", "小河", "静雨")
    steps = ("show", "correct", "correct-1", "take_back", "erase", "publish", "receipts", "unpublish_now", "publish_now")

    def look():
        for step in steps:
            assert read(send(family, language, step)).latin() == set()

    look()
    words(family.member(1), step="take_back_now")
    decide()
    look()
    sealing.seal(force=True)
    words(family.member(2), step="take_back_now")
    words(family.member(3), step="correct_now", name="晨曦", left="party")
    look()
    for _ in range(8):
        register.later(1)
        decide()
        sealing.seal(force=True)
    look()
    assert read(send(family, language, "erase_now")).latin() == set()


def test_a_child_keeps_an_invented_name_that_is_never_published(register):
    (alias, other), code = sorted(pack.aliases())[:2], Code(random_bytes(16))
    intake.accept(declaration=replace(declaration("平安", "晨光"), persons=(NewPerson(alias, 4), NewPerson("晨光", 4))), code=code)
    form = read(send(code, step="correct"))
    sent = {name: value for name, value in form.sent(name_1="王小明", step="correct_now").items() if name != "code"}
    words(code, **sent)
    child = handed_in.by_code(code).persons[0].person
    assert child.name in pack.aliases()
    assert not child.suggested
    words(code, **{**sent, "name_1": other})
    child = handed_in.by_code(code).persons[0].person
    assert (child.name, child.suggested) == (other, False)


def test_what_could_tell_who_someone_is_is_pointed_out_before_it_is_corrected(register):
    code = declare("远山")
    page = read(send(code, step="correct_check", **{**DONE, "text": "我的电话是 13800138000，我声明退出。"}))
    assert "其中似乎有：电话号码" in page.text
    assert "标出的文字会不会暴露身份" in page.text
    assert re.findall("<mark>(.*?)</mark>", page.html) == ["13800138000"]


@pytest.mark.parametrize(
    ("language", "said"), [("en", "stays as they were"), ("zh-hans", "整行留空的人，保持原样"), ("zh-hant", "整列留空的人，保持原樣")]
)
def test_what_emptying_a_row_does_is_said_where_it_can_be_emptied(register, language, said):
    assert said in words(declare("平安", "晨光"), language, "correct")
    assert said not in words(declare("远山"), language, "correct"), "there an empty name is an error"


def test_two_people_of_one_name_can_be_corrected(register):
    family = declare("平安", "平安")
    form = read(send(family, step="correct"))
    sent = {name: value for name, value in form.sent(left_2=["party"], step="correct_now").items() if name != "code"}
    assert "已更正" in words(family, **sent)


def test_of_a_large_family_each_state_is_told_once_and_who_is_not_as_the_others_are_is_named(register):
    family = declare(*(f"名字{number}号" for number in range(28)))
    words(family.member(3), step="take_back_now")
    page = send(family).content.decode()
    assert "27 人：等待决定" in page
    assert re.search(r"1 人：在记入公开记录之前已撤回[^<]*<br><small>3 名字2号</small>", page)
    assert page.count("等待决定") == 1
    assert page.index('value="take_back"') < page.index("名字5号"), "within reach"
    assert "中国共产党" not in page


def test_what_was_declined_after_sealing_can_be_asked_for_again(register):
    code = sealed("远山", publish=True)
    member = member_of_staff()
    review.claim_items(member=member)
    (item,) = Publication.objects.values_list("id", flat=True)
    review.decide_publication_items(member=member, decline=[item])
    assert "没有公开" in words(code)
    assert "由志愿者读一遍" in words(code, step="publish_now")
    assert Publication.objects.count() == 1
    review.undo(member=member)
    assert Publication.objects.count() == 1
