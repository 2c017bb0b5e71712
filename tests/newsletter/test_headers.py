"""Whatever is written into a head: it stays one header on one line that every server takes, and no other header or recipient comes of it."""

from __future__ import annotations

import re
from email import message_from_bytes, policy

import dkim
import pytest
from django.test import Client
from tests.newsletter.mailed import begun, fates, readers
from tests.newsletter.readers import ANNA, BOTH, sign_up

from tuidang.config.environment import read_environment
from tuidang.config.mail import read_newsletter_settings
from tuidang.kernel.errors import SetUpError
from tuidang.kernel.mailing import LONGEST_LINE
from tuidang.newsletter import composing, signing
from tuidang.newsletter.delivering import Courier

pytestmark = pytest.mark.django_db(databases=BOTH)
LINE_ENDS = ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\x01\r\n"]
HOSTILE = [f"Hello{end}Bcc: thief@elsewhere.example{end}{end}<p>body" for end in LINE_ENDS]
INTERNATIONAL = "пользователь@почта.example"


@pytest.fixture
def signer():
    return signing.make()


def sent(outbox, settings) -> bytes:
    courier = Courier(settings.ENVIRONMENT.newsletter)
    while courier.step():
        pass
    return outbox.raw[-1]


def head(raw: bytes) -> list[tuple[str, str]]:
    """The lines of a head, each of which is one header."""
    lines = raw.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    assert all(re.match(r"[A-Za-z-]+: \S", line) for line in lines), lines
    assert all(len(line.encode()) <= LONGEST_LINE for line in lines)
    assert not [line for line in lines if re.search(r"[\r\n\0\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", line)]
    found = [tuple(line.split(": ", 1)) for line in lines]
    assert len({name.lower() for name, _ in found}) == len(found)
    return found  # type: ignore[return-value]


def verifies(raw: bytes, signer) -> bool:
    return bool(dkim.verify(raw, dnsfunc=lambda _name, **_given: signer.record().encode()))


@pytest.mark.parametrize("subject", HOSTILE)
def test_no_subject_becomes_another_header_or_a_body(outbox, settings, signer, subject):
    readers(ANNA)
    begun(subject)
    raw = sent(outbox, settings)
    assert not {"bcc", "cc"} & {name.lower() for name, _ in head(raw)}
    assert outbox.to == [ANNA]
    assert message_from_bytes(raw, policy=policy.default)["Subject"].split()[:2] in (["Hello", "Bcc:"], ["Hello\x01", "Bcc:"])
    assert verifies(raw, signer)


@pytest.mark.parametrize("name", [*HOSTILE, 'A "quoted" <thief@elsewhere.example>', "One, Two; (three)", "名册"])
def test_no_name_of_the_register_becomes_another_header_or_sender(outbox, settings, signer, post, monkeypatch, name):
    rendered = composing.render_to_string
    monkeypatch.setattr(composing, "render_to_string", lambda page, *more: name if page.endswith("name.html") else rendered(page, *more))
    monkeypatch.setattr("tuidang.newsletter.letters.render_to_string", composing.render_to_string)
    readers(ANNA)
    begun()
    letters = [sent(outbox, settings)]
    sign_up("new@mail.example")
    post.step()
    letters.append(outbox.raw[-1])
    for raw in letters:
        assert not {"bcc", "cc"} & {one.lower() for one, _ in head(raw)}
        found = message_from_bytes(raw, policy=policy.default)["From"].addresses
        assert [one.addr_spec for one in found] == ["news@register.example"]
        assert verifies(raw, signer)


@pytest.mark.parametrize("subject", ["名" * 190, "𠮷" * 190, "é" * 190, "a" * 190, "名 " * 95])
def test_a_long_subject_fits_on_the_one_line_that_servers_take(outbox, settings, signer, subject):
    readers(ANNA, language="zh-hans")
    mailing = begun(subject)
    raw = sent(outbox, settings)
    assert fates(mailing) == {"SENT": 1}
    found = dict(head(raw))
    said = str(message_from_bytes(raw, policy=policy.default)["Subject"])
    assert said.rstrip("…")[:80] == f"{subject} (zh-hans)"[:80]
    assert all(len(word) <= 75 for word in found["Subject"].split() if word.startswith("=?"))
    assert verifies(raw, signer)


def test_where_a_server_on_the_way_folds_heads_the_signature_still_holds(outbox, settings, signer):
    readers(ANNA, language="zh-hans")
    begun("名册人数已过一千万，感谢每一位读者，请看今天的新闻和本周的活动")
    raw = sent(outbox, settings)
    first, _gap, body = raw.partition(b"\r\n\r\n")
    folded = first.replace(b"?= =?", b"?=\r\n =?").replace(b"; ", b";\r\n\t").replace(b": <", b":\r\n <")
    assert folded.count(b"\r\n") > first.count(b"\r\n") + 4
    assert verifies(folded + b"\r\n\r\n" + body, signer)


