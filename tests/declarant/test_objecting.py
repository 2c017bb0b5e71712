"""Objecting, as somebody does it who has no code and says no name: one page, one press, a code for the answer."""

import re

import pytest
from django.db import DatabaseError
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.archive.test_archive import published
from tests.archive.test_objections import settle
from tests.intake.filled import AS_A_FORM
from tests.ledger.register import index_of
from tests.page import LANGUAGES, Page, read, weight
from tests.served import code_on

from tuidang.accounts.policies import Role
from tuidang.archive import actions as archive
from tuidang.archive import queries
from tuidang.declarant.actions import take_back
from tuidang.declarant.objecting.actions import objection_id
from tuidang.declarant.objecting.forms import LONGEST_TEXT, number
from tuidang.kernel import clock
from tuidang.review import actions as review_actions
from tuidang.review import queries as review
from tuidang.review.models import Objection
from tuidang.review.policies import ANSWERED_DAYS
from tuidang.review.states import Finding, Ground
from tuidang.vault.codes import read_code
from tuidang.vault.formkeys import TOKEN_HOURS

SMUGGLED = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
KB = 1024


def address(language: str = "en", more: str = "") -> str:
    return f"/{language}/objection/{more}"


def filled(index: object, language: str = "en", **more: object) -> dict[str, object]:
    form = read(Client().get(address(language, f"?number={index}")))
    return form.sent(ground="1", **more)


def send(fields: dict[str, object], language: str = "en", **headers: str):
    return Client(headers=headers).post(address(language), fields)


def ask(code: str, language: str = "en"):
    return Client().post(address(language, "answer/"), {"code": code})


def code_for(fields: dict[str, object]) -> str:
    answered = send(fields)
    assert answered.status_code == 200
    return code_on(answered.content.decode())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_link_below_each_statement_leads_to_the_form_with_its_number_filled_in(index, language):
    for page in (f"/{language}/statements/", f"/{language}/statements/{index}/"):
        assert f"/{language}/objection/?number={index}" in read(Client().get(page)).links
    assert read(Client().get(address(language, f"?number={index}"))).sent()["number"] == [str(index)]
    assert f"/{language}/objection/" in read(Client().get(f"/{language}/method/")).links


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("ground", ["1", "2", "3"])
def test_an_objection_hides_the_statement_and_its_code_opens_the_answer(index, language, ground):
    answered = send({**filled(index, language), "ground": ground}, language)
    page = read(answered)
    assert Client().get(f"/en/statements/{index}/").status_code == 404
    code = re.sub(r"<[^>]+>", " ", re.search(r'<p class="code"[^>]*>(.*?)</p>', page.html, re.DOTALL)[1])
    found = read(ask(code, language))
    assert found.tags.count("h1") == 1
    if language != "en":
        assert page.latin() - set(re.findall("[A-Z]+", page.text)) == found.latin() == set()
    assert Objection.objects.get().ground == int(ground)
    other = read(ask(code, "en"))
    assert "Hidden while a volunteer looks at it" in other.text


def test_the_code_is_understood_in_all_its_forms_and_stored_in_none(index):
    code = read_code(code_for(filled(index)))
    for typed in (code.base32(), code.shown("zh-hans"), " ".join(code.words("chinese_traditional")), " ".join(code.words("english"))):
        assert ask(typed).status_code == 200
    row = str(vars(Objection.objects.get()))
    assert code.secret.hex() not in row
    assert repr(code.secret) not in row


def test_the_same_form_sent_again_is_the_same_objection(index):
    fields = filled(index, text="Not me.")
    assert code_for(fields) == code_for(fields)
    assert Objection.objects.count() == 1


def test_the_same_form_with_other_words_says_so_and_takes_nothing(index):
    fields = filled(index, text="Not me.")
    code = code_for(fields)
    answered = send({**fields, "text": "Nor this."})
    page = read(answered)
    assert answered.status_code == 409
    assert code[:4] in page.text
    assert page.sent()["text"] == ["Nor this."]
    assert Objection.objects.count() == 1
    assert code_for(page.sent(ground="1")) != code
    assert Objection.objects.count() == 2


def member():
    from tests.accounts.people import member_with

    return member_with(Role.REVIEWER)


def test_the_answer_says_what_was_found(index):
    code = code_for(filled(index))
    settle(member(), index, Finding.OFFICE)
    page = read(ask(code))
    assert "not upheld" in page.text
    assert "public office" in page.text
    assert "shown again" in page.text
    again = code_for(filled(index))
    assert "Waiting for a volunteer" in read(ask(again)).text
    settle(member(), index, Finding.NOTHING_AGAINST)
    page = read(ask(again))
    assert "upheld" in page.text
    assert "voided with the next batch, as disputed" in page.text
    assert "not upheld" in read(ask(code)).text, "each objection has the answer that it got"


