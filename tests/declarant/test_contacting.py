"""Writing to those who run the register, from the form to the answer: what the server stores it cannot open."""

import re
from urllib.parse import urlencode
from uuid import uuid4

import msgspec
import pytest
from django.test import Client
from tests.accounts.people import clock_ahead, member_with, signed_in
from tests.intake.filled import AS_A_FORM
from tests.page import LANGUAGES, read, weight

from tuidang.accounts.models import Event
from tuidang.accounts.policies import Role as Staff
from tuidang.cli.main import main
from tuidang.config.buckets import BUCKET
from tuidang.intake.contact import actions, policies, queries
from tuidang.intake.contact.content import Letter
from tuidang.intake.contact.states import Role, State, Turn
from tuidang.intake.models import ContactKey, ContactMessage
from tuidang.kernel.errors import DamagedError
from tuidang.kernel.places import places
from tuidang.kernel.randomness import random_bytes
from tuidang.vault import rolekeys
from tuidang.vault.codes import Code, read_code

pytestmark = pytest.mark.django_db
SECRET = rolekeys.new_secret()
PUBLIC = rolekeys.public_of(SECRET)
WORDS = "I would like to help on Saturdays."
REACH = "the person in the red coat"
LETTER = Letter(text=WORDS, reach=REACH, language="en")
GZIP = {"Accept-Encoding": "gzip"}


@pytest.fixture
def keys():
    for role in Role:
        actions.register_key(role=role, public=PUBLIC)


def post(path, fields, language="en", **headers):
    return Client(headers=headers).post(f"/{language}/contact/{path}", urlencode(fields), content_type=AS_A_FORM)


def filled(language="en", **changed):
    return read(Client().get(f"/{language}/contact/")).sent(role="joining", text=WORDS, reach=REACH, **changed)


def sent(role=Role.PRESS, letter=LETTER):
    code = Code(random_bytes(16))
    assert actions.take(code=code, role=role, letter=letter).result == "new"
    return code


def message(code):
    return ContactMessage.objects.get(id=queries.message_id(code))


def shown_code(response):
    return read_code(re.sub("<[^>]*>", " ", re.search(r'class="code".*?</p>', response.content.decode(), re.DOTALL)[0].partition(">")[2]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_until_a_key_is_registered_nobody_can_be_written_to(language):
    page = read(Client().get(f"/{language}/contact/"))
    assert "textarea" not in page.tags
    form = {"token": "", "role": "press", "text": WORDS}
    assert post("", form, language).status_code == 403
    assert not ContactMessage.objects.exists()


def test_a_role_without_a_key_is_named_and_cannot_be_chosen():
    actions.register_key(role=Role.JOINING, public=PUBLIC)
    page = read(Client().get("/en/contact/"))
    assert 'value="press"' not in page.html
    assert "Cannot be reached here yet: Press office" in page.text
    refused = post("", {**filled(), "role": "press"})
    assert refused.status_code == 422
    assert WORDS in refused.content.decode()
    assert actions.take(code=Code(bytes(16)), role=Role.PRESS, letter=LETTER).result == "closed"
    assert not ContactMessage.objects.exists()


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_is_taken_answered_and_read_with_its_code(language):
    done = post("", filled(language), language)
    code = shown_code(done)
    row = message(code)
    assert (row.role, row.state) == ("joining", State.NEW)
    waiting = post("answer/", {"code": code.base32()}, language)
    member = member_with(Staff.OPERATOR)
    assert actions.answer(member=member, roles=[Role.JOINING], message=row.id, text="Come on Saturday.\nTen o'clock.")
    answered = post("answer/", {"code": code.shown("zh-hans")}, language)
    assert "Come on Saturday." in read(answered).text
    assert "Come on Saturday." not in read(waiting).text
    assert {waiting.status_code, answered.status_code} == {200}


@pytest.mark.usefixtures("keys")
def test_what_the_server_stores_it_cannot_open_with_all_that_it_has():
    """The whole database, and every key file beside it: neither the words nor the way to reach their writer are in it, nor does any key open it."""
    code = shown_code(post("", filled()))
    actions.answer(member=member_with(Staff.OPERATOR), roles=list(Role), message=message(code).id, text="A private answer.")
    row = message(code)
    dump = b"\0".join(bytes(value) if isinstance(value, memoryview | bytes) else str(value).encode() for value in vars(row).values())
    for secret in (WORDS, REACH, "A private answer.", code.base32()):
        assert secret.encode() not in dump
    files = [
        path.read_bytes() for folder in (places().keys, places().data) if folder.exists() for path in folder.rglob("*") if path.is_file()
    ]
    tried = [one[:96].ljust(96, b"\0") for one in files] + [bytes(row.reply_to)[:96], row.id.bytes * 6]
    assert len(tried) > 2
    for key in tried:
        for sealed, bound in ((row.sealed, rolekeys.bound_to("joining", row.id)), (row.answer, rolekeys.bound_to("answer", row.id))):
            with pytest.raises(DamagedError):
                rolekeys.unseal(key, bytes(sealed), bound)
    assert REACH.encode() in rolekeys.unseal(SECRET, bytes(row.sealed), rolekeys.bound_to("joining", row.id))


@pytest.mark.usefixtures("keys")
def test_the_same_form_twice_is_one_message_and_other_words_are_not_taken():
    fields = filled()
    assert post("", fields).content == post("", fields).content
    assert ContactMessage.objects.count() == 1
    other = post("", {**fields, "text": "other words"})
    assert other.status_code == 409
    assert "other words" in other.content.decode()


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"role": ""}, "Choose whom"),
        ({"role": "nobody"}, "Choose whom"),
        ({"text": ""}, "Write your message"),
        ({"text": "x" * 4001}, "4,000"),
        ({"reach": "x" * 201}, "200"),
        ({"text": "a\ufffd"}, "did not arrive whole"),
    ],
)
def test_what_is_missing_is_said_and_nothing_stored(changed, said):
    answered = post("", {**filled(), **changed})
    assert answered.status_code == 422
    assert said in read(answered).text
    assert not ContactMessage.objects.exists()


