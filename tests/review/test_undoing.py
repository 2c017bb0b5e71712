"""What a screen came to is said by what it was, stays said, and is taken back exactly as far as was promised, texts that are public included."""

import re

import pytest
from tests.accounts.people import clock_ahead, signed_in
from tests.review.cases import PHONE, A, B, arrive, case, entries
from tests.review.test_pages import REVIEW, rows, show

from tuidang.accounts import queries as staff
from tuidang.review import actions, queries
from tuidang.review.models import Case, Publication, Released
from tuidang.review.policies import WITHDRAW_DAYS
from tuidang.review.states import ItemState, Refusal, Release, Verdict, Wish, Work
from tuidang.vault import daykeys

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reviewers")]
LINK = "加微信，网址 www.sim-kk.com"


@pytest.fixture
def browser():
    return signed_in(A)


def sealed_text(index: int = 100, **more) -> Publication:
    """A text on the public record that nobody has read."""
    (declaration,) = arrive(publish=True, **more)
    actions.sealed(entries=entries(declaration, first=index - 1))
    return Publication.objects.get(index=index)


def archive_takes() -> list[int]:
    """What the archive does with what was released; returns the registry numbers."""
    found = actions.hand_over(at_most=99)
    actions.publication_taken(ids=[one.id for one in found])
    return [one.index for one in found]


def archive_takes_down() -> list[int]:
    found = actions.to_take_down()
    actions.taken_down(indexes=found)
    return found


def publish(browser, *declined) -> None:
    browser.post(REVIEW + "publishing/claim/")
    sent = rows(show(browser, REVIEW + "publishing/"))
    browser.post(REVIEW + "publishing/decide/", {"row": sent, **{f"publish-{one.hex}": "no" for one in declined}})


def test_a_publishing_screen_says_what_was_published_what_will_be_and_what_not(browser):
    sealed_text(100), sealed_text(200)
    ids = arrive(4, publish=True)
    publish(browser, ids[0])
    said = "Last screen, publishing: 2 published now, 3 to be published once on the public record, 1 not."
    assert said in show(browser, REVIEW + "publishing/")
    assert said in show(browser, REVIEW), "never as counting"
    assert "counted" not in show(browser, REVIEW + "undo/")


def test_a_publishing_screen_that_came_too_late_says_so(browser):
    text = sealed_text()
    answer = browser.post(REVIEW + "publishing/decide/", {"row": text.id.hex})
    assert "was not taken" in show(browser, answer.url)


def test_undo_says_beforehand_what_it_does_and_does_that(browser):
    first, second = sealed_text(100), sealed_text(200)
    kept, promised = arrive(2, publish=True)
    publish(browser, kept, second.id)
    assert archive_takes() == [100]
    page = show(browser, REVIEW + "undo/")
    assert "3 texts that are not public yet come back to your screen" in page
    assert "1 text that is public now is taken down within a minute" in page
    assert browser.post(REVIEW + "undo/").url == REVIEW + "publishing/"
    assert {case(kept).publication, case(promised).publication} == {Wish.WAITING}
    assert sorted(rows(show(browser, REVIEW + "publishing/"))) == sorted(one.hex for one in (second.id, kept, promised))
    assert archive_takes_down() == [100]
    assert first.id.hex in rows(show(browser, REVIEW + "publishing/"))
    assert archive_takes() == []


def test_what_was_marked_is_marked_when_the_screen_comes_back(browser):
    good, bad, unsure = arrive(3, text=PHONE, publish=True)
    browser.post(REVIEW + "claim/")
    marks = {f"verdict-{good.hex}": "", f"verdict-{bad.hex}": "2", f"verdict-{unsure.hex}": "hold", f"publish-{good.hex}": "yes"}
    browser.post(REVIEW + "decide/", {"row": [good.hex, bad.hex, unsure.hex], **marks})
    browser.post(REVIEW + "undo/")
    page = show(browser, REVIEW + "screen/")
    assert {name: chosen(page, name) for name in marks} == marks
    browser.post(REVIEW + "decide/", {"row": [good.hex, bad.hex, unsure.hex], **marks})
    assert (case(bad).verdict, case(bad).marked) == (Verdict.REFUSE, [])


