"""The rules that protect people, as far as a form can keep them: children, people who are listed, people who do not know, people who say too much."""

import re

import pytest
from django.test import Client
from tests.intake.filled import GROUP, address, filled, form, nothing_stored, post
from tests.page import LANGUAGES, read

from tuidang.intake import actions
from tuidang.intake.content import Accepted
from tuidang.reference import pack
from tuidang.screening.policies import Lane, Reason, Seen, judge

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken(monkeypatch):
    """What `accept` was given."""
    found = []

    def accept(*, declaration, code):
        found.append(declaration)
        return Accepted("new", len(declaration.persons))

    monkeypatch.setattr(actions, "accept", accept)
    return found


def declared(taken, language="zh-hans", *, group=True, **changed):
    """The declaration after the check page, and that page."""
    checked = read(post(filled(language, group=group, **changed), language, group=group))
    assert post(checked.sent(step="send"), language, group=group).status_code == 200
    return taken[-1], checked


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("typed", ["王小明", "", "child of mine"])
def test_a_child_gets_an_invented_name_that_is_never_published(taken, language, typed):
    one, checked = declared(taken, language, name_1=typed, child_1="on", publish="on")
    assert one.persons[0].name in pack.aliases()
    assert not typed or typed not in checked.html
    assert [person.suggested for person in one.persons] == [False, "静雨" in pack.aliases()]
    assert one.publish, "what is said of the others may be published, without the child's name"


RENAMED = {"en": "was replaced by this invented one", "zh-hans": "已换成这个化名", "zh-hant": "已換成這個化名"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("typed", "said"), [("王小明", True), ("", False), ("平安", False)])
def test_that_a_childs_name_was_replaced_is_said_in_its_row(language, typed, said):
    page = read(post(filled(language, group=True, name_1=typed, child_1="on"), language, group=True))
    assert (RENAMED[language] in page.text) is said
    first, second = re.findall(r"<div><dt>.*?</div>", page.html, re.DOTALL)[:2]
    assert (RENAMED[language] in first, RENAMED[language] in second) == (said, False)


def test_the_name_of_a_child_stands_as_it_was_typed_where_something_else_is_missing():
    page = read(post(filled(group=True, name_1="王小明", child_1="on", consent=[]), group=True))
    assert page.sent()["name_1"] == ["王小明"]


DEAD = {"en": "The dead are not counted.", "zh-hans": "已故者不计数。请清空", "zh-hant": "已故者不計數。請清空"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("child", [{}, {"child_1": "on"}])
@pytest.mark.parametrize("typed", ["爷爷（已故）", "亡父", "Grandpa (deceased)"])
def test_one_who_is_dead_is_not_counted_and_nothing_that_was_typed_is_lost(language, typed, child):
    answered = post(filled(language, group=True, name_1=typed, text="我们退出。", **child), language, group=True)
    page = read(answered)
    assert (answered.status_code, nothing_stored()) == (422, True)
    assert DEAD[language] in re.search(r'id="name_1-error">(.*?)</p>', page.html, re.DOTALL)[1]
    assert (page.sent()["name_1"], page.sent()["text"]) == ([typed], ["我们退出。"])
    without = {name: value for name, value in page.sent(name_1="").items() if name not in ("left_1", "child_1")}
    assert post(without, language, group=True).status_code == 200


@pytest.mark.parametrize(
    ("language", "said"), [("en", "so do you, if you list yourself"), ("zh-hans", "把自己列在其中"), ("zh-hant", "把自己列在其中")]
)
def test_who_lists_themselves_is_told_that_they_count_as_listed(language, said):
    assert said in form(language, group=True).text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "misses things: please read it once more yourself"),
        ("zh-hans", "程序会有遗漏，请自己再看一遍"),
        ("zh-hant", "程式會有遺漏，請自己再看一遍"),
    ],
)
@pytest.mark.parametrize("group", [False, True])
@pytest.mark.parametrize("text", ["我声明退出。", "我退出。电话 13800138000。"])
def test_the_check_page_always_says_that_the_program_misses_things(language, said, group, text):
    assert read(post(filled(language, group=group, text=text), language, group=group)).text.count(said) == 1


@pytest.mark.parametrize(("language", "said"), [("en", "as it stands here"), ("zh-hans", "名字照此显示"), ("zh-hant", "名字照此顯示")])
@pytest.mark.parametrize(
    ("answers", "shown"), [({"publish": "on", "name": "王某"}, True), ({"name": "王某"}, False), ({"publish": "on"}, False)]
)
def test_who_publishes_under_a_name_of_their_own_is_told_that_it_is_shown(language, said, answers, shown):
    assert (said in read(post(filled(language, **answers), language)).text) is shown