@pytest.mark.usefixtures("keys")
def test_another_site_writes_nothing_in_a_visitors_name():
    assert post("", filled(), Origin="https://elsewhere.example").status_code == 403
    assert not ContactMessage.objects.exists()


@pytest.mark.usefixtures("keys")
def test_a_flood_stands_behind_people_and_has_an_end(monkeypatch):
    monkeypatch.setattr(actions, "IN_ORDER_A_DAY", 1)
    monkeypatch.setattr(actions, "MOST_A_DAY", 2)
    sent()
    sent()
    assert [one.turn for one in queries.waiting([Role.PRESS])] == [Turn.IN_ORDER, Turn.LATER]
    assert actions.take(code=Code(bytes(16)), role=Role.PRESS, letter=LETTER).result == "full"
    full = post("", {**filled(), "role": "press"})
    assert full.status_code == 503
    assert WORDS in full.content.decode()
    sent(Role.JOINING)


@pytest.mark.usefixtures("keys")
def test_answer_and_message_are_deleted_after_ninety_days(monkeypatch, tmp_path):
    code, unanswered = sent(), sent()
    actions.answer(member=member_with(Staff.PRESS), roles=[Role.PRESS], message=message(code).id, text="yes")
    clock_ahead(monkeypatch, tmp_path, policies.KEPT_DAYS * 86_400)
    assert actions.forget_old() == 0
    clock_ahead(monkeypatch, tmp_path, (policies.KEPT_DAYS + 1) * 86_400)
    assert actions.forget_old() == 1
    assert queries.standing(code) is None
    assert queries.standing(unanswered).state is State.NEW
    assert queries.late(10) == 1
    clock_ahead(monkeypatch, tmp_path, (policies.UNANSWERED_DAYS + 1) * 86_400)
    assert actions.forget_old() == 1


@pytest.mark.usefixtures("keys")
def test_answered_closed_waiting_and_unknown_are_of_one_size():
    member = member_with(Staff.PRESS)
    codes = [sent() for _ in range(3)]
    words = "".join(chr(0x4E00 + (at * at * 7 + at * 31) % 20_000) for at in range(500))
    actions.answer(member=member, roles=[Role.PRESS], message=message(codes[0]).id, text=words)
    actions.close(member=member, roles=[Role.PRESS], message=message(codes[1]).id)
    asked = [post("answer/", {"code": code.base32()}, "zh-hans", **GZIP) for code in (*codes, Code(bytes(16)))]
    assert [one.status_code for one in asked] == [200, 200, 200, 404]
    lengths = {len(one.content) for one in asked}
    assert len(lengths) == 1
    assert lengths.pop() % BUCKET == 0


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_set_no_cookie_and_keep_to_their_weight(language):
    for page in ("", "answer/"):
        answered = Client(headers=GZIP).get(f"/{language}/contact/{page}")
        assert not answered.cookies
        assert weight(answered) <= 6_144
    assert weight(post("", filled(language), language, **GZIP)) <= 6_144


@pytest.mark.usefixtures("keys")
def test_staff_see_that_there_is_something_and_nothing_of_what_it_says():
    sent(Role.PRESS)
    sent(Role.JOINING)
    page = signed_in(member_with(Staff.PRESS)).get("/staff/contact/").content.decode()
    assert WORDS not in page
    assert page.count('action="/staff/contact/download/"') == 1, "what is for others is not listed"


@pytest.mark.usefixtures("keys")
def test_a_role_downloads_its_own_and_no_others():
    code = sent(Role.JOINING)
    fields = {"message": message(code).id.hex}
    assert signed_in(member_with(Staff.PRESS)).post("/staff/contact/download/", fields).status_code == 302
    assert message(code).state == State.NEW
    got = signed_in(member_with(Staff.OPERATOR)).post("/staff/contact/download/", fields)
    file = rolekeys.read_sealed(got.content)
    assert WORDS.encode() in rolekeys.unseal(SECRET, file.sealed, file.bound_to)
    assert message(code).state == State.FETCHED
    answered = signed_in(member_with(Staff.PRESS)).post("/staff/contact/answer/", {**fields, "step": "send", "text": "x"})
    assert answered.status_code == 302
    assert message(code).state == State.FETCHED


