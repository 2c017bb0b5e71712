"""What is answered to whoever wishes a text published, or no longer: what became of it, and where it cannot be, why."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.accounts.people import member_with
from tests.archive.test_archive import published, release
from tests.ledger.register import Register, decide, declaration, declare, index_of
from tests.page import LANGUAGES, Page, read

from tuidang.accounts.policies import Role
from tuidang.archive import actions, queries
from tuidang.declarant.actions import wish
from tuidang.declarant.objecting.actions import object_to
from tuidang.intake import actions as intake
from tuidang.intake.content import NewDeclaration, NewPerson
from tuidang.kernel.randomness import random_bytes
from tuidang.ledger import sealing
from tuidang.review.models import Objection, Publication
from tuidang.review.states import Finding, Ground
from tuidang.vault.codes import Code


def press(code: Code, step: str = "show", language: str = "en") -> Page:
    return read(Client().post(f"/{language}/lookup/", {"code": code.base32(), "step": step}))


def listed(*persons: NewPerson) -> Code:
    code, new = Code(random_bytes(16)), declaration("平安")
    fields = {name: getattr(new, name) for name in NewDeclaration.__slots__}
    intake.accept(declaration=NewDeclaration(**{**fields, "persons": persons, "voice": 2}), code=code)
    return code


CHILD, GROWN = NewPerson("平安", 4), NewPerson("远山", 7, suggested=True)


@pytest.mark.parametrize("sealed", [False, True])
def test_of_children_alone_nothing_is_published_later_and_no_button_offers_it(register: Register, sealed: bool) -> None:
    code = listed(CHILD)
    if sealed:
        decide()
        sealing.seal(force=True)
    assert 'value="publish' not in press(code).html
    assert wish(code=code, publish=True) == "not_now"
    assert "not possible" in press(code, "publish_now").text
    decide()
    release()
    sealing.seal(force=True)
    actions.take_in()
    assert not Publication.objects.exists()
    assert not queries.page().statements


def test_of_a_parent_and_a_child_it_can_be_published(register: Register) -> None:
    code = listed(GROWN, CHILD)
    assert 'value="publish' in press(code).html
    assert wish(code=code, publish=True) == "wished"


def test_where_a_text_was_waiting_it_does_not_say_that_nothing_has_changed(register: Register) -> None:
    code = declare("远山", publish=True)
    decide()
    sealing.seal(force=True)
    assert Publication.objects.exists()
    assert "It is not published" in press(code, "unpublish_now").text
    assert not Publication.objects.exists()
    assert wish(code=code, publish=False) == "same"
    assert wish(code=code, publish=True) == "wished"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("upheld", [False, True])
def test_whoever_is_objected_to_is_told_before_and_after(register: Register, language: str, upheld: bool) -> None:
    code = published("远山")
    number = index_of(code)
    assert number is not None
    object_to(code=Code(random_bytes(16)), index=number, ground=Ground.NAMED, text="", language="en")
    fields = {"code": code.base32(), "step": "correct_check", "name": "远云", "left": "party", "text": "我声明退出。"}
    check = read(Client().post(f"/{language}/lookup/", fields))
    assert {"en": "the corrected one is not published", "zh-hans": "更正后的不会公开", "zh-hant": "更正後的不會公開"}[
        language
    ] in check.text
    (row,) = Objection.objects.all()
    if upheld:
        actions.decide_objections(member=member_with(Role.REVIEWER), objections=[row.id], finding=Finding.PLAIN)
    wish(code=code, publish=False)
    page = press(code, "publish_now", language)
    words = {"en": ("Somebody objects", "was right"), "zh-hans": ("提出了异议", "异议成立"), "zh-hant": ("提出了異議", "異議成立")}
    assert words[language][upheld] in page.text
    assert language == "en" or page.latin() == set()


@pytest.mark.parametrize("objected", [False, True])
def test_a_family_is_told_that_the_corrected_text_is_published_or_is_not_never_both(register: Register, objected: bool) -> None:
    code = published("平安", "晨光", "小河", text="我们声明退出。")
    (one,) = queries.page().statements
    if objected:
        object_to(code=Code(random_bytes(16)), index=one.index, ground=Ground.NAMED, text="", language="en")
    page = press(code, "correct").text
    assert ("the corrected one is not published" in page) == objected
    assert ("the new one is published after a volunteer has read it" in page) != objected
    assert "the entries of all 3 people are voided" in page
