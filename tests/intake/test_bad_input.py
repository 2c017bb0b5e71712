"""Whatever is sent: an answer in the reader's language, what was typed kept, nothing stored, nothing unescaped."""

import re
from urllib.parse import quote

import pytest
from django.test import Client
from tests.intake.filled import AS_A_FORM, GROUP, address, filled, form, nothing_stored, post
from tests.page import LANGUAGES, read

from tuidang.intake import forms
from tuidang.intake.content import Accepted
from tuidang.intake.policies import LONGEST_NAME, LONGEST_TEXT, LONGEST_TITLE
from tuidang.kernel import clock
from tuidang.vault.formkeys import TOKEN_HOURS

pytestmark = pytest.mark.django_db
SMUGGLED = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
NOTHING = {"en": "Nothing was recorded", "zh-hans": "没有任何记录", "zh-hant": "沒有任何記錄"}


def sent_raw(body: bytes, content_type: str = AS_A_FORM, language: str = "zh-hans", **headers: str):
    return Client(headers=headers).post(address(language), body, content_type=content_type)


def refused(answered, status: int, language: str = "zh-hans"):
    """The page, after it was checked that it is one, in its language, and that nothing was stored."""
    page = read(answered)
    assert answered.status_code == status
    assert nothing_stored()
    assert language == "en" or page.latin() == set()
    return page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("text", "字" * (LONGEST_TEXT + 1), "字" * (LONGEST_TEXT + 1)),
        ("title", "字" * (LONGEST_TITLE + 1), "字" * (LONGEST_TITLE + 1)),
        ("name", "字" * (LONGEST_NAME + 1), "字" * (LONGEST_NAME + 1)),
        ("text", "  \r\n ", "  \r\n "),
        ("name", "\u202e\u2066", "\u202e\u2066"),
    ],
    ids=["text too long", "title too long", "name too long", "text of blanks", "name of direction marks"],
)
def test_a_field_that_cannot_be_used_is_named_and_kept(language, field, value, kept):
    page = refused(post(filled(language, **{field: value}), language), 422, language)
    assert page.sent()[field] == [kept]
    assert f'id="{field}-error"' in page.html


def test_what_is_typed_is_kept_up_to_256_kb_and_the_page_says_where_it_was_cut():
    page = refused(post(filled(text="a" * (forms.KEPT + 5))), 422)
    assert page.sent()["text"] == ["a" * forms.KEPT]
    assert "只保留了前 256 KB" in page.text


@pytest.mark.parametrize("step", ["check", "send", "change", "alias", "more", "sentence", "", "nonsense"])
def test_bytes_that_are_no_utf_8_are_shown_and_asked_for_again(step):
    body = f"token={form().sent()['token'][0]}&name=%C3%28&text=%ff%fe&left=party&adult=on&consent=on&step={step}".encode()
    answered = sent_raw(body)
    assert nothing_stored()
    assert answered.status_code in (200, 422)
    assert "\N{REPLACEMENT CHARACTER}" in read(answered).sent()["text"][0]
    if step in ("check", "send"):
        assert answered.status_code == 422
        assert "有些字没有完整送达" in read(answered).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_charset_that_forms_cannot_have_is_unreadable(language):
    refused(sent_raw("name=远山".encode("gb18030"), f"{AS_A_FORM}; charset=gb18030", language), 400, language)


def test_nuls_are_dropped_and_never_shown():
    answered = post(filled(name="远\0山", text="我\0声明退出。"))
    assert answered.status_code == 200
    assert b"\0" not in answered.content
    assert read(answered).sent()["name"] == ["远山"]


def test_control_characters_do_not_reach_what_is_stored(monkeypatch):
    from tuidang.intake import actions

    taken = []

    def accept(*, declaration, code):
        taken.append(declaration)
        return Accepted("new", 1)

    monkeypatch.setattr(actions, "accept", accept)
    post(filled(name="远\u202e山\x07", title="a\nb", text="一\r\n二\x1b[31m", step="send"))
    assert (taken[0].persons[0].name, taken[0].title, taken[0].text) == ("远山", "a b", "一\n二[31m")


@pytest.mark.parametrize("field", ["name", "place", "title", "text"])
@pytest.mark.parametrize("step", ["check", "change"])
def test_smuggled_markup_is_text(field, step):
    answered = post(filled(step=step, **{field: SMUGGLED}))
    assert read(answered).sent()[field] == [SMUGGLED]
    assert b"<script" not in answered.content
    assert nothing_stored()


def test_markup_in_names_of_fields_and_choices_goes_nowhere():
    answered = post({**filled(left=["party", SMUGGLED], step=SMUGGLED), SMUGGLED: SMUGGLED})
    assert answered.status_code == 200
    assert b"alert" not in answered.content


def test_markup_in_a_group_is_text_on_every_page():
    checked = read(post(filled(group=True, name_1=SMUGGLED), group=True))
    assert checked.sent()["name_1"] == [SMUGGLED]
    assert "<script" not in read(post(checked.sent(step="send"), group=True)).html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("token", [[], "", "x", "A" * 48, "ÿ" * 20, "=" * 48, SMUGGLED], ids=range(7))
