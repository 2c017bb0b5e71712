"""What a code opens is answered in a few sizes: nothing is learnt from how long an answer is."""

import gzip
import json
import re
from hashlib import sha256
from urllib.parse import urlencode

import pytest
from django.test import Client
from tests.archive.test_archive import published
from tests.intake.filled import AS_A_FORM
from tests.ledger.register import decide, declare, index_of
from tests.page import LANGUAGES, read, weight

from tuidang.archive import actions as archive
from tuidang.config.buckets import BUCKET, HEAD, LEAST, fill_gzip
from tuidang.declarant import urls
from tuidang.declarant.objecting import urls as objecting_urls
from tuidang.intake import actions as intake
from tuidang.intake import queries as handed_in
from tuidang.intake.policies import LONGEST_NAME, LONGEST_TEXT, MOST_PERSONS
from tuidang.ledger import sealing
from tuidang.reference import pack
from tuidang.review.models import Case, Publication
from tuidang.review.states import ItemState, Refusal, Verdict
from tuidang.vault.codes import Code

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


def ask(code, language="zh-hans", *, step="show", headers=GZIP, **more):
    fields = {"code": code if isinstance(code, str) else code.base32(), "step": step, **more}
    return Client(headers=headers).post(f"/{language}/lookup/", urlencode(fields), content_type=AS_A_FORM)


def size(response):
    """(head, body) in bytes, as far as an answer decides them."""
    return len(response.reason_phrase) + sum(len(name) + len(value) + 4 for name, value in response.items()), len(response.content)


@pytest.mark.parametrize("missing", [0, 1, 5, 6, 7, 1000, 1023, 3000, *range(65_535, 65_545), 70_000, 200_000])
def test_a_filled_page_is_as_long_as_wished_and_unpacks_to_the_same(missing):
    page = b"<p>page</p>" * 50
    packed = gzip.compress(page, mtime=0)
    filled = fill_gzip(packed, missing)
    assert len(filled) == len(packed) + missing
    assert gzip.decompress(filled) == page


def letters(many, seed):
    """Characters of which no two stand together twice, so that compressing them saves little."""
    return "".join(chr(0x4E00 + int.from_bytes(sha256(f"{seed} {at}".encode()).digest()[:3], "big") % 20_000) for at in range(many))


@pytest.mark.parametrize("step", ["show", "take_back", "erase", "publish", "correct", "take_back_now"])
def test_the_largest_declaration_is_answered_at_every_step(register, step):
    code = declare(*(letters(LONGEST_NAME, number) for number in range(MOST_PERSONS)), text=letters(LONGEST_TEXT, "text"))
    answered = ask(code, step=step)
    assert answered.status_code == 200
    assert letters(LONGEST_TEXT, "text")[:50] in gzip.decompress(answered.content).decode() or step in ("take_back", "erase")
    assert len(answered.content) % BUCKET == 0


NAMES = {"one": ("远山",), "family of five": ("平安", "晨光", "小河", "静雨", "白帆")}
OWN_WORDS = "".join(chr(0x4E00 + (at * at * 7 + at * 31) % 20_000) for at in range(700))
"""Of more than a kilobyte even when it is compressed."""


MANY = tuple(letters(2, number) for number in range(150))


def looked_up(code, persons):
    """The sizes of the status pages in three languages: of the code, and where it is a group's of a member's."""
    codes = [code] if persons == 1 else [code, code.member(2)]
    asked = [(each, language, headers) for each in codes for language in LANGUAGES for headers in (GZIP, {})]
    return [size(ask(each, language, headers=headers)) for each, language, headers in asked]


def sealed(*names, **more):
    code = declare(*names, **more)
    decide()
    Case.objects.update(verdict=Verdict.COUNT.value, assurance=2)
    sealing.seal(force=True)
    return code


def in_every_state(names, text):
    """What became of a declaration, and what it takes to see it: each thing that a look-up can answer, published and not."""
    looks = {}

    def look(name, code):
        looks[name] = looked_up(code, len(names))

    for publish in (False, True):
        code = declare(*names, text=text, publish=publish)
        look(f"waiting {publish}", code)
        decide()
        for verdict, refusal in [(Verdict.COUNT, 0), (Verdict.HELD, 0), *[(Verdict.REFUSE, one.value) for one in Refusal]]:
            Case.objects.update(verdict=verdict.value, reason=refusal)
            look(f"{verdict.name} {refusal} {publish}", code)
        Case.objects.update(verdict=Verdict.COUNT.value, reason=0)
        ask(code, step="take_back_now")
        look(f"taken back {publish}", code)
        code = sealed(*names, text=text, publish=publish)
        look(f"sealed {publish}", code)
        if publish:
            Publication.objects.update(state=ItemState.APPROVED.value)
            archive.take_in()
            assert re.search(r"/statements/\d+/", read(ask(code, headers={})).html)
            look("published", code)
            ask(code, step="unpublish_now")
            look("unpublished", code)
        ask(code, step="take_back_now")
        look(f"voiding {publish}", code)
    return looks


@pytest.mark.parametrize("text", [pack.sentences("en")[0], OWN_WORDS], ids=["ready sentence", "own words"])
@pytest.mark.parametrize("names", [*NAMES.values(), MANY], ids=[*NAMES, "150 people"])
def test_what_became_of_a_declaration_is_not_seen_from_the_size(register, names, text):
    looks = in_every_state(names, text)
    assert len(looks) >= 2 * 11
    one = looks["waiting False"]
    assert {name: sizes for name, sizes in looks.items() if sizes != one} == {}
    assert all((head % HEAD, body % BUCKET) == (0, 0) for head, body in one)


@pytest.mark.parametrize("headers", [GZIP, {}], ids=["gzip", "plain"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_whether_a_code_opens_a_ready_sentence_or_nothing_is_not_seen_from_the_size(register, language, headers):
    family, erased = declare(*NAMES["family of five"], text=pack.sentences(language, group=True)[0], publish=True), declare("白帆")
    ask(erased, step="erase_now")
    void, refused = declare("静雨"), declare("小河")
    intake.refuse(declarations=[handed_in.by_code(refused)])
    decide()
    sealing.seal(force=True)
    ask(void, step="take_back_now")
    codes = {"family": family, "member": family.member(3), "voiding": void, "refused": refused, "waiting": declare("远山")}
    nothing = {"erased": erased, "never": Code(bytes(16)), "no code": "0123-4567", "empty": ""}
    sizes = {name: size(ask(code, language, headers=headers)) for name, code in {**codes, **nothing}.items()}
    assert len(set(sizes.values())) == 1, sizes
    if headers:
        assert sizes["never"][1] == LEAST


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", ["take_back", "take_back_now", "publish", "correct", "correct_check", "receipts"])
def test_no_step_of_one_person_is_longer_than_nothing(register, language, step):
    code = sealed("远山", text=pack.sentences(language)[0], publish=True)
    more = {"name": "远山", "left": "party", "text": pack.sentences(language)[0]} if step == "correct_check" else {}
    answered = ask(code, language, step=step, **more)
    assert answered.status_code == 200
    assert size(answered)[1] == LEAST


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
