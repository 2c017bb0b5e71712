"""What the demo's newsroom tells: whole in each language, marked as invented, and naming nobody's mailbox or site."""

import re
from io import BytesIO

import pytest
from PIL import Image

from tuidang.demo import drawing
from tuidang.demo.editor import _told, _words
from tuidang.demo.world import mark
from tuidang.newsroom.policies import LANGUAGES, check_slug
from tuidang.newsroom.states import Kind

PIECES = _told()["piece"]
KINDS = {Kind[piece["kind"].upper()] for piece in PIECES}
TRADITIONAL_ONLY = set("聲聞開關頁總數撥錄讀說寫舊開無覆濱學")
SIMPLIFIED_ONLY = set("声闻开关页总数拨录读说写旧无滨学")


def words(piece, language):
    told = piece[language]
    return "\n".join(told[name] for name in ("title", "summary", "body", *(("file",) if "file" in told else ())))


def test_there_is_something_of_every_kind_but_milestones_which_the_count_makes():
    assert set(Kind) - KINDS == {Kind.MILESTONE}
    assert len([piece for piece in PIECES if piece["kind"] == "event" and piece["facts"]["day"] < 0]) == 1
    assert len([piece for piece in PIECES if piece["kind"] == "event" and piece["facts"]["day"] > 0]) == 2
    assert {piece["facts"]["address_is_safe"] for piece in PIECES if piece["kind"] == "point"} == {True, False}
    assert [piece["slug"] for piece in PIECES if piece.get("offered")] == ["waits-for-a-second-person"]


@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece["slug"])
def test_a_piece_is_whole_in_each_language(piece):
    check_slug(piece["slug"])
    for language in LANGUAGES:
        assert piece[language]["title"].strip()
        assert piece[language]["body"].strip()
    links = {language: re.findall(r"\]\(/[a-z-]+(/[^)]*)\)", words(piece, language)) for language in LANGUAGES}
    assert links["en"] == links["zh-hans"] == links["zh-hant"]
    for language in LANGUAGES:
        assert set(re.findall(r"\]\(/([a-z-]+)/", words(piece, language))) <= {language}


@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece["slug"])
def test_chinese_is_written_in_its_own_script(piece):
    assert not TRADITIONAL_ONLY.difference(SIMPLIFIED_ONLY) & set(words(piece, "zh-hans"))
    assert not SIMPLIFIED_ONLY.difference(TRADITIONAL_ONLY) & set(words(piece, "zh-hant"))


@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece["slug"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_piece_says_that_it_is_invented_and_nobody_is_quoted_with_that(piece, language):
    kind = Kind[piece["kind"].upper()]
    made = _words(kind, piece[language], language)
    assert mark(language) in (made.summary if kind is Kind.SUPPORT else made.body)
    assert kind is not Kind.SUPPORT or mark(language) not in made.body
    assert mark(language) in piece[language].get("file", mark(language)), "a document leaves the page, and says so itself"


def test_every_address_in_it_is_one_that_nobody_can_have():
    told = [str(piece) for piece in PIECES]
    hosts = re.findall(r"https?://([^/\"' ]+)", "".join(told))
    assert hosts
    assert all(host.endswith(".example") for host in hosts)
    assert "@" not in "".join(told)


def test_messages_of_support_say_that_they_are_invented():
    for message in _told()["message"]:
        assert re.search("invented|erfunden|虛構|虚构", message["text"])


@pytest.mark.parametrize("name", ["hills", "lake"])
def test_pictures_are_drawn_alike_each_time_and_described_in_each_language(name):
    draw = getattr(drawing, name)
    made = draw()
    assert made == draw()
    assert Image.open(BytesIO(made)).size == (drawing.WIDTH, drawing.HEIGHT)
    assert all(_told()["pictures"][name][language] for language in LANGUAGES)
