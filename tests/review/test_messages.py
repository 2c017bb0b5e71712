"""Messages of support on the reviewers' pages, without scripts: take, mark, send, undo, take down."""

import re

import pytest
from tests.accounts.people import signed_in
from tests.intake.supporting import published, sent
from tests.review.cases import A, B

from tuidang.intake.models import Support, SupportMessage
from tuidang.intake.support import queries
from tuidang.intake.support.states import Refusal, State

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reviewers")]
PAGE = "/staff/review/messages/"


@pytest.fixture
def browser():
    return signed_in(A)


def show(browser, language="en"):
    return browser.get(PAGE, headers={"accept-language": language}).content.decode()


def chosen(page):
    """What stands in the field of each row before anyone touches it."""
    return {
        row: re.findall(r'value="(\d*)" selected', field)
        for row, field in re.findall(r'name="row" value="(\w+)"><select[^>]*>(.*?)</select>', page, re.DOTALL)
    }


def test_a_screen_is_taken_marked_sent_and_undone(browser):
    good, bad = sent("good words"), sent("bad words")
    assert "2 messages wait" in show(browser)
    browser.post(PAGE + "claim/")
    page = show(browser)
    rows = re.findall(r'name="row" value="(\w+)"', page)
    assert "good words" in page
    browser.post(PAGE + "decide/", {"row": rows, f"message-{queries.message_id(bad).hex}": "4"})
    assert (queries.standing(good).state, queries.standing(bad).refusal) == (State.PUBLIC, Refusal.INSULT)
    assert "1 published, 1 refused" in show(browser)
    browser.post(PAGE + "undo/")
    assert not Support.objects.exists()
    assert chosen(show(browser))[queries.message_id(bad).hex] == ["4"]


def test_what_advertises_or_could_harm_stands_at_a_refusal(browser):
    plain, link, phone = sent("a plain word"), sent("see https://win.example/now"), sent("ring 13812345678")
    browser.post(PAGE + "claim/")
    found = chosen(show(browser))
    assert [found[queries.message_id(one).hex] for one in (plain, link, phone)] == [[], ["1"], ["3"]]


def test_a_mark_that_is_none_of_ours_decides_nothing(browser):
    code = sent()
    browser.post(PAGE + "claim/")
    browser.post(PAGE + "decide/", {"row": [queries.message_id(code).hex, "x"], f"message-{queries.message_id(code).hex}": "99"})
    assert queries.standing(code).state is State.WAITING


def test_who_does_not_have_it_decides_nothing_and_is_told(browser):
    code = sent()
    signed_in(B).post(PAGE + "claim/")
    answered = browser.post(PAGE + "decide/", {"row": [queries.message_id(code).hex]})
    assert answered.url == f"{PAGE}?late=1"
    assert queries.standing(code).state is State.WAITING


def test_what_can_no_longer_be_read_can_only_be_refused(browser):
    sent()
    SupportMessage.objects.update(blob=b"damaged")
    browser.post(PAGE + "claim/")
    page = show(browser)
    assert "can no longer be read" in page
    assert list(chosen(page).values()) == [["5"]]


def test_a_published_one_is_taken_down_by_its_number(browser):
    published(B)
    number = Support.objects.get().number
    assert browser.post(PAGE + "down/", {"number": "x"}).url.endswith("no")
    assert browser.post(PAGE + "down/", {"number": str(number)}).url.endswith("yes")
    assert not Support.objects.exists()


def test_words_are_shown_as_text(browser):
    sent("<script>alert(1)</script>", name="<img src=x>")
    browser.post(PAGE + "claim/")
    page = show(browser)
    assert "<script>alert" not in page
    assert "<img" not in page
