"""Rules of screening: what puts a declaration before a person, and above all what does not."""

import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuidang.reference.pack import aliases, every_sentence
from tuidang.screening.policies import BURST, OWN_ENOUGH, Judgement, Lane, Reason, Seen, bursts, fingerprint, judge, letters, own_text
from tuidang.screening.queries import ready_letters

READY = sorted(every_sentence())


def judged(text: str = "我声明退出。", *names: str, title: str = "", by_web: bool = True) -> Judgement:
    return judge(Seen(title, text, names or ("远山",), by_web))


def own(text: str, *names: str) -> str:
    return own_text(Seen("", text, names or ("远山",), by_web=True), ready_letters())


@pytest.mark.parametrize("sentence", READY)
def test_a_ready_sentence_passes_and_leaves_nothing_of_ones_own(sentence):
    assert judged(sentence).lane is Lane.CLEAR
    assert own(sentence) == ""
    assert own(sentence.replace("，", ", ") + "  \n") == ""


@pytest.mark.parametrize("name", sorted(aliases()))
def test_a_suggested_name_passes(name):
    assert judged("我声明退出。", name) == Judgement(Lane.CLEAR, 0, ())


@pytest.mark.parametrize(
    "name",
    [
        "李",
        "欧阳娜娜",
        "阿不都热依木·买买提",
        "扎西次仁",
        "Tenzin Gyatso",
        "一个普通的中国公民",
        "老三届",
        "O'Brien",
        "Jean-Luc",
        "小明2号",
    ],
)
def test_names_as_people_bear_and_invent_them_pass(name):
    assert judged("我声明退出。", name).lane is Lane.CLEAR


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("。。。", Reason.NAME_EMPTY),
        ("--", Reason.NAME_EMPTY),
        ("12345", Reason.NAME_DIGITS),
        ("１２３", Reason.NAME_DIGITS),
        ("x" * 31, Reason.NAME_LONG),
        ("我们全家都要退出因为不想再当了", Reason.NAME_LONG),
        ("我要退出！", Reason.NAME_SENTENCE),
        ("we all want to leave it today", Reason.NAME_SENTENCE),
        ("www.example.org", Reason.LINK),
        ("13812345678", Reason.PHONE),
    ],
)
def test_a_name_that_is_none_is_looked_at(name, reason):
    found = judged("我声明退出。", name)
    assert found.lane is Lane.LOOK
    assert reason in found.reasons


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("我的身份证是 11010519491231002X", Reason.IDENTITY_NUMBER),
        ("身份证１１０１０５１９４９１２３１００２１", Reason.IDENTITY_NUMBER),
        ("打我电话 138-1234-5678", Reason.PHONE),
        ("电话13812345678。", Reason.PHONE),
        ("call +1 (415) 555 0100 now", Reason.PHONE),
        ("写信到 someone@example.org", Reason.EMAIL),
        ("见 https://example.org/a", Reason.LINK),
        ("访问example.com看", Reason.LINK),
    ],
)
def test_what_could_identify_or_advertise_is_looked_at_and_not_refused(text, reason):
    found = judged(text)
    assert (found.lane, reason in found.reasons) == (Lane.LOOK, True)
    assert reason in judged("我声明退出。", title=text[:200]).reasons


@pytest.mark.parametrize(
    "text", ["1989年入团，2004-12-03退出", "共 20,000 人", "我1975年10月1日入队。", "三退.退出", "v1.2 2026.11.03", "工号 20041203"]
)
def test_dates_and_numbers_in_a_text_pass(text):
    assert judged(text).lane is Lane.CLEAR


@pytest.mark.parametrize(("persons", "by_web", "lane"), [(20, True, Lane.CLEAR), (21, True, Lane.LOOK), (60, False, Lane.CLEAR)])
def test_more_than_twenty_by_web_are_looked_at(persons, by_web, lane):
    names = [f"名{first}{second}" for first in string.ascii_letters[:8] for second in string.ascii_letters[:8]][:persons]
    assert judged("我们声明退出。", *names, by_web=by_web).lane is lane


def test_one_name_for_a_whole_group_is_looked_at():
    assert Reason.NAMES_SAME in judged("我们声明退出。", "平安", "平安", "平 安").reasons
    assert judged("我们声明退出。", "平安", "平安", "远山").lane is Lane.CLEAR


def test_a_burst_is_held_before_everything_else():
    found = judge(Seen("", "电话13812345678", ("远山",), by_web=True), in_burst=True)
    assert found.lane is Lane.HOLD
    assert found.reasons == (Reason.BURST, Reason.PHONE)
    assert found.score > judged("电话13812345678").score
    assert BURST > 1


def test_the_same_short_text_is_coincidence():
    assert not bursts(own("我退出"))
    assert bursts("甲" * OWN_ENOUGH)


def test_a_cluster_shares_its_own_text_or_else_names_and_text():
    story = "那年冬天父亲被带走之后我就再也没有信过他们说的话"
    with_ready = Seen("", READY[3] + story, ("远山",), by_web=True)
    alone = Seen("", f"  {story}！", ("清泉",), by_web=True)
    assert fingerprint(with_ready, own_text(with_ready, ready_letters())) == fingerprint(alone, own_text(alone, ready_letters()))
    one, other = (Seen("", READY[3], (name,), by_web=True) for name in ("远山", "清泉"))
    assert fingerprint(one, "") != fingerprint(other, "")
    assert fingerprint(one, "") == fingerprint(Seen("", READY[4], ("远 山",), by_web=True), "")


def test_names_do_not_make_a_text_ones_own():
    text = "我叫欧阳娜娜，{{1}}也是。"
    assert own(text, "欧阳娜娜") == letters("我叫也是")


@given(st.text(max_size=200), st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=4), st.booleans())
def test_anything_that_can_be_typed_is_judged(text, names, by_web):
    seen = Seen(text[:20], text, tuple(names), by_web)
    found = judge(seen)
    assert found == judge(seen)
    assert (found.lane is Lane.CLEAR) == (found.reasons == ())
    assert isinstance(fingerprint(seen, own_text(seen, ready_letters())), bytes)


@pytest.mark.parametrize("piece", ["字", "a", "a-", "a.", "1 ", "1-", "a@", "+1", "{{1}}", "。"])
def test_no_text_takes_long_to_judge(piece):
    seen = Seen("", (piece * 20_000)[:20_000], ("远山",), by_web=True)
    began = time.process_time()
    judge(seen)
    own_text(seen, ready_letters())
    assert time.process_time() - began < 0.5