def test_only_whoever_did_not_declare_is_told_of_a_void(index):
    code = code_for({**filled(index), "ground": "2"})
    settle(member(), index, Finding.PLAIN)
    assert "voided" not in read(ask(code)).text


@pytest.mark.parametrize("finding", [one for one in Finding if one is not Finding.OPEN])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_is_whole_in_every_language(index, language, finding):
    code = code_for(filled(index))
    settle(member(), index, finding)
    page = read(ask(code, language))
    assert page.tags.count("h1") == 1
    assert language == "en" or page.latin() == set()
    assert "<p></p>" not in page.html


def test_after_thirty_days_its_code_answers_like_one_that_never_was(index, monkeypatch):
    code, today = code_for(filled(index)), clock.today()
    settle(member(), index, Finding.OFFICE)
    assert str(clock.as_date(today + ANSWERED_DAYS).day) in read(ask(code)).text
    monkeypatch.setattr(clock, "today", lambda: today + ANSWERED_DAYS + 1)
    review_actions.purge_objections()
    gone, never = ask(code), ask("0" * 28)
    assert (gone.status_code, never.status_code) == (404, 404)
    assert [line.replace(code, "") for line in gone.content.decode().split("\n")] == [
        line.replace("0" * 28, "") for line in never.content.decode().split("\n")
    ]


def test_a_code_of_one_kind_opens_nothing_of_the_other(index):
    code = read_code(code_for(filled(index)))
    assert Client().post("/en/lookup/", {"code": code.base32()}).status_code == 404
    assert objection_id(code) not in (code.lookup_id(), code.declaration_id())


def test_looking_changes_nothing(index):
    code = code_for(filled(index))
    before = list(Objection.objects.values())
    browser = Client()
    for more in ("", f"?number={index}", "answer/", f"answer/?code={code}", f"?number={index}&ground=1&step=send"):
        for method in (browser.get, browser.head):
            assert method(address("en", more)).status_code == 200
    for method in (browser.put, browser.delete, browser.patch):
        assert method(address()).status_code == 405
    assert list(Objection.objects.values()) == before


def test_nobody_is_asked_who_they_are(index):
    form = read(Client().get(address()))
    assert set(form.sent()) == {"token", "number"}
    assert set(read(Client().get(address("en", f"?number={index}"))).sent()) == {"token", "seen", "there", "number", "text"}
    answered = send({**filled(index), "email": "somebody@example.org", "name": "Somebody"})
    assert not answered.cookies
    assert b"somebody" not in answered.content.lower()
    assert "somebody" not in str(review.objections(9)).lower()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("12,345", 12_345), ("第 １２３ 号", 123), ("no. 7", 7), ("0", 0), ("", None), ("x", None), ("9" * 40, None), ("-5", 5), ("٣", None)],
)
def test_a_number_is_read_however_it_is_written(typed, meant):
    assert number(typed) == meant


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"number": ""}, "number"),
        ({"number": "99999999"}, "number"),
        ({"number": "9" * 50}, "number"),
        ({"ground": "9"}, "ground"),
        ({"ground": []}, "ground"),
        ({"text": "字" * (LONGEST_TEXT + 1)}, "text"),
    ],
)
def test_what_is_missing_or_too_long_is_said_and_what_was_typed_is_kept(index, language, changed, wrong):
    fields = {**filled(index, language, text="Not me."), **changed}
    answered = send(fields, language)
    page = read(answered)
    assert answered.status_code == 422
    assert f'id="{wrong}-error"' in page.html
    assert page.sent()["text"] == [fields["text"]]
    assert language == "en" or page.latin() - {"Not", "me"} == set()
    assert not Objection.objects.exists()


def test_what_is_not_in_the_count_cannot_be_objected_to(index):
    assert send({**filled(index), "number": str(index + 10**6)}).status_code == 422
    code_for(filled(index))
    settle(member(), index, Finding.NOTHING_AGAINST)
    from tuidang.ledger import sealing

    sealing.seal(force=True)
    assert send({**filled(index), "number": str(index)}).status_code == 422


@pytest.mark.parametrize("token", [[], "", "x", "A" * 48, SMUGGLED], ids=range(5))
def test_a_token_that_is_not_ours_keeps_what_was_typed_and_gives_a_new_one(index, token):
    answered = send({**filled(index, text="Not me."), "token": token})
    page = read(answered)
    assert answered.status_code == 403
    assert page.sent()["text"] == ["Not me."]
    assert not Objection.objects.exists()
    assert send(page.sent(ground="1")).status_code == 200


def test_a_form_that_was_open_for_too_long_does_the_same(index, monkeypatch):
    fields, now = filled(index), clock.seconds()
    monkeypatch.setattr(clock, "seconds", lambda: now + (TOKEN_HOURS + 1) * 3600)
    assert send(fields).status_code == 403
    assert not Objection.objects.exists()