def test_a_token_that_is_not_ours_keeps_what_was_typed_and_gives_a_new_one(language, token):
    page = refused(post(filled(language, token=token, step="send"), language), 403, language)
    assert NOTHING[language] in page.text
    assert page.sent()["text"] == ["我声明退出。"]
    assert post(page.sent(step="send"), language).status_code == 200


def test_a_token_that_expired_does_the_same(monkeypatch):
    typed, now = filled(step="send"), clock.seconds()
    monkeypatch.setattr(clock, "seconds", lambda: now + (TOKEN_HOURS + 1) * 3600)
    page = refused(post(typed), 403)
    assert page.sent()["token"] != typed["token"]
    assert page.sent()["name"] == ["远山"]


def test_a_changed_token_is_not_ours():
    token = form().sent()["token"][0]
    other = ("B" if token[0] == "A" else "A") + token[1:]
    refused(post(filled(token=other, step="send")), 403)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.example"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
    ids=lambda given: next(iter(given.values())),
)
def test_another_site_cannot_declare_in_a_visitors_name(language, headers):
    page = refused(post(filled(language, step="send"), language, **headers), 403, language)
    assert NOTHING[language] in page.text
    assert page.sent()["text"] == ["我声明退出。"]


def test_our_own_pages_can():
    assert post(filled(step="send"), Origin="http://testserver").status_code == 200


def test_five_hundred_and_one_people_are_too_many_and_all_kept():
    rows = {f"name_{n}": f"平安{n}" for n in range(1, 502)} | {f"left_{n}": "party" for n in range(1, 502)}
    answered = post({**filled(group=True), **rows, "rows": "501", "step": "send"}, group=True)
    page = refused(answered, 422)
    assert "最多列 500 人" in page.text
    assert page.sent()["name_501"] == ["平安501"]
    assert post({**page.sent(step="send", name_501="", left_501=[])}, group=True).status_code == 200


@pytest.mark.parametrize("rows", ["-1", "1e9", "99999999999999999999", "٣", "", SMUGGLED])
def test_a_number_of_rows_that_makes_no_sense_shows_the_usual_ones(rows):
    page = read(post({**filled(group=True), **GROUP, "rows": rows}, group=True))
    assert page.sent()["name_2"] == ["静雨"]
    assert nothing_stored()


def test_a_group_of_nobody_is_asked_for_somebody():
    page = refused(post(filled(group=True, **{name: [] for name in GROUP if name[-1].isdigit()}), group=True), 422)
    assert "请至少填写一人" in page.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", AS_A_FORM),
        (b"&&&=&=", AS_A_FORM),
        (b"%", AS_A_FORM),
        (b'{"name": 1}', "application/json"),
        (b"\x00\xff\xfe", "text/plain"),
        (b"name=a", ""),
        (b"name=a", "multipart/form-data"),
        (b"name=a", "multipart/form-data; boundary="),
        (b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\na', "multipart/form-data; boundary=x"),
        (b"--x\r\nnonsense\r\n\r\n\xff\r\n--x--", "multipart/form-data; boundary=x"),
        (b'--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\na\r\n--x--', "multipart/form-data; boundary=x"),
    ],
    ids=range(11),
)
def test_a_body_that_is_no_form_of_ours_gets_a_fresh_form(language, body, content_type):
    answered = sent_raw(body, content_type, language)
    page = refused(answered, answered.status_code, language)
    assert answered.status_code in (400, 403)
    assert NOTHING[language] in page.text


def test_too_many_fields_are_refused_unread():
    body = "&".join(f"a{n}=1" for n in range(3_100)).encode()
    assert "没有任何记录" in refused(sent_raw(body), 413).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_ten_megabytes_are_refused_unread_in_the_readers_language(language):
    class Unread:
        """A body that nobody may touch."""

        def read(self, *_):
            raise AssertionError

        readline = read

    answered = Client().generic(
        "POST", address(language), b"", content_type=AS_A_FORM, **{"wsgi.input": Unread(), "CONTENT_LENGTH": str(10 * 1024 * 1024)}
    )
    page = refused(answered, 413, language)
    assert {"en": "nothing was recorded", "zh-hans": "没有任何记录", "zh-hant": "沒有任何記錄"}[language] in page.text
    assert answered["Connection"] == "close"


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_do_nothing(method):
    assert getattr(Client(), method)(address("en"), b"step=send").status_code == 405
    assert nothing_stored()


def test_an_address_with_odd_bytes_is_a_page_that_is_not_there():
    for path in ("/zh-hans/%ff%fe/", "/zh-hans/declare/%00", f"/zh-hans/{quote(SMUGGLED)}"):
        answered = Client().get(path)
        assert answered.status_code == 404
        assert not re.search(rb"<script|<img", answered.content)