@pytest.mark.usefixtures("keys")
def test_an_answer_is_typed_on_the_page_and_an_empty_one_is_not_sent():
    browser, code = signed_in(member_with(Staff.EDITOR)), sent(Role.CORRECTIONS)
    fields = {"message": message(code).id.hex}
    assert b"textarea" in browser.post("/staff/contact/answer/", fields).content
    assert browser.post("/staff/contact/answer/", {**fields, "step": "send", "text": " "}).status_code == 422
    assert browser.post("/staff/contact/answer/", {**fields, "step": "send", "text": "Corrected."}).status_code == 302
    assert queries.standing(code).answer == "Corrected."
    assert browser.post("/staff/contact/answer/", {**fields, "step": "close"}).url.endswith("gone")
    assert browser.post("/staff/contact/answer/", {"message": "x"}).url.endswith("gone")


@pytest.mark.usefixtures("keys")
def test_the_trail_holds_codes_alone():
    code = sent()
    member = member_with(Staff.PRESS)
    actions.fetch(member=member, roles=[Role.PRESS], message=message(code).id)
    actions.answer(member=member, roles=[Role.PRESS], message=message(code).id, text="nothing of this")
    trail = [(one.verb, one.subject) for one in Event.objects.filter(verb__startswith="contact")]
    assert [verb for verb, _ in trail] == ["contact.key"] * len(Role) + ["contact.fetch", "contact.answer"]
    assert not any(message(code).id.hex in subject or "nothing" in subject for _, subject in trail)


def test_keys_are_made_offline_registered_and_open_what_was_downloaded(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("tuidang.cli.main._need_register", lambda: None)
    secret = tmp_path / "press.key"
    assert main(["contact", "new-key", "press", "--out", str(secret)]) == 0
    assert secret.stat().st_mode & 0o077 == 0
    named = rolekeys.mark(rolekeys.read_public((tmp_path / "press.key.pub").read_text()).key)
    assert named in capsys.readouterr().out
    assert main(["contact", "new-key", "press", "--out", str(secret)]) == 1
    assert main(["contact", "key", "press", "--public", str(secret)]) == 1
    assert main(["contact", "key", "joining", "--public", f"{secret}.pub"]) == 1
    assert not ContactKey.objects.exists()
    assert main(["contact", "key", "press", "--public", f"{secret}.pub"]) == 0
    code = sent(letter=Letter(text="red \x1b[31m words\nand more", reach=REACH, language="en"))
    file = tmp_path / "one.sealed"
    file.write_bytes(actions.fetch(member=member_with(Staff.PRESS), roles=[Role.PRESS], message=message(code).id).content())
    capsys.readouterr()
    assert main(["contact", "open", str(file), "--key", str(secret)]) == 0
    printed = capsys.readouterr().out
    assert "red [31m words\nand more" in printed
    assert REACH in printed
    assert main(["contact", "new-key", "press", "--out", str(tmp_path / "other.key")]) == 0
    assert main(["contact", "open", str(file), "--key", str(tmp_path / "other.key")]) == 1


def test_nothing_of_a_file_commands_the_terminal_of_who_opens_it(tmp_path, capsys):
    secret, other = tmp_path / "press.key", tmp_path / "other.key"
    assert main(["contact", "new-key", "press", "--out", str(secret)]) == 0
    assert main(["contact", "new-key", "press", "--out", str(other)]) == 0
    public = rolekeys.read_public((tmp_path / "press.key.pub").read_text()).key
    role, number = "press\x1b[2J", uuid4()
    plain = msgspec.json.encode(Letter(text="words", reach="", language="en\x1b[31m"))
    sealed = rolekeys.seal(public, plain, rolekeys.bound_to(role, number))
    file = tmp_path / "one.sealed"
    file.write_bytes(rolekeys.SealedFile(role, rolekeys.mark(public), number, sealed).content())
    for key, answer in ((secret, 0), (other, 1)):
        capsys.readouterr()
        assert main(["contact", "open", str(file), "--key", str(key)]) == answer
        told = "".join(capsys.readouterr())
        assert "press[2J" in told
        assert "\x1b" not in told


def test_opening_needs_no_register(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("tuidang.cli.main._need_register", lambda: pytest.fail("it asked for a register"))
    assert main(["contact", "new-key", "points", "--out", str(tmp_path / "a.key")]) == 0
    (tmp_path / "x").write_bytes(b"nothing")
    assert main(["contact", "open", str(tmp_path / "x"), "--key", str(tmp_path / "a.key")]) == 1


@pytest.mark.usefixtures("keys")
def test_a_new_key_takes_over_and_older_messages_say_which_one_opens_them():
    older = sent()
    fresh = rolekeys.public_of(rolekeys.new_secret())
    actions.register_key(role=Role.PRESS, public=fresh)
    newer = sent()
    assert [message(one).key for one in (older, newer)] == [rolekeys.mark(PUBLIC), rolekeys.mark(fresh)]
