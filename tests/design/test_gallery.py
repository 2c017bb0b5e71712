"""Every component in every state, in three languages, as markup."""

import re
from html.parser import HTMLParser

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from tuidang.design import assets
from tuidang.design.gallery import samples

LANGUAGES = {"en": "en", "zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}
VOID = {"meta", "link", "input", "br", "hr"}


class Outline(HTMLParser):
    """Checks that tags close in order and ids stand once."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.fors, self.tags = [], [], [], []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        assert not [name for name in given if name.startswith("on") or name == "style"], "the content policy allows neither"
        self.tags.append(tag)
        self.ids += [given["id"]] if "id" in given else []
        self.fors += [given["for"]] if "for" in given else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def page(language, name="gallery", **more):
    with translation.override(language):
        return render_to_string(f"design/{name}.html", {**samples(language), **more})


@pytest.mark.parametrize("name", ["gallery", "staff_gallery"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_gallery_is_well_formed_and_says_its_language(name, language):
    html = page(language, name)
    outline = Outline()
    outline.feed(html)
    assert outline.open == []
    assert len(set(outline.ids)) == len(outline.ids)
    assert set(outline.fors) <= set(outline.ids)
    assert f'<html lang="{LANGUAGES[language]}">' in html
    assert "script" not in outline.tags


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant"])
def test_nothing_of_the_frame_stays_english_in_a_chinese_page(language):
    html = page(language, banner="trial") + page(language, "staff_gallery", banner="demo")
    plain = re.sub(r"<[^>]*>|#[0-9a-f]{6}\b", " ", html)
    words = {word for word in re.findall(r"[A-Za-z]{2,}", plain) if word.isascii()}
    allowed = {"English", "Cookie", "DEMO", "ZZZ", "ZZZZ", "YZ"} | set(re.findall("[A-Za-z]+", samples(language)["long"]))
    assert words <= allowed


def test_a_page_names_its_stylesheet_and_no_other_origin():
    html = page("en")
    assert assets.sheet("public").path in html
    assert set(re.findall(r'(?:src|href)="(https?:[^"]*)"', html)) == {"https://www.bing.com/"}, "the way out is the only link elsewhere"


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("get", "/en/statements/?before=12", "/zh-hans/statements/?before=12"),
        ("post", "/en/lookup/", "/zh-hans/lookup/"),
        ("get", "/staff/", "/zh-hans/"),
    ],
)
def test_language_links_lead_to_the_same_page(method, path, expected):
    request = getattr(RequestFactory(), method)(path)
    source = Template("{% load design %}{% translations as others %}{% for other in others %}{{ other.href }} {% endfor %}")
    with translation.override("en"):
        context = Context()
        context.request = request
        links = source.render(context).split()
    assert links == [expected, expected.replace("hans", "hant")]


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("的一是在不了有和人这中大", ["的一是在", "不了有和", "人这中大"]),
        ("的 一 是 在 不 了 有 和 人 这 中 大", ["的一是在", "不了有和", "人这中大"]),
        ("abandon ability able about", ["abandon ability able", "about"]),
        ("7ZZZ ZZZZ 2Q8K", ["7ZZZ", "ZZZZ", "2Q8K"]),
    ],
)
def test_a_code_is_shown_in_pieces_that_can_be_copied_by_hand(code, lines):
    html = render_to_string("design/code.html", {"code": code})
    assert re.findall(r"<span[^>]*>([^<]*)</span>", html) == lines
    assert 'translate="no"' in html, "a browser that translates pages would change the words"


def test_a_bar_is_as_long_as_its_part():
    html = render_to_string("design/proportion.html", {"part": 5_231, "rest": 7_200, "whole": 12_431, "label": "a", "other": "b"})
    assert 'width="42.0%"' in html
    assert 'width="0%"' in render_to_string("design/proportion.html", {"part": 0, "whole": 0, "label": "a"})
