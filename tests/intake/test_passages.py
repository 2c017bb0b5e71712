"""What could tell who someone is, is seen where it stands; ordinary sentences of such declarations raise no alarm."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.intake.sayings import ORDINARY, TELLING

from tuidang.intake.passages import MOST_SHOWN, accounts, names, numbers, passages, places
from tuidang.reference import pack

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = 100 * 1024


def seen(text: str, *known: str) -> list[tuple[str, str]]:
    return [(one.kind, text[one.start : one.end]) for one in passages(text, known)]


@pytest.mark.parametrize(
    ("text", "kind", "passage"),
    [
        ("身份证11010519491231002X。", "identity", "11010519491231002X"),
        ("证号 440524 19800101 0013", "identity", "440524 19800101 0013"),
        ("身份证１１０１０５１９４９１２３１００２Ｘ", "identity", "１１０１０５１９４９１２３１００２Ｘ"),
        ("老身份证130503670401001", "identity", "130503670401001"),
        ("请打13800138000找我", "phone", "13800138000"),
        ("电话：+86 138-0013-8000", "phone", "+86 138-0013-8000"),
        ("call +1 604 555 0199 please", "phone", "+1 604 555 0199"),
        ("家里010-62345678", "phone", "010-62345678"),
        ("电话号码是 62345678", "phone", "62345678"),
        ("手機：0912345678", "phone", "0912345678"),
        ("write to far.hill@example.org.", "email", "far.hill@example.org"),
        ("QQ：123456789", "account", "QQ：123456789"),
        ("我的微信号 farhill_88，加我", "account", "微信号 farhill_88"),
        ("WeChat ID: farhill", "account", "WeChat ID: farhill"),
        ("Telegram @farhill", "account", "Telegram @farhill"),
        ("住在人民路12号3单元401室", "address", "人民路12号3单元401室"),
        ("I live at 12 Cedar Street now", "address", "12 Cedar Street"),
        ("我父亲王建国在工厂做工", "name", "王建国"),
        ("我父親劉國強也退出", "name", "劉國強"),
        ("我叫李晓明，今年六十", "name", "李晓明"),
        ("姓名：陈丽华", "name", "陈丽华"),
        ("同事马强说的", "name", "马强"),
        ("本人张建国声明退出", "name", "张建国"),
        ("感谢张志强老师", "name", "张志强"),
        ("三退：周海燕、吴秋实", "name", "周海燕"),
        ("退党：周桂英", "name", "周桂英"),
        ("My father Li Guoqiang joined in 1965.", "name", "Li Guoqiang"),
        ("I thank Mr. Zhang Wei for this.", "name", "Zhang Wei"),
        ("My name is John Smith.", "name", "John Smith"),
    ],
)
def test_what_could_tell_who_someone_is_is_marked_where_it_stands(text, kind, passage):
    assert (kind, passage) in seen(text)


def test_each_name_of_a_list_is_marked():
    assert seen("退团队：周海燕、吴秋实，远山") == [("name", "周海燕"), ("name", "吴秋实")]


@pytest.mark.parametrize("known", ["王建国", "王 建国", "王建國"])
def test_the_names_of_the_declaration_itself_are_no_news(known):
    assert seen("我叫王建国，声明退出。", known) == []


def test_every_ready_sentence_passes_and_every_suggested_name():
    for text in (*pack.every_sentence(), *pack.aliases()):
        assert seen(text) == [], text
        assert seen(f"我叫{text}，我父亲{text}") == [], text


@pytest.mark.parametrize(("text", "kind", "passage"), TELLING)
def test_it_is_marked_in_every_script_and_however_it_is_grouped(text, kind, passage):
    assert (kind, passage) in seen(text)


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_sentences_raise_no_alarm(text):
    assert seen(text) == []


def test_of_all_the_words_that_everyone_uses_none_raises_an_alarm():
    """The measure of false alarms: every ready sentence, the texts of the demonstration, and our own pages, which are ordinary prose."""
    ready = [*pack.every_sentence(), *pack.aliases()]
    invented = list(_leaves(json.loads((ROOT / "src/tuidang/demo/world.json").read_text("utf-8"))))
    ours = [
        one
        for path in (ROOT / "src/tuidang/locale").rglob("django.po")
        for one in re.findall(r'(?m)^msgstr "(.+)"$', path.read_text("utf-8"))
        if not any(told in one for told in ("name@example.org", "163、126"))  # a form of address, and companies that the state reads with
    ]
    for texts, fewest in ((ready, 600), (invented, 250), (ours, 1500)):
        assert len(texts) >= fewest
        assert [(text, seen(text)) for text in texts if seen(text)] == []


def test_texts_of_the_demonstration_put_together_raise_no_alarm():
    world = json.loads((ROOT / "src/tuidang/demo/world.json").read_text("utf-8"))
    for parts in world.values():
        for kind in parts["opening"].values():
            for opening in kind:
                text = "\n".join([opening, *parts["middle"], parts["leave"], *parts["closing"], parts["first"][0] + parts["second"][0]])
                assert seen(text) == [], text


def _leaves(held) -> Iterator[str]:
    if isinstance(held, str):
        yield held
    else:
        for one in held.values() if isinstance(held, dict) else held:
            yield from _leaves(one)


@pytest.mark.parametrize("number", ["11010519491331002X", "990105194912310020", "130503671301001", "123456789012345678"])
def test_a_number_without_a_province_or_a_day_is_no_identity_number(number):
    assert seen(number) == []


@pytest.mark.parametrize("number", ["110105194912310021", "510107196803051234"])
def test_an_identity_number_that_was_mistyped_is_one_all_the_same(number):
    assert seen(number) == [("identity", number)]


@pytest.mark.parametrize(("written", "right"), [("A123456789", True), ("A123456788", False), ("G123456A", True), ("G1234569", False)])
def test_numbers_of_taiwan_and_hong_kong_have_a_right_last_digit(written, right):
    assert bool(seen(written)) is right


_PIECES = st.sampled_from(
    [
        "我父亲",
        "王",
        "建国",
        "QQ",
        "微信号",
        ":",
        "@",
        "1",
        "-",
        " ",
        "86",
        "13800138000",
        "路",
        "12号",
        "三退：",
        "\n",
        "My father ",
        "Li ",
        "Ming",
        "张",
        "x",
        ".",
        "(",
    ]
)


@given(st.text() | st.lists(_PIECES, max_size=60).map("".join), st.lists(st.text(max_size=5), max_size=3))
@example("㍿" * 3, ["㍿"])
def test_any_text_has_passages_in_order_and_inside_it(text, known):
    found = passages(text, known)
    assert len(found) <= MOST_SHOWN
    at = 0
    for one in found:
        assert at <= one.start < one.end <= len(text)
        at = one.end


@pytest.mark.parametrize(
    "piece",
    [
        "1 ",
        "1-",
        "1",
        "a",
        "a@",
        "a.",
        "路",
        "我父亲王",
        "王建国",
        "QQ",
        "微信号",
        "张",
        "My father ",
        "Li ",
        "三退：\n",
        "三退：张三、",
        "电话",
        "一百号",
        "+86 ",
        "((",
        "路1号",
        "县王镇",
        "红星大学",
        "王建国和",
        "一三八",
        "E1",
        "护照1 ",
        "川A",
        "。王建国 ",
        "1 Abc ",
        "Abc ",
        "村1",
        "买·",
    ],
)
def test_hostile_text_is_read_to_its_end(piece):
    text = (piece * HOSTILE)[:HOSTILE]
    assert all(one.end <= HOSTILE for one in passages(text))


def _held(values: Iterable[Any]) -> Iterator[re.Pattern[str]]:
    for one in values:
        if isinstance(one, re.Pattern):
            yield one
        elif isinstance(one, tuple):
            yield from _held(one)


_PATTERNS = sorted({one.pattern for module in (accounts, names, numbers, places) for one in _held(vars(module).values())})
_PARTED = r"(?:[ ()._/‐-―-]{0,3}[0-9])*"
"""After a digit: each step ends with another one, which no separator is, so that there is one way to read a run of them."""


def test_the_patterns_are_all_looked_at():
    assert len(_PATTERNS) > 30
    assert sum(_PARTED in one for one in _PATTERNS) == 1


@pytest.mark.parametrize("pattern", _PATTERNS)
def test_nothing_in_a_pattern_repeats_without_end_so_that_no_place_of_a_text_costs_more_than_the_pattern(pattern):
    assert not _endless(_parser.parse(pattern.replace(_PARTED, "")))


@pytest.mark.parametrize("pattern", ["(?:a+)+", "a(?:b|c*d)*", "x(?=(?:ab)+)"])
def test_what_repeats_without_end_would_be_seen(pattern):
    assert _endless(_parser.parse(pattern))


def _endless(part: Any) -> bool:
    """Whether something in a pattern is repeated without end; one plain character may be."""
    if isinstance(part, tuple) and len(part) == 3 and part[1] == _constants.MAXREPEAT:
        return not (len(part[2]) == 1 and part[2][0][0] in (_constants.IN, _constants.LITERAL))
    return isinstance(part, tuple | list | _parser.SubPattern) and any(_endless(one) for one in part)
