"""Figures are cut off, never rounded up, and equally precise in every language."""

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuidang.design import numbers

LANGUAGES = ("en", "zh-hans", "zh-hant")
UNITS = {"million": 10**6, "billion": 10**9, "万": 10**4, "亿": 10**8, "萬": 10**4, "億": 10**8}


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, ("0", "0", "0")),
        (999_999, ("999,999", "999,999", "999,999")),
        (1_000_000, ("1 million", "100 万", "100 萬")),
        (1_999_999, ("1.999 million", "199.9 万", "199.9 萬")),
        (99_999_999, ("99.99 million", "9,999 万", "9,999 萬")),
        (466_912_443, ("466.9 million", "4.669 亿", "4.669 億")),
        (466_999_999, ("466.9 million", "4.669 亿", "4.669 億")),
        (1_000_999_999, ("1 billion", "10 亿", "10 億")),
        (2_034_567_890, ("2.034 billion", "20.34 亿", "20.34 億")),
    ],
)
def test_long_numbers_are_cut_off_after_four_digits(number, shown):
    assert tuple(numbers.compact(number, language) for language in LANGUAGES) == shown


@given(st.integers(min_value=0, max_value=10**12))
def test_every_language_says_the_same_number_and_never_more_than_there_is(number):
    values = set()
    for language in LANGUAGES:
        figure, _, unit = numbers.compact(number, language).partition(" ")
        whole, _, fraction = figure.replace(",", "").partition(".")
        size = UNITS.get(unit, 1)
        values.add(int(whole) * size + int(fraction or 0) * size // 10 ** len(fraction))
    assert len(values) == 1
    assert 0 <= number - values.pop() < max(1, number / 1000)


def test_an_unknown_language_is_answered_in_english():
    assert numbers.compact(466_912_443, "fr") == "466.9 million"
    assert numbers.over(301, 20, "fr") == "over 300"


def test_a_negative_figure_bears_a_minus_sign():
    assert numbers.group(-1_234) == "−1,234"


@given(st.integers(min_value=0, max_value=10**9), st.integers(min_value=1, max_value=100))
def test_steps_are_always_exceeded_and_one_more_shows_once_in_k(number, k):
    shown = numbers.step(number, k)
    assert shown % k == 0
    assert shown < number or shown == 0
    assert sum(numbers.step(number + more, k) != numbers.step(number + more + 1, k) for more in range(k)) == (1 if number else 0)


@pytest.mark.parametrize(
    ("number", "shown"),
    [(318, ("over 300", "300 余", "300 餘")), (300, ("over 280", "280 余", "280 餘")), (20, ("20 or fewer", "不超过 20", "不超過 20"))],
)
def test_steps_are_said_in_words_that_are_true(number, shown):
    assert tuple(numbers.over(number, 20, language) for language in LANGUAGES) == shown


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(5_231, 12_431, "42%"), (999, 1_000, "99%"), (1, 12_431, "under 1%"), (0, 5, "0%"), (0, 0, "–"), (5, 5, "100%")],
)
def test_a_share_is_cut_off(part, whole, shown):
    assert numbers.share(part, whole, "en") == shown


@pytest.mark.parametrize(
    "day", [dt.date(2026, 11, 3), dt.datetime(2026, 11, 3, 23, tzinfo=dt.UTC), (dt.date(2026, 11, 3) - dt.date(1970, 1, 1)).days]
)
def test_dates_read_as_in_each_language(day):
    assert [numbers.write_day(day, language) for language in LANGUAGES] == ["3 November 2026", "2026 年 11 月 3 日", "2026 年 11 月 3 日"]
    assert [numbers.write_month(day, language) for language in LANGUAGES] == ["November 2026", "2026 年 11 月", "2026 年 11 月"]


def test_no_figure_holds_a_character_that_a_search_would_miss():
    assert not re.search("[\u00a0\u202f]", "".join(numbers.compact(466_912_443, language) for language in LANGUAGES))
