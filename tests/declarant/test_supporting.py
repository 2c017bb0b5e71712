"""A message of support by the pages: form, check page, code, taking it down. Nothing of it reaches the ledger."""

import hashlib
import re
from urllib.parse import urlencode

import pytest
from django.test import Client
from tests.accounts.people import member_with
from tests.intake.filled import AS_A_FORM
from tests.intake.supporting import decide, published
from tests.intake.supporting import sent as taken
from tests.ledger.register import decide as decide_declarations
from tests.ledger.register import declare
from tests.page import LANGUAGES, read, weight

from tuidang.accounts.policies import Role
from tuidang.config.buckets import BUCKET
from tuidang.intake.models import Support, SupportMessage
from tuidang.intake.support import actions, queries
from tuidang.intake.support.states import Refusal, State
from tuidang.kernel.places import places
from tuidang.ledger import queries as ledger
from tuidang.ledger import sealing
from tuidang.vault.codes import read_code

GIVEN = {"name": "Ada", "country": "Germany", "text": "We stand with you.", "agree": "on"}
WHERE = {"en": "Germany", "zh-hans": "德国", "zh-hant": "德國"}
GZIP = {"Accept-Encoding": "gzip"}


def address(language="en", page="send/"):
    return f"/{language}/messages/{page}"


def post(where, fields, **headers):
    return Client(headers=headers).post(where, urlencode(fields, doseq=True), content_type=AS_A_FORM)


def filled(language="en", **changed):
    return read(Client().get(address(language))).sent(**{**GIVEN, "country": WHERE[language], **changed})


def sent(language="en", **changed):
    """The code page."""
    check = post(address(language), filled(language, **changed))
    assert check.status_code == 200
    return post(address(language), {**read(check).sent(), "step": "send"})


def code_of(response):
    return read_code(
        re.search(r'class="code"[^>]*>(.*?)</p>', response.content.decode(), re.DOTALL)[1].replace("<span>", "").replace("</span>", "")
    )


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_typed_is_shown_then_sent_and_found_under_the_code(language):
    check = post(address(language), filled(language))
    assert not SupportMessage.objects.exists()
    for said in ("Ada", WHERE[language], "We stand with you."):
        assert said in read(check).text
    done = post(address(language), {**read(check).sent(), "step": "send"})
    row = SupportMessage.objects.get()
    assert row.state == State.WAITING
    shown = re.sub("<[^>]*>", " ", re.search(r'class="code".*?</p>', done.content.decode(), re.DOTALL)[0].partition(">")[2])
    assert row.id == queries.message_id(read_code(shown))


@pytest.mark.django_db
def test_sending_twice_is_one_message_and_the_answer_the_same():
    check = post(address(), filled())
    fields = {**read(check).sent(), "step": "send"}
    assert post(address(), fields).content == post(address(), fields).content
    assert SupportMessage.objects.count() == 1
    other = post(address(), {**fields, "text": "other words"})
    assert other.status_code == 409
    assert "other words" in other.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "Enter the name"),
        ({"name": "x" * 61}, "60 characters"),
        ({"country": ""}, "Enter the country"),
        ({"country": "nowhere at all"}, "Enter the country"),
        ({"country": "四川"}, "outside mainland China"),
        ({"country": "China"}, "outside mainland China"),
        ({"text": " \u202e "}, "Write your message"),
        ({"text": "x" * 2001}, "2,000 characters"),
        ({"text": "a\ufffdb"}, "did not arrive whole"),
        ({"agree": ""}, "Tick this box"),
    ],
)
def test_what_cannot_be_published_is_said_and_kept_in_the_page(changed, said):
    answered = post(address(), filled(**changed))
    assert answered.status_code == 422
    assert said in read(answered).text
    assert not SupportMessage.objects.exists()


@pytest.mark.django_db
def test_what_may_tell_who_someone_is_is_marked_before_it_is_sent():
    page = read(post(address(), filled(text="我叫王建国，电话 13812345678")))
    assert "<mark" in page.html
    assert "phone number" in page.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "headers", "status"),
    [({"token": "x"}, {}, 403), ({}, {"Origin": "https://elsewhere.example"}, 403), ({"text": "x" * 2_000_000}, {}, 413)],
)
def test_what_is_not_from_our_own_fresh_form_is_not_taken(fields, headers, status):
    answered = post(address(), {**filled(), **fields, "step": "send"}, **headers)
    assert answered.status_code == status
    assert not SupportMessage.objects.exists()


