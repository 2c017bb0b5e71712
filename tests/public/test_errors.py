"""What went wrong, in the reader's language: what happened, and that nothing was recorded."""

import pytest
from django.test import Client, RequestFactory
from tests.page import LANGUAGES, read

from tuidang.intake import views as intake
from tuidang.kernel.errors import BusyError
from tuidang.public import errors

pytestmark = pytest.mark.django_db
NOTHING = {
    "en": ("Nothing was", "nothing was"),
    "zh-hans": ("没有任何记录", "没有确认任何记录", "没有记录或更改", "没有任何更改"),
    "zh-hant": ("沒有任何記錄", "沒有確認任何記錄", "沒有記錄或更改", "沒有任何更改"),
}
HANDLERS = {
    400: errors.bad_request,
    403: errors.forbidden,
    404: errors.not_found,
    413: errors.too_large,
    500: errors.failed,
    503: errors.busy,
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", HANDLERS)
def test_each_error_says_what_happened_and_that_nothing_was_recorded(language, status):
    answered = HANDLERS[status](RequestFactory().get(f"/{language}/declare/"))
    page = read(answered)
    assert answered.status_code == status
    assert any(words in page.text for words in NOTHING[language])
    assert language == "en" or page.latin() == set()


def test_a_staff_form_without_its_token_is_told_so():
    answered = errors.stale(RequestFactory().get("/staff/"))
    assert answered.status_code == 403
    assert "Nothing was changed" in read(answered).text


@pytest.mark.parametrize(("accepted", "said"), [("zh-TW", "沒有這個頁面"), ("zh-CN", "没有这个页面"), ("fr", "No such page")])
def test_outside_any_language_the_browser_decides(accepted, said):
    assert said in Client(headers={"Accept-Language": accepted}).get("/nowhere").content.decode()


def test_what_fails_shows_nothing_of_the_machine(monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("secret words")

    monkeypatch.setattr(intake, "blank", fail)
    answered = Client(raise_request_exception=False).get("/zh-hans/declare/")
    assert answered.status_code == 500
    assert "secret words" not in read(answered).html
    assert "没有确认任何记录" in read(answered).text
    assert "default-src 'none'" in answered["Content-Security-Policy"]


def test_where_even_that_page_fails_three_sentences_remain(monkeypatch):
    def fail(*_, **__):
        raise OSError

    monkeypatch.setattr(errors, "render", fail)
    answered = errors.failed(RequestFactory().get("/en/"))
    assert answered.status_code == 500
    for words in ("Nothing was confirmed", "没有确认任何记录", "沒有確認任何記錄"):
        assert words in answered.content.decode()


def test_what_is_busy_anywhere_says_when_to_try_again(monkeypatch):
    def busy(*_, **__):
        raise BusyError

    monkeypatch.setattr(intake, "blank", busy)
    answered = Client().get("/zh-hant/declare/")
    assert (answered.status_code, answered["Retry-After"]) == (503, "10")
    assert "不會重複計數" in read(answered).text
