"""What a code opens, on the pages of a declarant: status, files, taking back; and what a wrong code gets."""

import dataclasses
import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.ledger.register import decide, declare, index_of
from tests.page import LANGUAGES, read

from tlog.promise import verify_promise
from tlog.receipt import verify_receipt
from tuidang.archive import queries as archive
from tuidang.archive.models import Statement
from tuidang.intake import actions as intake
from tuidang.kernel import clock
from tuidang.kernel.randomness import random_bytes
from tuidang.ledger import actions as ledger
from tuidang.ledger import adapters, founding, queries, sealing
from tuidang.review.models import Case
from tuidang.review.states import Refusal, Verdict
from tuidang.vault.codes import SCRIPTS, Code

SMUGGLED = '"><script>alert(1)</script>'


def ask(code, language="zh-hans", step="show", **headers):
    typed = code.base32() if isinstance(code, Code) else code
    return Client(headers=headers).post(f"/{language}/lookup/", {"code": typed, "step": step})


def words(code, language="zh-hans", step="show"):
    return read(ask(code, language, step)).text


def told(code):
    """What the page says of each person."""
    return re.sub(r"<[^>]+>", "", re.search(r'<dl class="answers">.*?</dl>', read(ask(code)).html, re.DOTALL)[0])


def sealed(*names: str) -> Code:
    code = declare(*names)
    decide()
    sealing.seal(force=True)
    return code


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_of_a_code_opens_the_same(register, language):
    code = declare("远山")
    forms = [code.base32(), code.base32().lower().replace("-", " "), *(" ".join(code.words(script)) for script in SCRIPTS.values())]
    pages = [read(ask(typed, language)) for typed in forms]
    assert {page.text for page in pages} == {pages[0].text}
    assert "远山" in pages[0].text


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_asks_for_a_code_and_nothing_else(language):
    page = read(Client().get(f"/{language}/lookup/?code=ABCD"))
    assert page.fields == [("code", "")]
    assert language == "en" or page.latin() == set()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "status", "help_"),
    [
        ("", 422, "请填写密码"),
        ("   ", 422, "请填写密码"),
        ("一二三", 422, "密码是 12 个汉字，这里只有 3 个。"),
        ("查询密码：" + "一" * 11, 422, "密码是 12 个汉字，这里只有 11 个。"),
        ("一" * 13, 422, "密码是 12 个汉字，这里有 13 个，多了。"),
        ("A" * 10_000, 422, "这比密码长得多"),
        (SMUGGLED, 422, "少了或多了"),
        ("0123-4567-89AB-CDEF-GHJK-MNPQ-RSUU", 422, "不会出现的字"),
        ("0123-4567-89AB-CDEF-GHJK-MNPQ-RST0", 422, "前后颠倒"),
        ("远山远山远山远山远山远山", 422, "前后颠倒"),
    ],
)
def test_a_code_that_cannot_be_one_is_helped_by_what_is_wrong(typed, status, help_):
    answered = ask(typed)
    page = read(answered)
    assert answered.status_code == status
    assert help_ in page.text
    assert page.sent()["code"] == [typed[:1000]]
    assert page.latin() == set()


@pytest.mark.django_db
def test_a_code_that_opens_nothing_says_to_look_again():
    answered = ask(Code(random_bytes(16)))
    assert answered.status_code == 404
    assert "请按顺序逐字核对" in read(answered).text


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["promise", "receipt", "take_back", "take_back_now", "nonsense"])
def test_every_step_of_an_unknown_code_is_answered_alike(step):
    code = Code(random_bytes(16))
    assert ask(code, step=step).content == ask(code).content