def chosen(page: str, name: str) -> str:
    """What stands in this field before anyone touches it."""
    field = re.search(rf'<select name="{name}".*?</select>', page, re.DOTALL)
    assert field
    found = re.search(r'<option value="(\w*)" selected>', field.group())
    return found.group(1) if found else ""


def test_marks_on_texts_come_back_too_and_are_nobody_elses(browser, monkeypatch, tmp_path):
    good, bad = sealed_text(100, text=LINK), sealed_text(200)
    publish(browser, bad.id)
    browser.post(REVIEW + "undo/")
    page = show(browser, REVIEW + "publishing/")
    assert [chosen(page, f"publish-{one.id.hex}") for one in (good, bad)] == ["", "no"]
    clock_ahead(monkeypatch, tmp_path, 3_600)
    other = signed_in(B)
    other.post(REVIEW + "publishing/claim/")
    page = show(other, REVIEW + "publishing/")
    assert [chosen(page, f"publish-{one.id.hex}") for one in (good, bad)] == ["no", ""]


def test_the_summary_stays_when_a_part_is_sealed_and_undo_says_what_stays(browser):
    ids = arrive(3, text=PHONE)
    actions.claim(member=A)
    actions.decide_screen(member=A, approve=ids[:2], marked={ids[2]: Refusal.SPAM})
    actions.sealed(entries=entries(ids[0]))
    assert "2 counted, 1 refused, 0 held" in show(browser, REVIEW)
    page = show(browser, REVIEW + "undo/")
    assert "2 declarations come back to your screen" in page
    assert "1 stays as it is" in page
    assert actions.undo(member=A) == 2


def test_what_can_no_longer_be_undone_is_still_said_without_a_button(browser):
    ids = arrive(2, text=PHONE)
    actions.claim(member=A)
    actions.decide_screen(member=A, approve=ids)
    actions.sealed(entries=[*entries(ids[0]), *entries(ids[1], first=200)])
    page = show(browser, REVIEW)
    assert "2 counted, 0 refused, 0 held" in page
    assert 'class="undo"' not in page
    assert "Nothing of it can be undone any more" in show(browser, REVIEW + "undo/")


def test_a_text_promised_before_sealing_is_known_as_its_reviewers_after_it():
    (declaration,) = arrive(publish=True)
    actions.claim_publishing(member=A)
    actions.decide_publication(member=A, publish=[declaration])
    actions.sealed(entries=entries(declaration, first=99))
    assert queries.last_screen(A).back == 1
    assert archive_takes() == [100]
    assert (queries.last_screen(A).back, queries.last_screen(A).public) == (0, 1)
    assert actions.undo(member=A) == 1
    assert archive_takes_down() == [100]
    assert Publication.objects.get().state == ItemState.WAITING


def test_whoever_published_a_text_takes_it_down_and_nobody_else(browser):
    sealed_text(100), sealed_text(200)
    publish(browser)
    archive_takes()
    assert "Nothing that you published is public now" in show(signed_in(B), REVIEW + "publishing/released/")
    assert not actions.withdraw(member=B, index=100)
    page = browser.post(REVIEW + "publishing/released/", {"number": "100"}).content.decode()
    assert "It is taken down within a minute" in page
    assert archive_takes_down() == [100]
    assert [one.index for one in queries.released(A)] == [200]
    assert not Publication.objects.exists()
    assert "review.withdraw" in {trace.verb for _, trace in staff.trail()}


@pytest.mark.parametrize("number", ["", "x", "7", "1" * 40, "-100", "١٠٠"])
def test_a_number_that_is_nobodys_takes_nothing_down(browser, number):
    sealed_text(100)
    publish(browser)
    archive_takes()
    assert "Nothing was taken down" in browser.post(REVIEW + "publishing/released/", {"number": number}).content.decode()
    assert archive_takes_down() == []


