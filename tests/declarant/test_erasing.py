"""After "take back and erase" every page, command and dump answers as for a code that never was."""

import re

import pytest
from django.test import Client
from tests.declarant.pages import FIRST_STEPS, STEPS, buttons, sealed, send, words
from tests.intake.filled import filled, post
from tests.ledger.erasing import traces
from tests.ledger.register import decide, declaration, declare
from tests.page import LANGUAGES, read

from tuidang.intake import actions as intake
from tuidang.kernel.randomness import random_bytes
from tuidang.ledger.actions import take_back
from tuidang.vault.codes import Code, read_code


def corrected(code: Code) -> Code:
    words(code, step="correct_now", name="远水", left="party", text="我声明退出。")
    return code


BEFORE = {
    "waiting": lambda: declare("远山"),
    "counted": lambda: (declare("远山"), decide())[0],
    "sealed": lambda: sealed("远山"),
    "corrected": lambda: corrected(declare("远山")),
    "corrected on the record": lambda: corrected(sealed("远山")),
    "family": lambda: declare("平安", "晨光", "小河"),
    "family on the record": lambda: sealed("平安", "晨光", "小河"),
}


def answers(code: Code, languages: tuple[str, ...] = LANGUAGES) -> list[tuple[int, dict[str, str], bytes]]:
    """What every step answers, head and body; where the code itself is written back, it is blotted out."""
    found = []
    for language in languages:
        asked = [(code.base32(), step) for step in STEPS] + [(code.shown("zh-hans"), "show"), (code.shown("zh-hant"), "erase_now")]
        for typed, step in asked:
            answered = send(typed, language, step, name="远水", left="party", text="我声明退出。")
            found.append((answered.status_code, dict(answered.items()), answered.content.replace(typed.encode(), b"")))
    return found


@pytest.mark.parametrize("name", list(BEFORE))
def test_every_page_answers_as_for_a_code_that_never_was(register, name):
    code, never = BEFORE[name](), Code(random_bytes(16))
    assert buttons(send(code)) >= {"take_back", "erase"}
    assert "已撤回并销毁" in words(code, step="erase_now")
    assert traces(code) == set()
    assert answers(code) == answers(never)
    for one in (code.member(1), code.successor(1)):
        assert answers(one, ("en",)) == answers(never, ("en",))
    assert send(code, step="erase_now").status_code == 404


def test_a_member_who_erased_is_unknown_and_the_others_stay(register):
    family = sealed("平安", "晨光")
    words(family.member(1), step="erase_now")
    assert answers(family.member(1), ("en",)) == answers(Code(random_bytes(16)), ("en",))
    assert "晨光" in words(family)
    assert "平安" not in words(family)


@pytest.mark.parametrize("erase", [False, True])
def test_what_was_taken_back_can_still_be_erased(register, erase):
    code = declare("远山")
    words(code, step="take_back_now")
    assert "erase" in buttons(send(code))
    words(code, step="erase_now")
    assert traces(code) == set()
    assert intake.accept(declaration=declaration("远山"), code=code).result == "new"
    if erase:
        take_back(code=code, erase=True)
        assert traces(code) == set()


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh-hans", "加密的备份最多再保留 30 天"), ("zh-hant", "加密的備份最多再保留 30 天"), ("en", "for at most 30 days more")],
)
def test_what_erasing_means_is_said_before_and_after(register, language, said):
    code = declare("远山")
    assert said in words(code, language, "erase")
    assert "远山" in words(code, language), "asking changes nothing"
    assert said in words(code, language, "erase_now")


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh-hans", "会用同一密码重新声明"), ("zh-hant", "會用同一密碼重新聲明"), ("en", "it would declare anew")],
)
def test_the_old_form_sent_again_declares_anew_in_plain_sight_and_the_page_after_erasing_warns_of_it(register, language, said):
    form = read(post(filled(language), language)).sent(step="send")
    code = code_of(read(post(form, language)))
    assert said in words(code, language, "erase_now")
    assert send(code, language).status_code == 404
    again = read(post(form, language))
    assert code_of(again) == code, "nothing of the form is left by which it could be known"
    assert send(code, language).status_code == 200


def code_of(page) -> Code:
    return read_code(re.sub("<[^>]*>", " ", re.search(r'<p class="code"[^>]*>(.*?)</p>', page.html, re.DOTALL)[1]))


def test_a_code_that_two_people_may_hold_erases_after_seven_days(register):
    code = declare("远山")
    intake.note_second_answer(code=code)
    assert "发出过两次" in words(code, step="erase_now")
    assert "远山" in words(code)


def test_looking_or_opening_every_link_changes_nothing(register):
    code = sealed("远山")
    before = words(code)
    for step in STEPS:
        asked = Client().get("/zh-hans/lookup/", {"code": code.base32(), "step": step})
        assert "远山" not in read(asked).text
    for step in FIRST_STEPS:
        send(code, step=step)
    assert words(code) == before
