"""A reviewer's way through the pages, without scripts: take, mark, send, undo."""

import re
from http import HTTPStatus

import pytest
from tests.accounts.people import signed_in
from tests.review.cases import PHONE, A, B, arrive, case, entries
from tests.screening.hand_in import hand_in

from tuidang.review import actions
from tuidang.review.models import Case, Publication
from tuidang.review.states import ItemState, Pile, Refusal, Verdict, Wish
from tuidang.screening.policies import BURST

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reviewers")]
REVIEW = "/staff/review/"


@pytest.fixture
def browser():
    return signed_in(A)


def rows(page: str) -> list[str]:
    return re.findall(r'name="row" value="([0-9a-f]{32})"', page)


def show(browser, path: str, language: str = "en") -> str:
    response = browser.get(path, headers={"accept-language": language})
    assert response.status_code == HTTPStatus.OK
    return response.content.decode()


def test_a_screen_is_taken_marked_sent_and_undone(browser):
    good, bad, unsure = arrive(3, text=PHONE, publish=True)
    assert "Take the next screen" in show(browser, REVIEW)
    assert browser.post(REVIEW + "claim/").url == REVIEW + "screen/"
    page = show(browser, REVIEW + "screen/")
    assert sorted(rows(page)) == sorted(one.hex for one in (good, bad, unsure))
    marks = {f"verdict-{bad.hex}": "2", f"verdict-{unsure.hex}": "hold", f"publish-{good.hex}": "yes"}
    assert browser.post(REVIEW + "decide/", {"row": rows(page), **marks}).url == REVIEW + "screen/"
    assert [case(one).verdict for one in (good, bad, unsure)] == [Verdict.COUNT, Verdict.REFUSE, Verdict.HELD]
    assert (case(bad).reason, case(good).publication, case(bad).publication) == (Refusal.SPAM, Wish.PUBLISH, Wish.WAITING)
    assert "1 counted, 1 refused, 1 held" in show(browser, REVIEW + "undo/")
    assert browser.post(REVIEW + "undo/").url == REVIEW + "screen/"
    assert {case(one).verdict for one in (good, bad, unsure)} == {Verdict.WAITING}
    assert case(good).publication == Wish.WAITING


def test_looking_claims_and_changes_nothing(browser):
    arrive(2, text=PHONE, publish=True)
    before = list(Case.objects.order_by("declaration").values())
    for path in ("", "screen/", "undo/", "publishing/", f"cluster/{before[0]['cluster']}/"):
        show(browser, REVIEW + path)
    assert list(Case.objects.order_by("declaration").values()) == before


def test_nothing_is_published_because_nobody_chose(browser):
    arrive(1, text=PHONE, publish=True)
    browser.post(REVIEW + "claim/")
    browser.post(REVIEW + "decide/", {"row": rows(show(browser, REVIEW + "screen/"))})
    assert Case.objects.get().publication == Wish.WAITING


def test_what_was_typed_is_shown_as_text(browser):
    canary = "<script>alert(1)</script>"
    arrive(text=PHONE + canary, names=("<img src=x>",), title='"><b>x', publish=True)
    browser.post(REVIEW + "claim/")
    page = show(browser, REVIEW + "screen/")
    assert "&lt;script&gt;" in page
    assert not re.search(r"<script(?! src=\"/script/staff)|<img|<b>x", page)


def test_a_long_text_is_there_in_full(browser):
    text = PHONE + "很长的故事" * 500 + "终"
    arrive(text=text)
    browser.post(REVIEW + "claim/")
    assert text in show(browser, REVIEW + "screen/")


def test_a_group_is_shown_as_it_would_be_published_and_its_names_apart(browser):
    arrive(text=PHONE + "李明和王芳声明退出。", names=("李明", "王芳"))
    browser.post(REVIEW + "claim/")
    page = show(browser, REVIEW + "screen/")
    assert "○和○声明退出。" in page
    assert "李明 · 王芳" in page
    assert page.count("names a private person") == 2, "among the reasons to refuse, and their keys, alone"


def test_a_name_that_stayed_in_the_text_of_a_group_is_said(browser):
    arrive(text=PHONE + "声明退出。\n退党团队：李明\n退团队：张叁", names=("李明", "张三"))
    browser.post(REVIEW + "claim/")
    page = show(browser, REVIEW + "screen/")
    assert "退团队：张叁" in page
    assert page.count("names a private person") == 3


def test_the_reasons_are_said_in_words(browser):
    arrive(text=PHONE)
    browser.post(REVIEW + "claim/")
    assert "looks like a phone number" in show(browser, REVIEW + "screen/")


