"""Published declarations: newest first, in their own words and script, the same cost at any depth."""

import re

import pytest
from django.test import Client
from tests.page import LANGUAGES, read, weight
from tests.public.numbers import publish

from tuidang.archive.queries import PAGE
from tuidang.public.context import EXCERPT_BYTES, excerpt

pytestmark = pytest.mark.django_db


def numbers(page):
    return [int(found) for found in re.findall(r"no\. (\d+)", page.text)]


def test_they_are_read_newest_first_page_by_page_to_the_end():
    publish(2 * PAGE + 3)
    seen, address = [], "/en/statements/"
    while address:
        page = read(Client().get(address))
        seen += numbers(page)
        older = re.search(r'rel="next" href="(\?before=\d+)"', page.html)
        address = f"/en/statements/{older[1]}" if older else ""
    assert seen == list(range(2 * PAGE + 3, 0, -1))


def test_a_deep_page_asks_the_database_as_little_as_the_first(django_assert_num_queries):
    publish(3 * PAGE)
    for address in ("/en/statements/", f"/en/statements/?before={PAGE}"):
        with django_assert_num_queries(1):
            Client().get(address)


def test_each_says_in_which_language_it_was_written():
    publish(1, language="zh-Hant", title="給我自己", text="我聲明退出。")
    html = read(Client().get("/en/statements/")).html
    assert '<h2 lang="zh-Hant">給我自己</h2>' in html
    assert '<div lang="zh-Hant"><p>我聲明退出。</p>' in html


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"suggested": True}, "远山 · invented name"),
        ({"suggested": False, "name": "王小明"}, "王小明 · identity not seen"),
        ({"name": "", "persons": 4}, "Names not published · 4 people"),
        ({"region": 10044, "organisations": 5}, "Left the Party · Left the Young Pioneers · Guangdong"),
    ],
)
def test_names_are_shown_with_what_is_known_of_them(fields, said):
    publish(1, **fields)
    assert said in read(Client().get("/en/statements/")).text


def test_a_long_text_is_an_excerpt_that_leads_to_the_whole():
    text = "我声明退出。" * 100
    publish(1, text=text)
    page = read(Client().get("/en/statements/"))
    assert text not in page.html
    assert "1/" in page.links
    assert text in read(Client().get("/en/statements/1/")).html


@pytest.mark.parametrize("text", ["短", "字" * 500, "word " * 200, "a" * 900, "é" * 500])
def test_an_excerpt_is_the_beginning_in_whole_characters(text):
    short = excerpt(text)
    assert text.startswith(short.removesuffix("…"))
    assert len(short.encode()) <= EXCERPT_BYTES + 3
    assert "\N{REPLACEMENT CHARACTER}" not in short


def test_an_empty_archive_says_so():
    assert "None has been published yet" in read(Client().get("/en/statements/")).text


@pytest.mark.parametrize("before", ["x", "-1", "1.5", "٣", str(2**63), "9" * 400, "1 OR 1=1", "<b>"])
def test_an_address_that_is_none_is_not_found(before):
    assert Client().get("/en/statements/", {"before": before}).status_code == 404


@pytest.mark.parametrize("index", ["7", str(2**63), "9" * 400])
def test_a_statement_that_is_not_there_is_not_found(index):
    assert Client().get(f"/en/statements/{index}/").status_code == 404


def test_what_was_declared_is_never_markup():
    publish(1, name="<i>a</i>", suggested=False, title="<script>1</script>", text="<img src=x>\n\n&amp;")
    for address in ("/en/statements/", "/en/statements/1/"):
        html = Client().get(address).content
        assert not re.search(rb"<i>a|<script|<img", html)
        assert b"&amp;amp;" in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_full_list_of_long_texts_is_at_most_12_kb(language):
    publish(PAGE + 1, title="一份声明的标题", text="".join(chr(0x4E00 + (n * 7919) % 20_000) for n in range(1_000)))
    answered = Client(headers={"Accept-Encoding": "gzip"}).get(f"/{language}/statements/")
    assert answered["Content-Encoding"] == "gzip"
    assert weight(answered) <= 12 * 1024


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("我们退出。\n退队：○\n退团队：○、○、○。\n○ ○", "我们退出。"),
        ("我们一家，○和○，退出。", "我们一家，○和○，退出。"),
        ("注意：一切都好", "注意：一切都好"),
        ("退党：○", "退党：○"),
    ],
)
def test_lines_that_hold_nothing_but_names_left_out_are_not_shown(text, shown):
    publish(1, text=text, name="", persons=4)
    assert read(Client().get("/en/statements/1/")).text.count(shown) == 1
    assert ("退队" in read(Client().get("/en/statements/")).text) is ("退队" in shown)


@pytest.mark.parametrize(("language", "said"), [("en", "nothing older"), ("zh-hans", "没有更早的声明"), ("zh-hant", "沒有更早的聲明")])
def test_beyond_the_oldest_it_does_not_say_that_there_is_none(language, said):
    publish(1)
    assert said in read(Client().get(f"/{language}/statements/?before=1")).text
