"""A journalist writes by the form and keeps a code; whoever holds the key of the role opens it elsewhere and answers; the code opens the answer."""

import stat

import pytest
from tests.journeys.browsers import keep, press
from tests.journeys.live import staff, visitor
from tests.page import LANGUAGES

from tuidang.accounts.policies import Role
from tuidang.cli.main import main
from tuidang.intake.models import ContactMessage

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True, databases=["default", "newsletter"])]
QUESTION = "When was the record last recounted by others? 上一次由他人复核是什么时候？"
REACH = "the newsroom of a paper in Oslo"
ANSWER = "On the third of November, and the result is public. 十一月三日，结果已经公开。"


def answer(page, site, language, code):
    page.goto(f"{site}/{language}/contact/answer/")
    page.fill("#code", code)
    press(page.locator("main form button").first)
    return page.locator("main").inner_text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_is_sealed_opened_elsewhere_and_answered(browser, live_server, language, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("tuidang.cli.main._need_register", lambda: None)  # it has none of the files of one, but its database
    site, key = live_server.url, tmp_path / "press.key"
    assert main(["contact", "new-key", "press", "--out", str(key)]) == 0
    assert main(["contact", "key", "press", "--public", f"{key}.pub"]) == 0
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    page = visitor(browser)
    page.goto(f"{site}/{language}/contact/")
    page.check("[name=role][value=press]")
    page.fill("#text", QUESTION)
    page.fill("#reach", REACH)
    press(page.locator("main form button").first)
    keep(f"contact-{language}", page.screenshot(full_page=True))
    code = page.locator(".code").first.inner_text()
    assert ANSWER not in answer(page, site, language, code)
    stored = ContactMessage.objects.values().get()
    assert QUESTION.encode() not in b"".join(bytes(one) for one in stored.values() if isinstance(one, bytes | memoryview))

    desk = staff(browser, site, Role.PRESS, language=language)
    desk.goto(f"{site}/staff/contact/")
    assert QUESTION not in desk.content()
    with desk.expect_download() as download:
        desk.locator("form[action$='/download/'] button").first.click()
    sealed = tmp_path / "message.sealed"
    download.value.save_as(sealed)
    capsys.readouterr()
    assert main(["contact", "open", str(sealed), "--key", str(key)]) == 0
    told = capsys.readouterr().out
    assert QUESTION in told
    assert REACH in told
    press(desk.locator("button[formaction$='/answer/']").first)
    desk.fill("#text", ANSWER)
    press(desk.locator("button[value=send]"))
    keep(f"contact-desk-{language}", desk.screenshot(full_page=True))
    assert desk.locator("[role=status]").is_visible()

    assert ANSWER in answer(page, site, language, code)
    keep(f"contact-answer-{language}", page.screenshot(full_page=True))
    assert ANSWER.encode() not in bytes(ContactMessage.objects.get().answer)
    assert page.context.cookies() == []