@pytest.mark.django_db
@pytest.mark.parametrize("headers", [{"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}])
def test_another_site_cannot_use_a_code(headers):
    answered = ask(Code(random_bytes(16)), **headers)
    assert answered.status_code == 403
    assert "不是从本站的页面提交的" in read(answered).text


def test_each_state_is_told_in_words_with_a_day_or_a_number(register):
    code = declare("远山")
    assert re.search(r"等待决定，最迟 \d+ 年 \d+ 月 \d+ 日", words(code))
    decide()
    assert re.search(r"已受理。最迟 \d+ 年", words(code))
    sealing.seal(force=True)
    assert f"（第 {index_of(code)} 号），计入总数" in words(code)
    assert "已撤回" in words(code, step="take_back_now")
    register.later(8)
    sealing.seal(force=True)
    assert "不再计数" in words(code)
    register.check(0)


def test_refused_is_told_as_refused(register):
    from tuidang.intake import queries

    code = declare("远山")
    decide()
    intake.refuse(declarations=[queries.by_code(code)])
    assert "已拒绝" in words(code)


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "已由本登记处作废，原因：重复"), ("en", "gives as its reason: Duplicate")])
def test_a_void_by_the_register_is_told_with_its_reason_and_not_as_a_wish(register, language, said):
    code = sealed("远山")
    others = [sealed("平安"), sealed("静雨")]
    ledger.instruct_void(ref=index_of(code), reason=3)
    assert "撤回" not in told(code)
    assert "重复" in told(code)
    for other in others:
        words(other, step="take_back_now")
    register.later(8)
    sealing.seal(force=True)
    assert said in words(code, language)
    assert "撤回" not in told(code)
    assert all("不再计数。条目和撤回" in told(other) for other in others)


def test_a_void_can_be_objected_to_where_there_is_somebody_to_object_to(register, settings):
    code = sealed("远山")
    ledger.instruct_void(ref=index_of(code), reason=4)
    sealing.seal(force=True)
    assert "/zh-hans/terms/#objecting" not in read(ask(code)).links
    settings.ENVIRONMENT = dataclasses.replace(settings.ENVIRONMENT, controller="Somebody", contact="desk@example.org")
    assert "/zh-hans/terms/#objecting" in read(ask(code)).links
    assert 'id="objecting"' in read(Client().get("/zh-hans/terms/")).html


def test_where_very_many_were_voided_at_once_no_reason_is_claimed(register, monkeypatch):
    code = sealed("远山")
    ledger.instruct_void(ref=index_of(code), reason=3)
    sealing.seal(force=True)
    monkeypatch.setattr(queries, "BUNDLES_SEARCHED", 0)
    assert "已作废，不再计数" in told(code)
    assert "撤回" not in told(code)


@pytest.mark.parametrize("reason", [None, Refusal.NOT_A_DECLARATION])
def test_a_refusal_says_why_and_promises_no_publication(register, monkeypatch, reason):
    code = declare("远山", publish=True)
    decide()
    assert "同意公开（先由志愿者看过）" in words(code)
    Case.objects.update(verdict=Verdict.REFUSE.value, reason=reason.value if reason else 0)
    assert "同意公开（先由志愿者看过）" not in words(code)
    assert ("已拒绝，原因：不是退出声明" if reason else "已拒绝。不计数") in words(code)


def test_taking_back_is_asked_once_more_and_never_asks_why(register):
    code = declare("远山")
    asked = read(ask(code, step="take_back"))
    assert asked.fields == [("code", code.base32())]
    assert set(re.findall(r'name="step" value="(\w+)"', asked.html)) == {"take_back_now", "show", "erase"}
    assert "等待决定" in words(code)
    assert "没有人会问原因" in words(code, step="take_back_now")
    assert "此前已经撤回" in words(code, step="take_back_now")
    assert 'value="take_back"' not in read(ask(code)).html


def test_looking_changes_nothing(register):
    code = declare("远山")
    Client().get("/zh-hans/lookup/", {"code": code.base32(), "step": "take_back_now"})
    assert "等待决定" in words(code)


