"""The register as plain text: read in any terminal, filled in with any editor, sent with any program, counted once."""

import re

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.intake.filled import nothing_stored
from tests.page import LANGUAGES
from tests.public.numbers import shown

from tuidang.intake.models import Declarant, Declaration
from tuidang.public import plain
from tuidang.reference import pack, switches
from tuidang.vault.codes import read_code

pytestmark = pytest.mark.django_db
ALONE = {
    "en": {"Withdraws from": "Party, Young Pioneers", "I am 16 or older": "yes", "I agree that this is stored and counted": "yes"},
    "zh-hans": {"退出": "党、队", "我已年满16岁": "是", "我同意保存并计入": "是"},
    "zh-hant": {"退出": "黨、隊", "我已年滿16歲": "是", "我同意保存並計入": "是"},
}
NAMED = "名字（可用化名）"
GROUP = "名单：\n平安：党、团、队\n小河: 队\n每个人都已同意，且年满 16 岁：是\n我同意保存并计入：是\n声明：我们声明退出。\n"


def fetch(language="zh-hans"):
    answered = Client().get(f"/{language}/declare.txt")
    assert answered.status_code == 200
    return answered.content.decode()


def fill(text, **answers):
    """The form with answers written behind their labels."""
    for label, answer in answers.items():
        text, changed = re.subn(rf"(?m)^({re.escape(label)}[:：]).*$", rf"\g<1>{answer}", text)
        assert changed == 1, label
    return text


def filled(language="zh-hans", **more):
    return fill(fetch(language), **ALONE[language], **more)


def send(text, language="zh-hans", kind="application/x-www-form-urlencoded", **headers):
    body = text if isinstance(text, bytes) else text.encode()
    return Client(headers=headers).post(f"/{language}/declare.txt", body, content_type=kind)


def confirmed(text, language="zh-hans"):
    """The form as it is sent for the second time: with the number of the answer to the first."""
    number = re.search(rf"(?m)^  {plain.CONFIRM[language]}[:：] ?([0-9]{{6}})$", said(send(text, language)))[1]
    line = f"{plain.CONFIRM[language]}: {number}"
    changed, times = re.subn(rf"(?m)^{plain.CONFIRM[language]}[:：].*$", line, text)
    return changed if times else f"{text}\n{line}\n"


def said(answered):
    return answered.content.decode()


def code_in(text):
    """The first code of an answer."""
    return read_code(re.search(r"(?m)^  (\S.*)$", text)[1])