@pytest.mark.parametrize("headers", [{"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_another_site_cannot_object_in_a_visitors_name(index, headers):
    assert send(filled(index), **headers).status_code == 403
    assert not Objection.objects.exists()


@pytest.mark.parametrize("field", ["number", "text"])
def test_smuggled_markup_is_text(index, field):
    fields = {**filled(index), "ground": [], field: SMUGGLED}
    page = read(send(fields))
    assert page.sent()[field] == [SMUGGLED]
    assert "<script" not in page.html


@pytest.mark.django_db
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=300), where=st.sampled_from(["", "answer/"]), kind=st.sampled_from([AS_A_FORM, "multipart/form-data", ""]))
def test_any_bytes_get_a_page(body, where, kind):
    for raw in (body, b"ground=1&number=" + body, b"code=" + body + b"&text=" + body):
        answered = Client().post(address("zh-hans", where), raw, content_type=kind)
        assert 400 <= answered.status_code < 500
        Page(answered.content.decode())
    assert not Objection.objects.exists()


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fields=st.dictionaries(st.sampled_from(["number", "ground", "text"]), st.text(max_size=60)))
def test_any_words_in_any_field_get_a_page(index, fields):
    answered = send({**filled(index), **fields})
    assert answered.status_code in (200, 422)
    Page(answered.content.decode())


def test_where_nothing_can_be_stored_it_is_said_and_nothing_is_half_done(index, monkeypatch):
    def full(*_, **__):
        raise DatabaseError("disk is full")

    fields = filled(index)
    monkeypatch.setattr(Objection, "save", full)
    answered = Client(raise_request_exception=False).post(address(), fields)
    assert answered.status_code in (500, 503)
    assert "disk" not in answered.content.decode()
    assert Client().get(f"/en/statements/{index}/").status_code == 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_are_light(index, language):
    browser = Client(headers={"Accept-Encoding": "gzip"})
    fields = filled(index, language)
    sent = browser.post(address(language), fields)
    found = [browser.get(address(language)), sent, browser.get(address(language, "answer/"))]
    long = index_of(published("清泉", text="".join(map(chr, range(0x4E00, 0x4E00 + 900)))))
    found.append(browser.get(address(language, f"?number={long}")))
    found.append(browser.post(address(language), {**fields, "number": "", "ground": [], "text": ""}))
    assert [one.status_code for one in found] == [200, 200, 200, 200, 422]
    assert max(map(weight, found)) <= 6 * KB


def test_one_answer_takes_the_same_few_questions_whoever_asks(index, django_assert_max_num_queries):
    code = code_for(filled(index))
    with django_assert_max_num_queries(2):
        assert ask(code).status_code == 200


def test_an_objection_on_a_ground_that_hides_already_is_shown_as_hidden(index):
    code_for(filled(index))
    second = send(filled(index))
    assert "is hidden now" in read(second).text
    assert Objection.objects.filter(hides=True).count() == 1
    assert Ground(Objection.objects.first().ground) is Ground.NOT_DECLARED


@pytest.mark.parametrize(("language", "said"), [("en", "A code has 12 words"), ("zh-hans", "12"), ("zh-hant", "12")])
def test_a_slip_in_the_code_is_answered_in_words(register, language, said):
    answered = ask("abandon ability able", language)
    assert answered.status_code == 422
    assert said in read(answered).text
    assert read(answered).latin() <= {"abandon", "ability", "able"} if language != "en" else True


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_seen_and_is_no_longer_there_is_said_and_can_be_objected_to_all_the_same(register, language):
    family = published("平安", "晨光", "小河", text="我们声明退出。")
    (statement,) = queries.page().statements
    fields = filled(statement.index, language)
    take_back(code=next(one for one in map(family.member, (1, 2, 3)) if index_of(one) == statement.index))
    answer = send(fields, language)
    page = read(answer)
    assert answer.status_code == 409
    assert {"en": "another number", "zh-hans": "另一个编号", "zh-hant": "另一個編號"}[language] in page.text
    assert language == "en" or page.latin() == set()
    assert not Objection.objects.exists()
    assert queries.page().statements
    code_for(page.sent(ground="1"))
    assert Objection.objects.get().index == statement.index


def test_the_same_form_sent_twice_is_one_though_the_first_has_hidden_what_it_showed(index):
    fields = filled(index)
    assert code_for(fields) == code_for(fields)
    assert Objection.objects.count() == 1


def test_a_number_that_showed_nothing_is_not_said_to_have_lost_anything(register):
    number = index_of(published("远山"))
    archive.unpublish(index=number)
    assert send(filled(number)).status_code == 200
