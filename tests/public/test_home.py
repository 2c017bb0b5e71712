"""The number, laid out as experience demands it: what it is, then what it consists of, then what it does not say."""

import re

import pytest
from django.test import Client
from tests.page import LANGUAGES, read
from tests.public.numbers import shown

pytestmark = pytest.mark.django_db


def home(language="en"):
    return read(Client().get(f"/{language}/"))


def in_order(text, *parts):
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_the_number_and_what_belongs_to_it_in_their_order(monkeypatch):
    shown(monkeypatch)
    in_order(
        home().text,
        "Communist Party of China, the Communist Youth League of China and the Young Pioneers of China",
        "12,431 withdrawals declared, on the public record",
        "As of 3 November 2026, after 37 were taken back or voided",
        "not yet on the record: at least 300",
        "Left the Party 4,102",
        "Left the Youth League 6,977",
        "Left the Young Pioneers 9,310",
        "One person may leave several",
        "Declared by the person 5,231",
        "listed by someone else 7,200",
        "Identity seen 19",
        "Made before a volunteer 300",
        "Looked at by a volunteer 4,100",
        "Automatic checks only 8,012",
        "not a number of different people",
        "Without a witness a rollback would go unseen",
        "an earlier register reported 466.9 million (全球退党服务中心). We cannot check this figure and do not add it",
    )


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "4.669 亿"), ("zh-hant", "4.669 億"), ("en", "466.9 million")])
def test_the_earlier_total_is_apart_cut_off_alike_and_never_added(monkeypatch, language, said):
    shown(monkeypatch)
    page = home(language)
    assert said in page.html[page.html.index('class="apart"') :]
    assert "466,924" not in page.text


def test_without_an_earlier_register_nothing_is_said_of_one(monkeypatch):
    shown(monkeypatch, baseline=None)
    assert 'class="apart"' not in home().html


@pytest.mark.parametrize(("count", "headline"), [(1000, True), (999, False), (1, False), (0, False)])
def test_a_small_number_is_a_sentence_and_no_headline(monkeypatch, count, headline):
    shown(monkeypatch, count=count)
    assert ('class="number"' in home().html) is headline


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (999, "999 withdrawals declared are on the public record."),
        (1, "1 withdrawal declared is on the public record."),
        (0, "No withdrawal is on the public record yet."),
    ],
)
def test_the_sentence_is_grammatical(monkeypatch, count, sentence):
    shown(monkeypatch, count=count)
    assert sentence in home().text


@pytest.mark.parametrize(("waiting", "said"), [(300, "at least 300"), (20, "at least 20"), (0, "fewer than 20")])
def test_what_waits_is_said_truly_in_steps(monkeypatch, waiting, said):
    shown(monkeypatch, waiting=waiting)
    assert said in home().text


def test_a_voice_that_is_not_stated_is_said(monkeypatch):
    shown(monkeypatch, by_voice={"first_hand": 1, "listed": 1, "not_stated": 50})
    assert "not stated by whom 50" in " ".join(home().text.split())


def test_the_bar_has_a_part_for_each_voice_and_room_for_the_rest(monkeypatch):
    shown(monkeypatch, count=200, by_voice={"first_hand": 100, "listed": 50, "not_stated": 50})
    assert re.findall(r'<td width="([^"]+)"', home().html) == ["50.0%", "25.0%"]


def test_there_is_one_main_thing_to_do(monkeypatch):
    shown(monkeypatch)
    html = home().html
    assert html.count('class="button"') == 1
    assert '<a class="button" href="declare/">' in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_register_that_has_just_begun_shows_no_empty_tables(language):
    page = home(language)
    assert not {"table", "dl"} & set(page.tags)
    assert "0%" not in page.html