def test_a_childs_name_is_nobody_elses_in_either_script():
    """Of all suggested names but one, in the other script, one is left."""
    from tuidang.intake.forms import Typed, TypedPerson

    simplified, traditional = pack._names("zh-hans")[0], pack._names("zh-hant")[0]
    others = [TypedPerson(name, frozenset({"party"})) for name in simplified[1:]]
    named = Typed(group=True, persons=(TypedPerson("王小明", frozenset({"party"}), child=True), *others)).with_invented_children("zh-hant")
    assert named.persons[0].name == traditional[0]
    assert named.names_twice() == frozenset()


def test_an_invented_name_that_was_chosen_for_a_child_stays(taken):
    one, checked = declared(taken, name_1="平安", child_1="on")
    assert one.persons[0].name == "平安"
    assert "绝不公开" in checked.text


def test_of_children_alone_nothing_is_published(taken):
    one, checked = declared(taken, child_1="on", child_2="on", publish="on")
    assert not one.publish
    assert "只计数，不显示" in checked.text


def test_there_is_no_such_tick_on_the_page_for_oneself(taken):
    one, _ = declared(taken, group=False, child="on", name="王小明")
    assert one.persons[0].name == "王小明"


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_speaks_for_others_says_that_each_agreed_and_is_old_enough(language):
    page = read(post(filled(language, group=True, agreed=[]), language, group=True))
    assert 'id="agreed-error"' in page.html
    assert "16" in re.search(r'<label for="agreed">(.*?)</label>', page.html)[1]
    assert nothing_stored()


@pytest.mark.parametrize(
    ("language", "said"), [("en", "The dead are not counted"), ("zh-hans", "已故者不计数"), ("zh-hant", "已故者不計數")]
)
def test_that_the_dead_are_not_counted_is_said_once(language, said):
    assert form(language, group=True).text.count(said) == 1


@pytest.mark.parametrize(("people", "lane"), [(20, Lane.CLEAR), (21, Lane.LOOK)])
def test_more_than_twenty_by_web_wait_for_a_person_in_screening_too(people, lane):
    judged = judge(Seen("", "我声明退出。", tuple(f"平安{chr(0x4E00 + n)}" for n in range(people)), by_web=True))
    assert judged.lane is lane
    assert (Reason.MANY_PERSONS in judged.reasons) is (lane is Lane.LOOK)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("again", ["平安", " 平 安 "])
def test_the_same_name_twice_is_asked_about_once_and_then_let_pass(language, again):
    typed = filled(language, group=True, name_1="平安", name_2=again)
    answered = post(typed, language, group=True)
    page = read(answered)
    assert answered.status_code == 200
    assert re.findall(r'href="#(\w+)"', re.search(r'<div class="notice" role="status".*?</div>', page.html, re.DOTALL)[0]) == ["name_2"]
    assert not re.search(r'class="error|class="person wrong|aria-invalid', page.html), "it is a question, and no error"
    assert not page.title.startswith(("Error", "错误", "錯誤"))
    checked = read(post(page.sent(), language, group=True))
    assert "several" in checked.sent()
    assert post(checked.sent(step="send"), language, group=True).status_code == 200


def test_another_name_twice_is_asked_about_anew():
    page = read(post(filled(group=True, name_1="平安", name_2="平安"), group=True))
    answered = post(page.sent(name_1="远山", name_2="远山"), group=True)
    assert answered.status_code == 200
    assert "写着同样的名字：远山" in read(answered).text


def test_what_is_wrong_beside_a_name_that_stands_twice_is_still_an_error():
    typed = filled(group=True, name_1="平安", name_2="平安", name_3="", left_3="party", rows="3")
    answered = post(typed, group=True)
    page = read(answered)
    assert answered.status_code == 422
    assert "写着同样的名字：平安" in page.text
    assert re.findall(r'href="#(\w+)"', re.search(r'<div class="errors".*?</div>', page.html, re.DOTALL)[0]) == ["name_3"]