def test_a_group_code_opens_all_and_a_members_code_one(register):
    family = declare("平安", "静雨", "小河")
    assert all(name in words(family) for name in ("平安", "静雨", "小河"))
    one = words(family.member(2))
    assert "静雨" in one
    assert "平安" not in one
    assert "可打开 3 人" in words(family, step="take_back")
    words(family.member(2), step="take_back_now")
    assert "2 人：等待决定" in words(family)
    assert "1 人：在记入公开记录之前已撤回" in words(family)


def test_the_promise_is_a_file_that_holds(register):
    answered = ask(declare("远山"), step="promise")
    assert answered["Content-Disposition"] == 'attachment; filename="promise.txt"'
    assert answered["Cache-Control"] == "no-store"
    promise = verify_promise(answered.content, [founding.promise_key().verifier])
    assert promise.accepted == clock.as_date(clock.today())


def test_the_receipt_comes_with_the_record_and_verifies(register):
    code = declare("远山")
    assert "还没有回执" in words(code, step="receipt")
    decide()
    sealing.seal(force=True)
    answered = ask(code, step="receipt")
    assert answered["Content-Disposition"] == 'attachment; filename="receipt.json"'
    assert json.loads(answered.content)["public"]["name"] == "远山"
    assert verify_receipt(answered.content, adapters.verifier()).registry_number == index_of(code)
    assert "请领取回执" in words(code, step="promise")


def test_what_was_published_is_gone_at_once_when_it_is_taken_back(register):
    code = sealed("远山")
    index = index_of(code)
    fields = {
        "region": 0,
        "organisations": 7,
        "persons": 1,
        "language": "zh-Hans",
        "name": "远山",
        "suggested": True,
        "text": "我声明退出。",
    }
    Statement.objects.create(index=index, day=clock.today(), **fields)
    words(code, step="take_back_now")
    assert archive.statement(index) is None
    assert Client().get(f"/en/statements/{index}/").status_code == 404


def test_a_code_that_two_people_may_hold_waits_seven_days(register):
    code = declare("远山")
    intake.note_second_answer(code=code)
    assert "发出过两次" in words(code, step="take_back_now")
    assert "等待决定" in words(code)
    register.later(7)
    assert "没有人会问原因" in words(code, step="take_back_now")


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant"])
@pytest.mark.parametrize("step", ["show", "take_back", "take_back_now"])
def test_nothing_on_these_pages_stays_english(register, language, step):
    assert read(ask(declare("远山"), language, step)).latin() == set()


def test_markup_that_was_declared_is_text(register):
    assert b"<script" not in ask(declare(SMUGGLED, text=SMUGGLED)).content


def test_no_page_sets_a_cookie_or_may_be_kept(register):
    answered = ask(declare("远山"))
    assert not answered.cookies
    assert answered["Cache-Control"] == "no-store"


def work_of(monkeypatch, code):
    """How often something is derived from a code, and the queries, until it is known whether `code` opens anything."""
    derived = []
    plain = Code.derive

    def counted(self, info, length):
        derived.append(info)
        return plain(self, info, length)

    with monkeypatch.context() as patched, CaptureQueriesContext(connection) as asked:
        patched.setattr(Code, "derive", counted)
        queries.opened_by(code)
    tables = [re.search(r'FROM "(\w+)" WHERE "\w+"."(\w+)" (?:IN|=)', one["sql"]) for one in asked]
    return len(derived), [found.groups() for found in tables if found]


def test_as_much_is_looked_for_under_a_code_that_opens_nothing_as_under_any_other(register, monkeypatch):
    sealed, family = declare("静雨"), declare("平安", "晨光")
    decide()
    sealing.seal(force=True)
    waiting, erased = declare("远山"), declare("小河")
    ask(erased, step="erase_now")
    nothing = work_of(monkeypatch, Code(random_bytes(16)))
    assert work_of(monkeypatch, erased) == nothing
    assert [table for table, _ in nothing[1]] == ["intake_declarant", "intake_declaration", "intake_declarant", "ledger_sealedrecord"]
    for code in (sealed, family.member(1), waiting):
        derived, asked = work_of(monkeypatch, code)
        assert derived == nothing[0]
        assert set(nothing[1]) <= set(asked)
    assert work_of(monkeypatch, family)[0] >= nothing[0]


