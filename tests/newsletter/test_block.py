"""The block on other pages: there where the newsletter is on, and never asking readers of simplified characters for an address."""

import pytest
from django.template import engines
from django.utils import translation
from tests.page import LANGUAGES, Page


def block(language: str) -> str:
    with translation.override(language):
        return engines["django"].from_string("{% load newsletter %}{% newsletter_sign_up %}").render({})


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_shown_where_the_newsletter_is_on(outbox, language):
    shown = Page(block(language))
    assert ("input" in shown.tags) == (language != "zh-hans")
    assert any(link.startswith(f"/{language}/newsletter/") for link in shown.links)
    assert f'action="/{language}/newsletter/"' in shown.html or language == "zh-hans"


def test_where_it_is_off_nothing_is_shown():
    assert block("en").strip() == ""


@pytest.mark.parametrize("template", ["public/home.html", "newsroom/piece.html"])
def test_home_and_articles_have_it(template):
    assert "{% newsletter_sign_up %}" in engines["django"].get_template(template).template.source