@pytest.mark.django_db
def test_when_too_many_came_what_was_typed_is_kept(monkeypatch):
    monkeypatch.setattr(actions, "MOST_A_DAY", 0)
    answered = post(address(), {**filled(), "step": "send"})
    assert answered.status_code == 503
    assert "We stand with you." in answered.content.decode()
    assert not SupportMessage.objects.exists()


@pytest.mark.django_db
def test_its_sender_sees_how_it_stands_and_takes_it_down():
    member, code = member_with(Role.REVIEWER), taken("We stand with you.")
    own = address(page="own/")
    assert "Waiting for a volunteer" in read(post(own, {"code": code.base32()})).text
    decide(member, code)
    assert "We stand with you." in read(Client().get(address(page=""))).text
    assert "is published" in read(post(own, {"code": code.shown("zh-hans")})).text
    assert "was deleted" in read(post(own, {"code": code.base32(), "step": "take_down"})).text
    assert "We stand with you." not in read(Client().get(address(page=""))).text
    assert post(own, {"code": code.base32(), "step": "take_down"}).status_code == 404
    refused = taken()
    decide(member, refused, refusal=Refusal.INSULT)
    assert "calls for violence" in read(post(own, {"code": refused.base32()})).text


@pytest.mark.django_db
def test_only_a_post_takes_down():
    code = published(member_with(Role.REVIEWER))
    Client().get(address(page="own/"), {"code": code.base32(), "step": "take_down"})
    assert Support.objects.count() == 1


@pytest.mark.django_db
def test_answers_to_a_code_are_whole_kilobytes():
    member = member_with(Role.REVIEWER)
    codes = [taken(), published(member), taken()]
    lengths = {len(post(address(page="own/"), {"code": code.base32()}, **GZIP).content) for code in codes}
    assert {length % BUCKET for length in lengths} == {0}
    assert len(lengths) == 1, "of one message, waiting and published are of one size"


@pytest.mark.django_db
def test_hostile_words_are_shown_as_text():
    published(member_with(Role.REVIEWER), "<script>alert(1)</script>{{1}}%s", name='"><img src=x>')
    page = Client().get(address(page="")).content.decode()
    assert "<script" not in page
    assert "<img" not in page
    assert "{{1}}%s" in page


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_set_no_cookie_and_keep_to_their_weight(language):
    member = member_with(Role.REVIEWER)
    words = "".join(chr(0x4E00 + (at * at * 7 + at * 31) % 20_000) for at in range(1_900))
    for number in range(21):
        published(member, f"{number}{words[number:]}", name="一个很长的名字")
    for page, most in (("", 12_288), ("send/", 6_144), ("own/", 6_144), (f"{Support.objects.last().number}/", 12_288)):
        answered = Client(headers=GZIP).get(address(language, page))
        assert answered.status_code == 200
        assert not answered.cookies
        assert weight(answered) <= most, page


@pytest.mark.django_db
@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "1.5"])
def test_what_is_no_number_is_no_page(before):
    assert Client().get(address(page=""), {"before": before}).status_code == 404
    assert Client().get(address(page=f"{'9' * 30}/")).status_code == 404


def ledger_bytes():
    folder = places().ledger
    return {path.relative_to(folder): hashlib.sha256(path.read_bytes()).digest() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_messages_of_support_leave_every_byte_of_the_ledger_as_it_is(register):
    declare("远山")
    decide_declarations()
    sealing.seal(force=True)
    before, count = ledger_bytes(), ledger.count_from_tables()
    member = member_with(Role.REVIEWER)
    published(member)
    actions.take_back(code=published(member, "gone again"))
    decide(member, taken("refused"), refusal=Refusal.SPAM)
    sealing.seal(force=True)
    assert len(before) > 3
    assert ledger_bytes() == before
    assert ledger.count_from_tables() == count
    assert queries.shown() == 1