@pytest.mark.parametrize(
    ("language", "script", "said"),
    [
        ("en", "english", "two have changed places"),
        ("zh-hans", "chinese_simplified", "两个字前后颠倒"),
        ("zh-hant", "chinese_traditional", "兩個字前後顛倒"),
    ],
)
def test_two_that_changed_places_are_what_the_hint_asks_to_look_for(register, language, script, said):
    code = declare("远山")
    for place in range(11):
        typed = code.words(script)
        typed[place], typed[place + 1] = typed[place + 1], typed[place]
        answered = ask(" ".join(typed), language)
        assert (answered.status_code in (404, 422), code.base32() in answered.content.decode()) == (True, typed == code.words(script))
        if answered.status_code == 422:
            assert said in read(answered).text
            return
    raise AssertionError("each of eleven exchanges made a code")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_is_read_in_whatever_form_it_is_typed(register, language):
    code = declare("远山")
    simplified, traditional = code.words("chinese_simplified"), code.words("chinese_traditional")
    signs = code.base32()
    forms = [
        signs.lower(),
        signs.replace("-", ""),
        "".join(chr(ord(one) + 0xFEE0) for one in signs),
        " ".join(signs),
        "\u3000".join(traditional),
        "".join(one if at % 2 else other for at, (one, other) in enumerate(zip(simplified, traditional, strict=True))),
        "，".join(simplified) + "。",
        "  ".join(code.words("english")).upper(),
        "-".join(code.words("english")),
        "查询密码：" + "".join(simplified),
        "code: " + signs,
        "".join(simplified) + signs,
        signs + " " + " ".join(code.words("english")),
        "".join(traditional) + "同一密碼的字母寫法：" + signs,
    ]
    assert [ask(typed, language).status_code for typed in forms] == [200] * len(forms)


@pytest.mark.parametrize("on_record", [False, True])
def test_where_one_of_a_family_erased_the_others_are_numbered_without_a_gap(register, on_record):
    family = declare("平安", "晨光", "小河", "静雨")
    if on_record:
        decide()
        sealing.seal(force=True)
    ask(family.member(2), step="erase_now")
    listed = re.findall(r"(\d) (平安|晨光|小河|静雨)", words(family))
    assert listed == [("1", "平安"), ("2", "小河"), ("3", "静雨")]
    if on_record:
        chosen = re.findall(r'value="(receipt-\d)">(\d) (\w+)<', ask(family, step="receipts").content.decode())
        assert [(place, name) for _, place, name in chosen] == listed
        assert [json.loads(ask(family, step=step).content)["public"]["name"] for step, _, _ in chosen] == [name for _, name in listed]


@pytest.mark.parametrize(
    ("language", "wished", "not_wished", "on_record"),
    [
        ("en", "It is to be published after a volunteer has read it, without the names", "It is not to be published", "If it is published"),
        ("zh-hans", "已同意公开（先由志愿者看过），不显示名字", "不公开", "如果公开，不显示名字"),
        ("zh-hant", "已同意公開（先由志工看過），不顯示名字", "不公開", "如果公開，不顯示名字"),
    ],
)
def test_a_member_is_told_what_is_public_of_the_text_that_all_share(register, language, wished, not_wished, on_record):
    public, private = declare("平安", "晨光", publish=True), declare("小河", "静雨")
    assert wished in words(public.member(1), language)
    assert not_wished in words(private.member(2), language)
    assert wished not in words(private.member(2), language)
    decide()
    sealing.seal(force=True)
    assert on_record in words(public.member(2), language)
    alone, shared = declare("远山", publish=True), {"en": "All of you share", "zh-hans": "共同的", "zh-hant": "共同的"}[language]
    assert shared in words(public.member(2), language)
    assert shared not in words(alone, language)
    assert shared not in words(public, language)
