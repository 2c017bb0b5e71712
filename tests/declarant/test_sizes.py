"""What a code opens is answered in a few sizes: nothing is learnt from how long an answer is."""

import gzip
import json
import re
from urllib.parse import urlencode

import pytest
from django.test import Client
from tests.archive.test_archive import published
from tests.intake.filled import AS_A_FORM
from tests.ledger.register import decide, declare, index_of
from tests.page import LANGUAGES, read, weight

from tuidang.config.buckets import BUCKET, HEAD, LEAST, fill_gzip
from tuidang.declarant import urls
from tuidang.declarant.objecting import urls as objecting_urls
from tuidang.intake import actions as intake
from tuidang.intake import queries as handed_in
from tuidang.ledger import sealing
from tuidang.vault.codes import Code

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


def ask(code, language="zh-hans", *, step="show", headers=GZIP):
    typed = code if isinstance(code, str) else code.base32()
    return Client(headers=headers).post(f"/{language}/lookup/", urlencode({"code": typed, "step": step}), content_type=AS_A_FORM)


def size(response):
    """(head, body) in bytes, as far as an answer decides them."""
    return len(response.reason_phrase) + sum(len(name) + len(value) + 4 for name, value in response.items()), len(response.content)


@pytest.mark.parametrize("missing", [0, 1, 5, 6, 7, 1000, 1023, 3000])
def test_a_filled_page_is_as_long_as_wished_and_unpacks_to_the_same(missing):
    page = b"<p>page</p>" * 50
    packed = gzip.compress(page, mtime=0)
    filled = fill_gzip(packed, missing)
    assert len(filled) == len(packed) + missing
    assert gzip.decompress(filled) == page


def codes_in_every_state():
    """A code of one person for each thing that a look-up can answer, and one that opens nothing."""
    sealed, void, publish = declare("平安"), declare("静雨"), declare("晴川", publish=True)
    decide()
    sealing.seal(force=True)
    ask(void, step="take_back_now")
    counted, refused, taken_back = declare("白帆"), declare("小河"), declare("明月")
    decide()
    intake.refuse(declarations=[handed_in.by_code(refused)])
    ask(taken_back, step="take_back_now")
    found = {"sealed": sealed, "voiding": void, "published": publish, "counted": counted, "refused": refused, "taken back": taken_back}
    return {**found, "unknown": Code(bytes(16)), "waiting": declare("远山"), "no code": "0123-4567", "empty": ""}


@pytest.mark.parametrize("headers", [GZIP, {}], ids=["gzip", "plain"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_whether_a_code_opens_something_and_what_is_not_seen_from_the_size(register, language, headers):
    codes = codes_in_every_state()
    sizes = {name: size(ask(code, language, headers=headers)) for name, code in codes.items()}
    heads, bodies = {head for head, _ in sizes.values()}, {body for _, body in sizes.values()}
    assert len(heads) == 1, sizes
    assert heads.pop() % HEAD == 0
    assert all(body % BUCKET == 0 for body in bodies)
    if headers:
        assert bodies == {LEAST}, sizes


@pytest.mark.parametrize("headers", [GZIP, {}], ids=["gzip", "plain"])
def test_files_are_filled_up_too_and_stay_what_they_are(register, headers):
    code = declare("远山")
    promise = ask(code, step="promise", headers=headers)
    assert sum(size(promise)) % HEAD == 0
    assert sum(size(promise)) >= LEAST
    decide()
    sealing.seal(force=True)
    receipt = ask(code, step="receipt", headers=headers)
    plain = gzip.decompress(receipt.content) if headers else receipt.content
    assert json.loads(plain)["public"]["name"] == "远山"
    assert plain == plain.rstrip(b" ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answer_to_an_objection_is_as_long_as_none(register, language):
    index = index_of(published("远山"))
    form = read(Client().get(f"/{language}/objection/?number={index}"))
    shown = read(Client().post(f"/{language}/objection/", form.sent(ground="1")))
    code = re.search(r"<p class=\"code\"[^>]*>(.*?)</p>", shown.html, re.DOTALL)[1]
    body = urlencode({"code": re.sub(r"<[^>]*>", " ", code)})
    known, unknown = (
        Client(headers=GZIP).post(f"/{language}/objection/answer/", sent, content_type=AS_A_FORM)
        for sent in (body, urlencode({"code": Code(bytes(16)).base32()}))
    )
    assert (known.status_code, unknown.status_code) == (200, 404)
    assert size(known) == size(unknown)


@pytest.mark.django_db
@pytest.mark.parametrize("name", [one.name for one in (*urls.urlpatterns, *objecting_urls.urlpatterns)])
def test_every_address_that_takes_a_code_is_filled_up(name):
    from django.urls import reverse

    answered = Client(headers=GZIP).post(reverse(name), urlencode({"code": "x"}), content_type=AS_A_FORM)
    assert (len(answered.content) % BUCKET, size(answered)[0] % HEAD) == (0, 0)


@pytest.mark.django_db
def test_a_status_page_stays_light():
    assert weight(ask(Code(bytes(16)))) <= 4 * BUCKET


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["", "declare/", "privacy/"])
def test_pages_that_show_everyone_the_same_are_not_made_longer(page):
    assert "Fill" not in Client().get(f"/en/{page}")