def test_suggested_names_are_all_different_and_stand_in_every_ticked_row():
    rows = {f"name_{n}": "" for n in range(1, 101)} | {f"left_{n}": "party" for n in range(1, 101)}
    fields = read(post({**filled(group=True), **rows, "rows": "101", "step": "alias"}, group=True)).sent()
    names = [fields[f"name_{n}"][0] for n in range(1, 101)]
    assert len(set(names)) == 100
    assert set(names) <= pack.aliases()
    assert fields["name_101"] == [""]


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Tick an organisation in a row first"), ("zh-hans", "请先在一行中勾选"), ("zh-hant", "請先在一列中勾選")]
)
def test_a_name_for_nobody_is_not_suggested_and_the_page_says_what_to_do(language, said):
    page = read(
        post(filled(language, group=True, step="alias", **{name: "" for name in GROUP if name[-1].isdigit()}), language, group=True)
    )
    assert page.text.count(said) == 2, "on top, and beside the rows to which the button leads"
    assert page.sent()["name_1"] == [""]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_ready_sentence_names_what_was_ticked_and_ones_own_words_stay(taken, language):
    sentence = pack.sentences(language)[0]
    one, checked = declared(taken, language, group=False, left=["pioneers", "party"], text=f"前言。\n{sentence}\n后语。")
    first, declared_sentence, last = one.text.split("\n")
    assert (first, last) == ("前言。", "后语。")
    assert pack.with_official_names(sentence, 5) == declared_sentence != sentence
    names = {"en": "the Communist Party of China and the Young Pioneers of China", "zh-hans": "中国共产党和中国少年先锋队"}
    assert names.get(language, "中國共產黨和中國少年先鋒隊") in declared_sentence
    assert declared_sentence in checked.text
    assert sentence in read(post(checked.sent(step="change"), language)).sent()["text"][0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("group", [False, True])
def test_no_declared_sentence_speaks_of_something_above_it(language, group):
    for sentence in pack.sentences(language, group=group):
        assert not re.search("above|上述|以上", pack.with_official_names(sentence, 7))
        assert "{" not in sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_does_not_know_ticks_what_they_remember_and_finds_it_on_the_form(language):
    typed = filled(language, text="我自己写的。", name="青竹", left=[], step="which")
    asked = read(Client().post(f"{address(language)}which/", typed))
    assert language == "en" or asked.latin() == set()
    back = read(post(asked.sent(step="joined", left=["pioneers", "league"]), language)).sent()
    assert sorted(back["left"]) == ["league", "pioneers"]
    assert (back["text"], back["name"], back["token"]) == (["我自己写的。"], ["青竹"], typed["token"])
    assert nothing_stored()


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "there is nothing to withdraw from"), ("zh-hans", "就没有需要退出的"), ("zh-hant", "就沒有需要退出的")],
)
def test_who_remembers_nothing_of_it_is_told_what_that_means(language, said):
    asked = read(Client().post(f"{address(language)}which/", filled(language, name="青竹", left=[])))
    assert asked.tags.count("legend") == 2, "two questions"
    back = read(post(asked.sent(step="joined"), language))
    assert said in back.text
    assert back.sent()["name"] == ["青竹"]
    assert said not in read(post(asked.sent(step="joined", left="party"), language)).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_questions_can_be_asked_before_the_form_is_seen(language):
    asked = read(Client().get(f"{address(language)}which/"))
    back = read(post(asked.sent(step="joined", left="pioneers"), language)).sent()
    assert back["left"] == ["pioneers"]
    assert back["text"] == [pack.sentences(language)[0]]
    checked = post({**back, "adult": "on", "consent": "on"}, language)
    assert checked.status_code == 200


SAID = {"en": "They look like this:", "zh-hans": "其中似乎有：", "zh-hant": "其中似乎有："}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("field", "typed", "marked"),
    [
        ("text", "我退出。电话 13800138000。", "13800138000"),
        ("text", "证号11010519491231002X", "11010519491231002X"),
        ("text", "我父亲王建国\n也退出。", "王建国"),
        ("title", "far.hill@example.org", "far.hill@example.org"),
        ("name", "13800138000", "13800138000"),
        ("text", "<b>13800138000</b>", "13800138000"),
    ],
)
def test_what_tells_who_someone_is_is_marked_and_may_be_declared_all_the_same(taken, language, field, typed, marked):
    page = read(post(filled(language, **{field: typed}), language))
    assert SAID[language] in page.text
    assert re.findall("<mark>(.*?)</mark>", page.html) == [marked]
    assert "<b>1" not in page.html
    assert post(page.sent(step="send"), language).status_code == 200
    assert getattr(taken[-1], field, taken[-1].persons[0].name) == typed


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("group", [False, True])
def test_ready_sentences_and_suggested_names_mark_nothing(language, group):
    for sentence in pack.sentences(language, group=group):
        page = read(post(filled(language, group=group, text=sentence), language, group=group))
        assert "<mark>" not in page.html
        assert SAID[language] not in page.text


def test_names_of_the_people_listed_are_not_marked_in_their_text():
    page = read(post(filled(group=True, name_1="王建国", text="我父亲王建国和我都退出。"), group=True))
    assert "<mark>" not in page.html


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Where do they live?"), ("zh-hans", "他们住在哪里？"), ("zh-hant", "他們住在哪裡？")]
)
def test_a_group_is_asked_where_they_live(language, said):
    assert said in form(language, group=True).text


@pytest.mark.parametrize(("language", "alone"), [("en", "and nothing else does"), ("zh-hans", "没有别的办法"), ("zh-hant", "沒有別的辦法")])
def test_only_where_there_is_one_code_it_is_called_the_only_one(language, alone):
    for group in (False, True):
        page = read(post(read(post(filled(language, group=group), language, group=group)).sent(step="send"), language, group=group))
        assert (alone in page.text) is not group
