"""What becomes of what was typed before it is looked at."""

import pytest

from tuidang.intake.policies import clean_line, clean_text


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