def token_in(text):
    return re.search(r"[:：]\s*([A-Za-z0-9_=-]{48})$", text, re.MULTILINE)[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_home_says_the_number_with_what_it_means_and_where_else_to_find_it(language, monkeypatch):
    shown(monkeypatch)
    answered = Client().get(f"/{language}/home.txt")
    text = said(answered)
    assert answered["Content-Type"] == "text/plain; charset=utf-8"
    for part in ("12,431", "4,102", "5,231", "8,012", "/mirrors.txt", f"/{language}/declare.txt"):
        assert part in text
    assert "<" not in text
    assert "&" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_is_longer_than_a_terminal_but_what_is_copied(language, monkeypatch):
    shown(monkeypatch)
    texts = [said(Client().get(f"/{language}/home.txt")), fetch(language), said(send(filled(language), language))]
    for line in "".join(texts).splitlines():
        assert plain.width(line) <= plain.COLUMNS or "http" in line, line


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant"])
def test_nothing_in_it_stays_english(language, monkeypatch):
    shown(monkeypatch)
    done = filled(language)
    texts = [
        said(Client().get(f"/{language}/home.txt")),
        said(send(done, language)),
        said(send(fetch(language), language)),
        said(send("x", language)),
    ]
    for text in texts:
        words = re.sub(r"https?://\S+|[A-Za-z0-9_=-]{48}", "", text)
        assert set(re.findall(r"[A-Za-z]{2,}", words)) == set()
    notes = re.sub(r"https?://\S+|[A-Za-z0-9_=-]{48}|curl --data-binary @declare.txt|declare.txt", "", fetch(language))
    assert set(re.findall(r"[A-Za-z]{2,}", notes)) == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/plain; charset=utf-8"])
def test_what_was_read_is_shown_and_only_what_is_confirmed_is_recorded_once(language, kind):
    text = filled(language)
    first = send(text, language, kind)
    assert (first.status_code, nothing_stored()) == (200, True)
    again = confirmed(text, language)
    codes = {code_in(said(send(again, language, kind))).base32() for _ in range(3)}
    assert len(codes) == 1
    assert (Declaration.objects.count(), Declarant.objects.count()) == (1, 1)
    asked = Client().post(f"/{language}/lookup/", {"code": codes.pop()})
    assert asked.status_code == 200


def test_a_ready_sentence_that_was_broken_into_lines_is_whole_again():
    sentence = pack.sentences("en")[0]
    broken = plain.wrapped(f"Declaration: {sentence}").partition(": ")[2]
    assert broken.count("\n") > 1
    assert plain.with_ready_sentence(broken.strip()) == sentence
    assert plain.with_ready_sentence(f"{sentence}\n\nAnd more.") == f"{sentence}\n\nAnd more."
    assert plain.with_ready_sentence("My own\nwords.") == "My own\nwords."


def test_a_family_is_a_line_each_and_every_one_gets_a_code():
    text = f"表单号：{token_in(fetch())}\n{GROUP}"
    answered = said(send(confirmed(text)))
    assert re.findall(r"(?m)^  (\d) (\S+?)：", answered) == [("1", "平安"), ("2", "小河")]
    assert Declarant.objects.count() == 2


@pytest.mark.parametrize(
    "changed",
    [
        lambda text: text.replace("：", ":"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\n\n"),
        lambda text: "".join(f"> {line}\n" for line in text.splitlines()),
        lambda text: text.replace("表单号", "表單號").replace(NAMED, "化名").replace("我同意保存并计入", "I agree"),
        lambda text: text.encode("gb18030"),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-8-sig"),
        lambda text: "\n".join(line for line in text.splitlines() if not line.startswith("#")),
    ],
    ids=["colons", "line ends", "blank lines", "quoted", "labels", "gb18030", "utf-16", "mark", "without notes"],
)
def test_it_is_read_as_editors_and_people_leave_it(changed):
    answered = send(changed(filled()))
    assert answered.status_code == 200
    assert "中国共产党、中国少年先锋队" in said(answered)


def test_what_could_tell_who_someone_is_is_pointed_out():
    answered = send(filled(声明="我声明退出，电话 13812345678。"))
    assert "  13812345678 – 电话号码\n" in said(answered)


@pytest.mark.parametrize("answer", ["是", "好", "000000", "是 000000", "12345", ""])
def test_nothing_is_confirmed_but_with_the_number_of_what_was_read_back(answer):
    text = filled(声明="我声明退出，电话 13812345678。")
    right = re.search("([0-9]{6})$", confirmed(text).partition("\n确认")[2].partition("\n")[0])[1]
    answered = send(fill(text, 确认=answer))
    assert (answered.status_code, nothing_stored()) == (200, True)
    assert f"确认：{right}" in said(answered)
    assert "13812345678" in said(answered)
    assert ("与这份内容不符" in said(answered)) is (answer[-6:] == "000000")
    assert send(fill(text, 确认=f"是 {right}。")).status_code == 200
    assert Declaration.objects.count() == 1


def test_a_number_that_was_read_back_before_a_change_confirms_nothing():
    text = confirmed(filled())
    changed = send(fill(text, **{NAMED: "别人"}))
    assert (changed.status_code, nothing_stored()) == (200, True)
    assert "与这份内容不符" in said(changed)


def test_a_number_counts_for_its_own_form_alone():
    text = confirmed(filled())
    send(fill(text, 表单号=token_in(fetch())))
    assert nothing_stored()


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "misses things"), ("zh-hans", "程序会有遗漏，请自己再看一遍"), ("zh-hant", "程式會有遺漏，請自己再看一遍")],
)
def test_every_answer_says_that_the_program_misses_things(language, words):
    assert words in said(send(filled(language), language)).replace("\n", "")


@pytest.mark.parametrize("line", ["小名（我的孩子）：队", "小名 (my child): Young Pioneers", "小名〔孩子〕：隊"])
def test_a_child_gets_the_same_invented_name_in_the_answer_and_in_the_register(line):
    text = f"表单号：{token_in(fetch())}\n{GROUP}".replace("小河: 队", line)
    answers = {said(send(text)), said(send(text.replace("\n", "\n\n")))}
    assert len(answers) == 1
    alias = re.findall("(?m)^名字：(.*)$", answers.pop())[1]
    assert alias in pack.aliases()
    answered = said(send(confirmed(text)))
    assert f"  2 {alias}：" in answered
    assert "小名" not in answered
    assert Declarant.objects.count() == 2


