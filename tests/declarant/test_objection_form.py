"""What the form of an objection shows before it is sent: the statement that is meant, and of a number no more than everyone can read."""

import re

import pytest
from django.test import Client
from django.utils import translation
from tests.archive.test_archive import published
from tests.archive.test_objections import group, settle
from tests.declarant.test_objecting import address, ask, code_for, filled, member, send
from tests.ledger.register import decide, declare, index_of
from tests.page import LANGUAGES, read

from tuidang.ledger import sealing
from tuidang.review.models import Objection
from tuidang.review.states import Finding

RULE = (
    "What an objection is about is hidden at once, until a volunteer has decided. On a day with a great many objections it can take up to "
    "24 hours. What a volunteer has read and let stand before stays visible until the new decision."
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_the_link_below_a_statement_its_words_are_seen_before_anything_is_sent(register, language):
    index = index_of(published("远山", text="那年的事我一直记得。" * 40))
    page = read(Client().get(address(language, f"?number={index}")))
    assert "那年的事我一直记得。" in page.text
    assert "远山" in page.text
    assert f"/{language}/statements/{index}/" in page.links
    assert page.text.count("那年的事我一直记得。") < 40, "enough to know it by; the rest is one link away"


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_types_the_number_sees_the_statement_before_the_questions(index, language):
    first = read(Client().get(address(language)))
    assert "ground" not in first.html
    page = read(send(first.sent(number=str(index)), language))
    assert "远山" in page.text
    assert "error" not in page.html
    answered = send(page.sent(ground="1"), language)
    assert answered.status_code == 200
    assert Objection.objects.get().index == index
    assert language == "en" or first.latin() | page.latin() == set()


@pytest.mark.parametrize("number", ["", "x", "99999999"])
def test_a_number_that_is_none_is_asked_for_again_and_nothing_else_is(index, number):
    answered = send(read(Client().get(address())).sent(number=number))
    assert answered.status_code == 422
    assert 'id="number-error"' in answered.content.decode()
    assert "ground" not in read(answered).html


def test_a_link_with_a_number_that_nothing_bears_says_so(index):
    answered = Client().get(address("en", "?number=99999999"))
    assert answered.status_code == 404
    assert read(answered).sent()["number"] == ["99999999"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wrong_digit_hides_nobody_elses_words(index, language):
    other = index_of(published("清泉"))
    page = read(send({**filled(index, language, text="Not me."), "number": str(other)}, language))
    assert not Objection.objects.exists()
    assert "清泉" in page.text
    assert "远山" not in page.text
    assert 'class="notice' in page.html
    again = page.sent(ground="1", text="Not me.")
    assert (again["seen"], again["number"]) == ([str(other)], [str(other)])
    assert send(again, language).status_code == 200
    assert Objection.objects.get().index == other


def test_what_the_form_tells_of_a_number_is_what_everyone_can_read(register):
    """A text that waits, one that is hidden, one that was never to be published: the same page but for the number and the token."""
    silent, waits = declare("静雨"), declare("平安", publish=True)
    decide()
    sealing.seal(force=True)
    hidden = published("远山")
    code_for(filled(index_of(hidden)))
    pages = set()
    for code in (silent, waits, hidden):
        number = str(index_of(code))
        html = Client().get(address("en", f"?number={number}")).content.decode()
        assert "Nothing: no name and no text" in html
        main = html.partition("<main")[2].partition("</main>")[0]
        pages.add(re.sub(r'number \d+<|value="\d+"|name="token" value="[^"]*"', "", main))
    assert len(pages) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_and_the_terms_tell_the_same_rule(index, language):
    rule = gettext_in(language, RULE)
    assert language == "en" or rule != RULE
    for page in (address(language, f"?number={index}"), f"/{language}/terms/"):
        assert rule in read(Client().get(page)).text


def gettext_in(language: str, text: str) -> str:
    with translation.override(language):
        return translation.gettext(text)


def test_whose_name_was_shown_is_told_that_this_entry_alone_is_voided(register, monkeypatch):
    statement = group(monkeypatch, "远山", "平安")
    code = code_for(filled(statement.index))
    settle(member(), statement.index, Finding.NAME_SHOWN)
    page = read(ask(code)).text
    assert "The entry under this number is voided with the next batch" in page
    assert "stay counted" in page


def test_the_form_takes_the_same_few_questions_whatever_it_shows(index, django_assert_max_num_queries):
    for one in (index, index + 10**6):
        with django_assert_max_num_queries(3):
            Client().get(address("en", f"?number={one}"))