def test_a_text_is_taken_down_before_the_archive_had_it():
    text = sealed_text()
    actions.claim_items(member=A)
    actions.decide_publication_items(member=A, publish=[text.id])
    assert actions.withdraw(member=A, index=100)
    assert archive_takes() == archive_takes_down() == []


def test_who_published_what_is_forgotten_after_some_days(monkeypatch, tmp_path, browser):
    sealed_text()
    publish(browser)
    archive_takes()
    clock_ahead(monkeypatch, tmp_path, WITHDRAW_DAYS * 86_400)
    assert actions.expire_publications() == 0
    clock_ahead(monkeypatch, tmp_path, (WITHDRAW_DAYS + 1) * 86_400)
    assert actions.expire_publications() == 1
    assert not Released.objects.exists()
    assert not actions.withdraw(member=A, index=100)


def test_what_was_declined_is_deleted_with_the_next_screen(browser):
    first = sealed_text(100)
    publish(browser, first.id)
    assert Released.objects.get().state == Release.DECLINED
    sealed_text(200)
    publish(browser)
    assert not Released.objects.filter(id=first.id).exists()


def test_a_declarant_who_takes_back_is_followed_wherever_the_text_is(browser):
    sealed_text()
    publish(browser)
    archive_takes()
    actions.unpublish_items(indexes=[100])
    assert actions.undo(member=A) == 0
    assert not Publication.objects.exists()


def test_a_released_text_outlives_the_day_key(browser):
    sealed_text()
    publish(browser)
    archive_takes()
    old = daykeys.current_key().id
    daykeys.rotate()
    assert actions.carry_over(old_key=old) == 1
    assert [one.content.text for one in queries.released(A)] == ["我声明退出。"]


def test_advertisements_are_held_and_unpublished_unless_somebody_chooses(browser):
    link, phone, name = *arrive(text=LINK), *arrive(text=PHONE), *arrive(names=("12345",))
    browser.post(REVIEW + "claim/")
    page = show(browser, REVIEW + "screen/")
    assert [chosen(page, f"verdict-{one.hex}") for one in (link, phone, name)] == ["hold", "hold", ""]
    text = sealed_text(text=LINK)
    browser.post(REVIEW + "publishing/claim/")
    assert chosen(show(browser, REVIEW + "publishing/"), f"publish-{text.id.hex}") == "no"


def test_what_is_here_for_the_same_reason_stands_together(browser):
    for text in (PHONE, LINK, PHONE, LINK):
        arrive(text=text)
    browser.post(REVIEW + "claim/")
    page = show(browser, REVIEW + "screen/")
    assert page.count('scope="rowgroup"') == 2
    assert page.index("contains a link") < page.index("looks like a phone number")


def test_counting_and_publishing_do_not_take_each_others_screens(browser):
    arrive(3, publish=True)
    browser.post(REVIEW + "claim/")
    browser.post(REVIEW + "publishing/claim/")
    assert rows(show(browser, REVIEW + "publishing/")) == []
    publish(signed_in(B))
    assert len(rows(show(browser, REVIEW + "screen/"))) == 3


def test_a_publishing_screen_leaves_the_reading_to_others(browser):
    arrive(3, publish=True)
    publish(browser)
    assert rows(show(browser, REVIEW + "screen/")) == []
    assert actions.claim(member=B) == 3
    assert queries.last_screen(A).work is Work.PUBLISHING
    assert not Case.objects.filter(assurance=2).exists()


def test_the_queue_says_in_words_how_much_waits(browser, monkeypatch):
    assert "Nothing waits" in show(browser, REVIEW)
    arrive(2, text=PHONE)
    assert "2 declarations wait to be read." in show(browser, REVIEW)
    for module in ("queries", "views"):
        monkeypatch.setattr(f"tuidang.review.{module}.BOUND", 1)
    assert "More than 1 declarations wait to be read." in show(browser, REVIEW)
    monkeypatch.undo()
    assert "1,000" not in show(browser, REVIEW)
