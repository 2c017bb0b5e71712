"""Pages work on browsers of iOS 12 and Android 7: what these do not know is not used, or stands behind something that they know."""

from importlib.resources import files

import pytest
from django.test import Client
from tests.declarant.test_sizes import ask
from tests.intake.filled import filled, post
from tests.page import Page, read
from tests.public.old_browsers import ATTRIBUTES, TAGS, parse, wrong
from tests.public.test_pages import PAGES

from tuidang.design.assets import SHEETS, sheet
from tuidang.vault.codes import Code

PARTS = sorted({part for parts in SHEETS.values() for part in parts})


class Strict(Page):
    """Asserts of each tag that an old browser can do something with it."""

    def handle_starttag(self, tag, attrs):
        attrs = list(attrs)
        assert tag not in TAGS, f"<{tag}>: {TAGS[tag]}"
        for name, _ in attrs:
            assert name not in ATTRIBUTES, f"{name}: {ATTRIBUTES[name]}"
        super().handle_starttag(tag, attrs)


@pytest.mark.parametrize("part", PARTS)
def test_a_stylesheet_holds_nothing_that_old_browsers_drop(part):
    rules = parse(files("tuidang.design").joinpath("styles", f"{part}.css").read_text("utf-8"))
    assert rules
    assert wrong(rules) == []


@pytest.mark.parametrize("name", SHEETS)
def test_what_is_sent_is_what_was_checked(name):
    assert wrong(parse(sheet(name).body.decode())) == []


@pytest.mark.parametrize(
    "css",
    [
        "a:is(b) { color: red }",
        "a:has(b) { color: red }",
        ":focus-visible { outline: 0 }",
        "a { & b { color: red } }",
        "a { b { color: red } }",
        "@layer x { a { color: red } }",
        "@container (min-width: 1em) { a { color: red } }",
        "@media (width > 20em) { a { color: red } }",
        "a { display: flex; gap: 1em }",
        "a { inset: 0 }",
        "a { aspect-ratio: 1 }",
        "a { margin-inline: 1em }",
        "a { font-size: clamp(1rem, 2vw, 3rem) }",
        "a { width: min(10em, 100%) }",
        "a { height: 100dvh }",
        "a { color: #12345678 }",
        "a { color: rgb(0 0 0 / 50%) }",
        "a { color: color-mix(in srgb, red, blue) }",
        "a { position: sticky }",
        "a { display: contents }",
        "a { justify-content: end }",
        "@media (min-width: 1em) { a { inset: 0 } }",
    ],
)
def test_what_old_browsers_drop_is_noticed(css):
    assert wrong(parse(css))


@pytest.mark.parametrize(
    "css",
    [
        ":focus { outline: 1px solid } :focus:not(:focus-visible) { outline: 0 }",
        "a { font: 1rem/1 serif; font-size: clamp(1rem, 2vw, 3rem) }",
        "a { width: 10em; width: min(10em, 100%) }",
        "a { position: -webkit-sticky; position: sticky }",
        "@media (max-width: 20em) { a { color: rgba(0, 0, 0, .5) } }",
        "a { columns: 2; column-gap: 1em }",
        "a { text-wrap: balance; accent-color: red }",
    ],
)
def test_what_they_know_or_need_not_know_is_let_pass(css):
    assert wrong(parse(css)) == []


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_a_page_holds_nothing_that_old_browsers_or_tors_safest_mode_misread(page):
    Strict(read(Client().get(f"/zh-hans/{page}")).html)


@pytest.mark.django_db
def test_nor_do_the_pages_on_the_way_of_a_declarant():
    check = read(post(filled()))
    code = read(post(check.sent(step="send")))
    status = read(ask(Code(bytes(16)), headers={}))
    wrong_page = read(post(filled(name="")))
    for page in (check, code, status, wrong_page):
        Strict(page.html)
