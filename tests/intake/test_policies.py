"""What becomes of what was typed before it is looked at."""

import pytest

from tuidang.intake import policies
from tuidang.intake.policies import clean_line, clean_text
from tuidang.reference import pack


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("  李  明\t", "李 明"),
        ("李\u200b明", "李明"),
        ("a\0b", "ab"),
        ("远\u2028山", "远 山"),
        ("abc\u200f\u061c\u202edef", "abcdef"),
        ("可\ufeff \u2060 可", "可 可"),
        ("نام\u200cه", "نام\u200cه"),
        ("A\u030a", "Å"),
    ],
)
def test_a_line_keeps_what_can_be_seen_and_nothing_that_turns_it_around(typed, line):
    assert clean_line(typed) == line


@pytest.mark.parametrize("typed", ["", " \n", "\u200d\u200c", "\u0301", "\u200e\u200f"])
def test_a_line_of_which_nothing_can_be_seen_is_empty(typed):
    assert clean_line(typed) == ""


def test_a_text_keeps_its_lines():
    assert clean_text("\r\nEins\r\n\r\nZwei\u202e\r") == "Eins\n\nZwei"


@pytest.mark.parametrize(
    "typed",
    [
        "爷爷（已故）",
        "爺爺（已故）",
        "王大爷 已故",
        "已故父亲",
        "亡父",
        "先父",
        "先父王某",
        "亡妻",
        "奶奶（2003年去世）",
        "外公(殁)",
        "Grandpa (deceased)",
        "Grandpa, deceased",
        "my late father",
        "the late Mr Li",
        "Grandma (died)",
    ],
)
def test_what_says_that_somebody_is_dead_is_known(typed):
    assert policies.names_the_dead(typed)


@pytest.mark.parametrize(
    "typed", ["平安", "先生", "故乡人", "亡羊补牢", "先父之子", "Late Snow", "The Late Rain", "Deadline", "一个故人的孩子", "先锋"]
)
def test_names_of_the_living_are_none_of_these(typed):
    assert not policies.names_the_dead(typed)


def test_no_suggested_name_is_one_of_the_dead():
    assert [name for name in pack.aliases() if policies.names_the_dead(name)] == []