@pytest.mark.parametrize("which", ["mailing", "signing up"])
def test_an_address_outside_ascii_gets_its_letter_signed_and_leaves_by_one_click(outbox, settings, signer, post, which):
    if which == "mailing":
        readers(INTERNATIONAL)
        begun()
        raw = sent(outbox, settings)
    else:
        sign_up(INTERNATIONAL)
        post.step()
        raw = outbox.raw[-1]
    reached = "пользователь@xn--80a1acny.example"
    assert outbox.to == [reached]
    found = dict(head(raw))
    assert found["To"] == reached
    assert verifies(raw, signer)
    link = "/" + found["List-Unsubscribe"].strip("<>").split("/", 3)[3]
    assert Client().post(link, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded").status_code == 200


def test_where_the_server_has_no_such_addresses_it_is_told_and_the_others_get_theirs(outbox, settings, signer, monkeypatch):
    monkeypatch.setattr("smtplib.SMTP.has_extn", lambda *_: False)
    readers(INTERNATIONAL, ANNA)
    mailing = begun()
    sent(outbox, settings)
    assert outbox.to == [ANNA]
    assert fates(mailing) == {"SENT": 1, "REFUSED": 1}


@pytest.mark.parametrize("name", ["TUIDANG_NEWSLETTER_FROM", "TUIDANG_NEWSLETTER_RETURNS"])
@pytest.mark.parametrize("value", ["news@register.example\r\nBcc: x@y.example", "News <news@register.example>", "a@b.example, c@d.example"])
def test_no_setting_becomes_another_header(name, value):
    given = {"TUIDANG_NEWSLETTER_FROM": "news@register.example", "TUIDANG_SMTP": "smtp://localhost"}
    returned = {"TUIDANG_NEWSLETTER_RETURNS": "back@register.example", "TUIDANG_NEWSLETTER_RETURNS_MAILDIR": "/var/mail/back"}
    assert read_newsletter_settings({**given, **returned})
    with pytest.raises(SetUpError):
        read_newsletter_settings({**given, **returned, name: value})


@pytest.mark.parametrize("value", ["register.example\r\nBcc: x@y.example", "a.example b.example", "a.example>", "https://a.example"])
def test_no_host_becomes_another_header(monkeypatch, value):
    monkeypatch.setenv("TUIDANG_HOSTS", "register.example, www.register.example")
    assert read_environment().hosts == ("register.example", "www.register.example")
    monkeypatch.setenv("TUIDANG_HOSTS", value)
    with pytest.raises(SetUpError, match="TUIDANG_HOSTS"):
        read_environment()


@pytest.mark.parametrize(
    "token", ["%0d%0aSet-Cookie:%20a=b", "%0aLocation:%20https://elsewhere.example", "a" * 100_000, "%E2%80%A8", "..%2f..%2f"]
)
@pytest.mark.parametrize("way", ["get", "head", "post"])
def test_no_token_becomes_a_header_of_an_answer(outbox, token, way):
    for start in ("/newsletter/u/", "/en/newsletter/u/", "/en/newsletter/c/", "/en/newsletter/p/"):
        answer = getattr(Client(), way)(f"{start}{token}/")
        assert answer.status_code in (200, 302, 404)
        assert "Set-Cookie" not in answer
        assert not answer.cookies
        where = answer.get("Location", "")
        assert re.fullmatch(r"(?:/en/newsletter/u/[^\s/]{1,600}/)?", where), where


def test_words_of_a_letter_stay_in_its_body(outbox, settings, signer):
    """The end of a part, a line of one point, a line of 3,000 characters: base64 holds them."""
    readers(ANNA)
    begun(markdown="--=_part_of_this_letter_=--\r\n\r\n.\r\n\r\nQUIT\r\n\r\n" + "x" * 3000 + "\r\n\r\nFrom: thief@elsewhere.example")
    raw = sent(outbox, settings)
    assert verifies(raw, signer)
    assert max(map(len, raw.split(b"\r\n"))) <= LONGEST_LINE
    mail = message_from_bytes(raw, policy=policy.default)
    assert len(list(mail.iter_parts())) == 2
    assert "From: thief@elsewhere.example" in mail.get_body(("plain",)).get_content()
    assert outbox.to == [ANNA]


def test_what_is_signed_up_with_is_one_letter_with_one_recipient(outbox, post, signer):
    for typed in (
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example, c@d.example",
        "a@b.example;c@d.example",
        "A <a@b.example>",
        "a@b.example\x00",
    ):
        assert sign_up(typed).status_code == 422
    assert not post.step()
    assert outbox.raw == []


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_a_signed_letter_that_asks_to_confirm_has_nothing_that_a_server_would_write_anew(outbox, post, signer, language):
    sign_up(ANNA, language)
    assert post.step()
    (raw,) = outbox.raw
    assert raw.isascii()
    assert verifies(raw, signer)
    words = {"en": "press the button", "zh-hans": "按", "zh-hant": "按"}
    for kind in ("plain", "html"):
        assert words[language] in message_from_bytes(raw, policy=policy.default).get_body((kind,)).get_content()