def test_late_decisions_are_said_to_be_lost(browser):
    (declaration,) = arrive(text=PHONE)
    answer = browser.post(REVIEW + "decide/", {"row": declaration.hex})
    assert answer.url == REVIEW + "screen/?late=1"
    assert "was not taken" in show(browser, answer.url)
    assert case(declaration).verdict == Verdict.WAITING


@pytest.mark.parametrize(
    "sent",
    [
        {"row": "x"},
        {"row": ["0" * 32, "zz", ""]},
        {"row": "{good}", "verdict-{good}": "99"},
        {"row": "{good}", "verdict-{good}": "count"},
        {"row": "{good}", "publish-{good}": "perhaps", "verdict-{good}": "-1"},
        {"verdict-{good}": "1", "publish-{good}": "yes"},
    ],
)
def test_what_no_page_of_ours_sends_decides_nothing(browser, sent):
    (good,) = arrive(text=PHONE, publish=True)
    browser.post(REVIEW + "claim/")
    data = {key.format(good=good.hex): value.format(good=good.hex) if isinstance(value, str) else value for key, value in sent.items()}
    assert browser.post(REVIEW + "decide/", data).status_code == HTTPStatus.FOUND
    assert (case(good).verdict, case(good).publication) == (Verdict.WAITING, Wish.WAITING)


@pytest.mark.parametrize("late", ["x", "99999", "-1", "<b>", "1" * 5000, "٣"])
def test_a_smuggled_number_is_not_shown(browser, late):
    assert "was not taken" not in show(browser, f"{REVIEW}screen/?late={late}")


def test_a_pile_can_be_chosen(browser):
    arrive()
    (look,) = arrive(text=PHONE)
    browser.post(REVIEW + "claim/", {"pile": str(Pile.CLEAR.value)})
    assert look.hex not in show(browser, REVIEW + "screen/")
    assert browser.post(REVIEW + "claim/", {"pile": "elsewhere"}).status_code == HTTPStatus.FOUND


def test_a_screen_holds_no_more_than_fifty(browser):
    arrive(51, text=PHONE)
    browser.post(REVIEW + "claim/")
    assert len(rows(show(browser, REVIEW + "screen/"))) == 50


def test_publishing_has_a_screen_of_its_own(browser):
    sealed, other = arrive(2, publish=True)
    actions.sealed(entries=entries(sealed))
    browser.post(REVIEW + "publishing/claim/")
    page = show(browser, REVIEW + "publishing/")
    item = Publication.objects.get()
    assert sorted(rows(page)) == sorted([item.id.hex, other.hex])
    browser.post(REVIEW + "publishing/decide/", {"row": rows(page), f"publish-{other.hex}": "no"})
    assert Publication.objects.get().state == ItemState.APPROVED
    assert (case(other).publication, case(other).assurance) == (Wish.DECLINE, 1)


def test_a_cluster_is_decided_by_its_sample(browser):
    ids = [hand_in("那年冬天父亲被带走之后，我就再也没有信过他们说的话。", (f"名{number}",)) for number in range(BURST + 1)]
    arrive(text=PHONE)
    cluster = case(ids[0]).cluster
    page = show(browser, f"{REVIEW}cluster/{cluster}/")
    assert page.count("父亲被带走") == 20
    browser.post(f"{REVIEW}cluster/{cluster}/", {"verdict": "nonsense"})
    assert case(ids[0]).verdict == Verdict.WAITING
    browser.post(f"{REVIEW}cluster/{cluster}/", {"verdict": "count"})
    assert set(Case.objects.filter(cluster=cluster).values_list("verdict", flat=True)) == {Verdict.COUNT}
    assert "Nothing of this waits" in show(browser, f"{REVIEW}cluster/{cluster}/")


def test_what_one_reviewer_has_the_other_does_not_see(browser):
    arrive(2, text=PHONE)
    browser.post(REVIEW + "claim/")
    other = signed_in(B)
    other.post(REVIEW + "claim/")
    assert rows(show(other, REVIEW + "screen/")) == []


def test_no_address_of_a_page_names_a_declaration(browser):
    (declaration,) = arrive(text=PHONE, publish=True)
    browser.post(REVIEW + "claim/")
    page = show(browser, REVIEW + "screen/")
    links = re.findall(r'(?:href|action)="([^"]*)"', page)
    assert links
    assert not [link for link in links if declaration.hex in link or str(declaration) in link]
