"""What changed between two versions is shown as it is: nothing is lost, nothing invented, and no text makes it slow."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuidang.newsroom.desk.differences import MOST_LINES, MOST_SHOWN, differences

TEXTS = st.text(alphabet="ab 我们\n", max_size=60)


def told(passages, *marks):
    return ["".join(text for mark, text in one.parts if mark in marks) for one in passages]


def test_words_are_marked_in_latin_and_characters_in_chinese():
    (one,) = differences("We meet today.", "We meet tomorrow.")
    assert one.parts == (("same", "We meet "), ("gone", "today"), ("new", "tomorrow"), ("same", "."))
    (one,) = differences("我们今天见面。", "我们明天见面。")
    assert one.parts == (("same", "我们"), ("gone", "今"), ("new", "明"), ("same", "天见面。"))


def test_what_stands_around_a_change_is_shown_and_the_rest_is_left_out():
    lines = [f"Line {letter}" for letter in "abcdefgh"]
    changed = [*lines[:4], "Else", *lines[5:]]
    shown = differences("\n".join(lines), "\n".join(changed))
    assert told(shown, "same", "new") == ["Line d", "Else", "Line f"]
    assert [one.skipped for one in shown] == [True, False, False]


@given(TEXTS)
def test_nothing_differs_from_itself(text):
    assert differences(text, text) == []


@given(TEXTS, TEXTS)
def test_what_went_stood_before_and_what_came_stands_now(before, after):
    shown = differences(before, after)
    assert all(line in before.splitlines() or not line for line in told(shown, "same", "gone"))
    assert all(line in after.splitlines() or not line for line in told(shown, "same", "new"))
    assert bool(shown) == (before.splitlines() != after.splitlines())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\n" * 200_000, "x\n" * 100_000),
        ("一" * 200_000, "二" * 200_000),
        ("一二" * 700, "二三一" * 460),
        ("\n".join("一二三" * 400 for _ in range(160)), "\n".join("二一三" * 400 for _ in range(160))),
        ("\n".join(f"l{at % 100}" for at in range(MOST_LINES)), "\n".join(f"l{at * 7 % 99}" for at in range(MOST_LINES))),
    ],
    ids=["lines", "one line", "few characters", "long lines", "the same lines"],
)
def test_no_text_makes_it_slow_or_long(before, after):
    started = time.process_time()
    shown = differences(before, after)
    assert time.process_time() - started < 5
    assert 0 < len(shown) <= MOST_SHOWN