def test_that_a_childs_name_was_replaced_is_said():
    text = f"表单号：{token_in(fetch())}\n{GROUP}".replace("小河:", "小名（孩子）:")
    assert "为保护孩子，您填写的名字已换成这个化名" in said(send(text)).replace("\n", "")


@pytest.mark.parametrize("answer", ["也许", "yes / no", "公开一半", "是否"])
def test_publish_is_answered_with_yes_or_no(answer):
    answered = send(filled(公开=answer))
    assert answered.status_code == 422
    assert "“公开”请回答“是”或“否”" in said(answered)


@pytest.mark.parametrize(("answer", "published"), [("", False), ("否", False), ("不", False), ("no", False), ("是", True), ("YES", True)])
def test_publish_is_known_in_any_form(answer, published):
    assert ("只计数，不显示" in said(send(filled(公开=answer)))) is not published


def test_the_dead_are_not_counted():
    answered = send(f"表单号：{token_in(fetch())}\n{GROUP}".replace("小河:", "爷爷（已故）:"))
    assert (answered.status_code, nothing_stored()) == (422, True)
    assert "已故者不计数" in said(answered)


def test_a_place_that_is_not_known_is_said_to_be_left_out():
    assert "没有认出这个地方" in said(send(filled(地区="某某星球"))).replace("\n", "")


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        (fetch, 422, "缺少“退出”"),
        (lambda: f"表单号：{token_in(fetch())}\n你好\n", 422, "请按表单原样填写"),
        (lambda: filled(表单号="AAAA"), 403, "表单号缺失"),
        (lambda: "", 403, "表单号缺失"),
        (lambda: b"\xff\xfe\x00", 403, "表单号缺失"),
        (lambda: fill(filled(), **{NAMED: "远" * 61}, 确认="是"), 422, "太长"),
    ],
    ids=["empty", "noise", "number", "nothing", "bytes", "long"],
)
def test_what_cannot_be_taken_is_answered_and_leaves_nothing(text, status, words):
    answered = send(text())
    assert answered.status_code == status
    assert words in said(answered)
    assert answered["Content-Type"].startswith("text/plain")
    assert nothing_stored()


def test_a_number_that_is_no_longer_valid_is_replaced_by_one_that_is():
    new = token_in(said(send(filled(表单号="AAAA"))))
    assert send(confirmed(filled(表单号=new))).status_code == 200
    assert Declaration.objects.count() == 1


def test_other_words_under_the_same_number_are_not_recorded():
    text = confirmed(filled())
    code = code_in(said(send(text)))
    other = send(confirmed(fill(text, **{NAMED: "别人"})))
    assert other.status_code == 409
    assert code_in(said(other)) == code
    assert Declaration.objects.count() == 1


@pytest.mark.parametrize("headers", [{"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_page_of_another_site_cannot_send_it(headers):
    answered = send(confirmed(filled()), **headers)
    assert (answered.status_code, nothing_stored()) == (403, True)


def test_while_the_register_is_closed_it_says_so(monkeypatch):
    text = confirmed(filled())
    monkeypatch.setattr(switches, "intake_open", lambda: False)
    for answered in (send(text), Client().get("/zh-hans/declare.txt")):
        assert (answered.status_code, "不接受新的声明" in said(answered)) == (503, True)
    assert nothing_stored()


def test_a_busy_register_says_when_to_send_again(monkeypatch):
    from tuidang.intake import actions
    from tuidang.kernel.errors import BusyError

    def busy(**_):
        raise BusyError("now")

    monkeypatch.setattr(actions, "accept", busy)
    answered = send(confirmed(filled()))
    assert (answered.status_code, answered["Retry-After"]) == (503, "10")
    assert "请等十秒" in said(answered)


def test_what_is_too_large_is_refused_as_text():
    answered = send(b"a" * (1024 * 1024 + 1))
    assert answered.status_code == 413
    assert answered["Content-Type"].startswith("text/plain")


@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda text: ("确认：是\n" + text).encode("utf-8", "replace")))
def test_any_bytes_are_answered(body):
    assert send(body).status_code in (403, 422)


@given(st.text(alphabet="abc 声明。“”（），：\n#", max_size=400))
def test_breaking_lines_loses_no_character(text):
    def bare(some):
        return re.sub(r"[\s#]", "", some)

    assert bare(plain.wrapped(text)) == bare(text)
    for line in plain.wrapped(text).splitlines():
        assert plain.width(line) <= plain.COLUMNS + 8 or line.startswith("  ") or " " not in line
