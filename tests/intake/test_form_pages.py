"""The way of a declarant without scripts: form, check page, code page, and the ways back."""

import re

import pytest
from django.test import Client
from tests.intake.filled import address, filled, form, nothing_stored, post
from tests.page import LANGUAGES, read

from tuidang.intake.models import Declarant, Declaration
from tuidang.kernel.errors import BusyError
from tuidang.reference import pack, switches

pytestmark = pytest.mark.django_db


def code_of(page):
    return re.sub(r"<[^>]*>|\s", "", re.search(r'<p class="code".*?</p>', page.html, re.DOTALL)[0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_declaration_takes_a_form_a_check_page_and_a_code_page(language):
    checked = read(post(filled(language), language))
    assert nothing_stored()
    answered = post(checked.sent(step="send"), language)
    assert answered.status_code == 200
    assert len(code_of(read(answered))) == (28 if language == "en" else 12)
    assert Declaration.objects.count() == Declarant.objects.count() == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_begins_with_an_invented_name_and_a_ready_sentence(language):
    fields = form(language).sent()
    assert fields["name"][0] in pack.aliases()
    assert fields["text"] == [pack.sentences(language)[0]]
    assert "left" not in fields
    assert "publish" not in fields


@pytest.mark.parametrize(
    ("language", "one", "several"), [("zh-hans", "我声明", "我们声明"), ("zh-hant", "我聲明", "我們聲明"), ("en", "I ", "We ")]
)
def test_the_ready_sentence_speaks_as_its_declarants_do_and_names_no_organisation(language, one, several):
    for group, begins in ((False, one), (True, several)):
        (text,) = read(Client().get(address(language, group=group))).sent()["text"]
        assert text.startswith(begins)
        assert not re.search("党|黨|团|團|队|隊|Party|League|Pioneers", text)
        again = read(post(filled(language, group=group, text=text, step="sentence"), language, group=group)).sent()["text"]
        assert again == [pack.sentences(language, group=group)[1]]


def test_what_is_shown_for_checking_is_what_is_declared():
    page = read(post(filled(name="远\u202e山", text="我声明\u2066退出。", title="标\u202a题")))
    shown = re.search(r'<dl class="answers">.*?</dl>', page.html, re.DOTALL)[0]
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", shown)
    assert "我声明退出。" in shown


def test_the_form_asks_for_nothing_that_would_name_a_person():
    names = {name for name, _ in form().fields}
    assert names == {"token", "name", "place", "title", "text"}


def test_nobody_is_told_about_storing_after_the_fact():
    page = form("en").html
    assert page.index("Before you begin") < page.index("<form")
    assert page.index("copies cannot be recalled") < page.index('value="check">Go on')


@pytest.mark.parametrize("group", [False, True])
def test_change_returns_to_the_form_with_everything_kept(group):
    typed = filled(group=group, title="标题", publish="on", text='"引号" <b>\n第二行')
    checked = read(post(typed, group=group))
    again = read(post(checked.sent(step="change"), group=group)).sent()
    kept = {name: value if isinstance(value, list) else [value] for name, value in typed.items() if name not in ("rows", "step")}
    assert {name: again.get(name) for name in kept if any(kept[name])} == {name: value for name, value in kept.items() if any(value)}


def test_what_was_typed_travels_in_hidden_inputs_alone():
    answered = post(filled(name="秘密名"))
    page = read(answered)
    assert set(re.findall(r'<input type="([a-z]+)"', page.html)) == {"hidden"}
    assert not answered.cookies
    assert "秘密名" not in str(answered.headers)


def test_another_name_is_another_one_and_nothing_else_changes():
    typed = filled(name="青竹", text="我自己写的。")
    again = read(post({**typed, "step": "alias"})).sent()
    assert again["name"][0] in pack.aliases() - {"青竹"}
    assert again["text"] == ["我自己写的。"]
    assert sorted(again["left"]) == ["party", "pioneers"]


def test_another_ready_sentence_takes_the_place_of_the_one_before_and_comes_round():
    ready = pack.sentences("zh-hans")
    text, seen = f"{ready[0]}\n还有我的话。", []
    for _ in ready:
        text = read(post(filled(text=text, step="sentence"))).sent()["text"][0]
        seen.append(text.split("\n")[0])
        assert text.endswith("还有我的话。")
    assert seen == [*ready[1:], ready[0]]


def test_a_ready_sentence_never_replaces_what_a_person_wrote():
    text = read(post(filled(text="我自己写的。", step="sentence"))).sent()["text"][0]
    assert text == f"{pack.sentences('zh-hans')[0]}\n\n我自己写的。"


@pytest.mark.parametrize("group", [False, True])
def test_the_enter_key_goes_on_and_suggests_no_name(group):
    page = form(group=group)
    first = re.search(r"<button([^>]*)>(.*?)</button>", page.html)
    assert "name=" not in first[1], "what names no step"
    assert first[2] == "", "a browser without styles would set its words above the first question"
    assert "请核对您的声明" in read(post(filled(group=group), group=group)).text, "goes on"


@pytest.mark.parametrize("group", [False, True])
def test_what_is_typed_may_come_back_and_no_line_of_it_is_for_the_history_of_forms(group):
    html = form(group=group).html
    (head,) = re.findall(r'<form method="post"[^>]*>', html)
    assert "autocomplete" not in head
    lines = [one for one in re.findall(r"<input [^>]*>", html) if "type=" not in one]
    assert len(lines) == (7 if group else 3), "names, place, title"
    assert all(' autocomplete="one-time-code"' in one for one in lines)


@pytest.mark.parametrize(("group", "field"), [(False, "name"), (True, "name_2"), (False, "place"), (False, "title"), (True, "title")])
def test_a_line_that_is_far_too_long_comes_back_whole(group, field):
    typed = "长" * 10_000
    answered = post(filled(group=group, **{field: typed, "text": ""}), group=group)
    assert answered.status_code == 422
    assert read(answered).sent()[field] == [typed]


@pytest.mark.parametrize(("typed", "shown"), [("广州市天河区", "广东"), ("加拿大 温哥华", "加拿大"), ("", "未说明")])
def test_of_a_place_only_province_or_country_goes_on(typed, shown):
    assert shown in read(post(filled(place=typed))).text


def test_a_place_that_is_not_known_is_said_to_be_left_out():
    assert "没有认出这个地方" in read(post(filled(place="火星"))).text


def test_copies_that_cannot_be_recalled_are_named_before_anything_is_published():
    assert "副本无法收回" in read(post(filled(publish="on"))).text
    assert "只计数，不显示" in read(post(filled())).text


def test_errors_stand_on_top_link_to_their_fields_and_mark_the_title():
    answered = post(filled("en", name="", adult=[], consent=[], left=[]), "en")
    page = read(answered)
    assert answered.status_code == 422
    assert page.title.startswith("Error: ")
    summary = re.search(r'<div class="errors".*?</div>', page.html, re.DOTALL)[0]
    targets = re.findall(r'href="#([^"]+)">([^<]+)', summary)
    assert [target for target, _ in targets] == ["left", "name", "adult", "consent"]
    for target, words in targets:
        assert f'id="{target}"' in page.html
        assert f'id="{target}-error">{words}' in page.html
    assert nothing_stored()


def test_in_a_group_each_wrong_row_is_named():
    page = read(post(filled("en", group=True, name_2="", left_1=[]), "en", group=True))
    assert re.findall(r'href="#(\w+)">(Person \d)', page.html) == [("left_1", "Person 1"), ("name_2", "Person 2")]


def test_more_rows_keep_what_stands_in_the_others():
    fields = read(post(filled(group=True, step="more"), group=True)).sent()
    assert fields["rows"] == ["10"]
    assert (fields["name_1"], fields["name_2"], fields["name_8"]) == (["平安"], ["静雨"], [""])


def test_suggested_names_fill_rows_that_lack_one():
    fields = read(post(filled(group=True, name_2="", step="alias"), group=True)).sent()
    assert fields["name_1"] == ["平安"]
    assert fields["name_2"][0] in pack.aliases()
    assert fields["name_3"] == [""]


def test_a_group_gets_a_code_for_all_and_one_for_each():
    answered = read(post(read(post(filled(group=True), group=True)).sent(step="send"), group=True))
    members = re.search(r'<dl class="answers members">.*?</dl>', answered.html, re.DOTALL)[0]
    codes = re.findall(r"<dd[^>]*>([^<]+)</dd>", members)
    assert len({*codes, code_of(answered)}) == 3
    assert "平安" in members
    assert Declarant.objects.count() == 2


@pytest.mark.parametrize(("people", "said"), [(20, False), (21, True)])
def test_more_than_twenty_people_wait_for_a_person_and_are_told(people, said):
    rows = {f"name_{n}": f"平安{n}" for n in range(1, people + 1)} | {f"left_{n}": "party" for n in range(1, people + 1)}
    page = read(post(filled(group=True, rows=str(people)) | rows, group=True))
    assert ("须由志愿者决定" in page.text) is said


@pytest.mark.parametrize("group", [False, True])
def test_the_promise_is_offered_by_a_form_of_its_own_and_not_pushed(group):
    page = read(post(read(post(filled(group=group), group=group)).sent(step="send"), group=group))
    assert re.search(r'<form method="post" action="/zh-hans/lookup/"><input type="hidden" name="code"', page.html)
    assert 'class="link" name="step" value="promise"' in page.html


def test_sending_twice_shows_the_same_code_and_counts_once():
    checked = read(post(filled())).sent(step="send")
    first, again = read(post(checked)), read(post(checked))
    assert code_of(first) == code_of(again)
    assert Declaration.objects.count() == 1
    assert "先前已经收到" in again.text
    assert "先前已经收到" not in first.text


@pytest.mark.parametrize(
    ("language", "said"), [("en", "shown on this page alone"), ("zh-hans", "只在本页显示"), ("zh-hant", "只在本頁顯示")]
)
def test_the_code_page_says_that_the_code_stands_nowhere_else(language, said):
    assert said in read(post(read(post(filled(language), language)).sent(step="send"), language)).text


def test_the_same_form_with_other_words_stores_nothing_and_lets_the_person_choose():
    checked = read(post(filled())).sent(step="send")
    first = read(post(checked))
    answered = post({**checked, "text": "换了一种说法。"})
    page = read(answered)
    assert answered.status_code == 409
    assert Declaration.objects.count() == 1
    assert code_of(page) == code_of(first)
    kept = page.sent(step="send")
    assert kept["text"] == ["换了一种说法。"]
    assert kept["token"] != checked["token"]
    assert read(post(kept)).html != page.html
    assert Declaration.objects.count() == 2


def test_when_it_cannot_be_saved_the_page_says_so_and_keeps_everything(monkeypatch):
    from tuidang.intake import actions

    def busy(**_):
        raise BusyError

    checked = read(post(filled())).sent(step="send")
    monkeypatch.setattr(actions, "accept", busy)
    answered = post(checked)
    page = read(answered)
    assert (answered.status_code, answered["Retry-After"]) == (503, "10")
    assert "没有确认任何记录" in page.text
    assert page.sent(step="send") == {**checked, "step": "send"}


def test_a_closed_register_takes_nothing_and_keeps_what_was_typed(monkeypatch):
    typed = filled()
    monkeypatch.setattr(switches, "intake_open", lambda: False)
    assert Client().get(address("zh-hans")).status_code == 503
    answered = post({**typed, "step": "send"})
    page = read(answered)
    assert answered.status_code == 503
    assert "没有任何记录" in page.text
    assert page.sent()["text"] == ["我声明退出。"]
    assert nothing_stored()
