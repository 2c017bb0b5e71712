"""Whatever an editor types or pastes, a page holds the allowed tags alone and fetches nothing from elsewhere."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuidang.design.markdown import render

ALLOWED = {*re.split(" ", "p br hr h2 h3 h4 strong em s blockquote cite ul ol li a code pre table thead tbody tr th td")}
ATTRIBUTES = {"href", "title", "rel", "start", "scope"}


class Seen(HTMLParser):
    """What a browser makes of it: tags, attributes, addresses."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.addresses = set(), set(), []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value for name, value in attrs if name == "href"]


def harmless(html):
    seen = Seen(html)
    return (
        seen.tags <= ALLOWED
        and seen.attributes <= ATTRIBUTES
        and all(re.match(r"(?:https?:|mailto:|[^:]*$|[/#?])", address) for address in seen.addresses)
    )


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("# One", "<h2>One</h2>"),
        ("One **two** *three*", "<p>One <strong>two</strong> <em>three</em></p>"),
        ("[here](https://register.example/)", '<p><a href="https://register.example/" rel="noopener noreferrer nofollow">here</a></p>'),
        ("[in](/en/method/)", '<p><a href="/en/method/" rel="noopener noreferrer nofollow">in</a></p>'),
    ],
)
def test_common_things_look_as_expected(typed, html):
    assert render(typed) == html


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("这是**重点。**下一句", "<p>这是<strong>重点。</strong>下一句</p>"),
        ("**《章程》**发表。", "<p><strong>《章程》</strong>发表。</p>"),
        ("他说：**“我退出。”**然后", "<p>他说：<strong>“我退出。”</strong>然后</p>"),
        ("中文**重点**中文*又*一", "<p>中文<strong>重点</strong>中文<em>又</em>一</p>"),
        ("他說 ** 這樣 ** 不算", "<p>他說 ** 這樣 ** 不算</p>"),
        ("一*星", "<p>一*星</p>"),
        ("a**b.**c", "<p>a**b.**c</p>"),
        ("2*3*4", "<p>2<em>3</em>4</p>"),
    ],
)
def test_words_are_bold_between_chinese_characters_as_between_blanks(typed, html):
    assert render(typed) == html


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](  JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,AAAA)",
        "![x](https://elsewhere.example/pixel.gif)",
        "![x](data:image/svg+xml;base64,AAAA)",
        '<a href="javascript:alert(1)">x</a>',
        "<svg/onload=alert(1)>",
        "<iframe src=https://elsewhere.example></iframe>",
        "<style>*{background:url(https://elsewhere.example/)}</style>",
        '<https://a.example/" onmouseover=alert(1)>',
        '[x]: https://a.example "\\" onload=1"\n\n[x]',
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    ],
)
def test_hostile_markdown_is_made_harmless(typed):
    assert harmless(render(typed))


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=400))
def test_any_text_gives_allowed_tags_alone(typed):
    assert harmless(render(typed))


def test_a_deep_nest_ends():
    assert render(">" * 5000 + "x") is not None
    assert render("[" * 20_000) is not None
    assert render("*a " * 20_000) is not None
