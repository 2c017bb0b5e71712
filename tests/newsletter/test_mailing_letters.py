"""What a letter of a mailing looks like on the line: one source, heads of one line each, signed so that another library agrees."""

from __future__ import annotations

import dataclasses
import re
from base64 import b64decode

import dkim
import pytest
from tests.newsletter.mailed import begun, readers
from tests.newsletter.readers import ANNA, BOTH, sign_up

from tuidang.newsletter import adapters, signing
from tuidang.newsletter.commands import dns_record
from tuidang.newsletter.composing import html_text, plain_text
from tuidang.newsletter.delivering import Courier

pytestmark = pytest.mark.django_db(databases=BOTH)
LONG = "名册人数已过一千万，感谢每一位读者：请看今天的新闻、本周的活动，以及下个月的安排，并把这封信的内容告诉您的朋友们"


@pytest.fixture
def signer():
    return signing.make()


@pytest.fixture
def letter(signer, outbox, settings):
    """One letter, in Chinese, to a long address, as it went over the line."""

    def sent(subject=LONG, language="zh-hans", address="a" * 60 + "@mail.example", **more) -> bytes:
        sender = dataclasses.replace(settings.ENVIRONMENT.newsletter, **more)
        readers(address, language=language)
        begun(subject)
        courier = Courier(sender)
        while courier.step():
            pass
        return outbox.raw[-1]

    return sent


def heads(raw: bytes) -> dict[str, str]:
    lines = raw.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")
    assert all(re.match(r"[A-Za-z-]+: \S", line) for line in lines), "a header is folded"
    found = dict(line.split(": ", 1) for line in lines)
    assert len(found) == len(lines)
    return found


def asked_dns(signer):
    def answer(name, timeout=5):
        assert name == f"{signer.selector}._domainkey.register.example.".encode()
        return signer.record().encode()

    return answer


def test_its_signature_is_one_that_others_accept_and_holds_what_unsubscribes(letter, signer):
    raw = letter()
    assert dkim.verify(raw, dnsfunc=asked_dns(signer))
    signed = re.search(r"h=([^;]+);", heads(raw)["DKIM-Signature"])[1].lower().split(":")
    assert {"from", "to", "subject", "date", "message-id", "list-unsubscribe", "list-unsubscribe-post", "list-id"} <= set(signed)


@pytest.mark.parametrize(
    ("what", "instead"),
    [
        (b"One-Click", b"Two-Click"),
        (b"/newsletter/u/", b"/newsletter/v/"),
        (b"Subject: ", b"Subject: no "),
        (b"\r\n\r\n--", b"\r\n\r\nx--"),
    ],
)
def test_whoever_changes_a_letter_breaks_the_signature(letter, signer, what, instead):
    raw = letter()
    assert what in raw
    assert not dkim.verify(raw.replace(what, instead, 1), dnsfunc=asked_dns(signer))


def test_nobody_adds_a_head_to_a_signed_letter(letter, signer):
    raw = letter()
    assert not dkim.verify(b"Reply-To: thief@elsewhere.example\r\n" + raw, dnsfunc=asked_dns(signer))


@pytest.mark.parametrize("subject", [LONG, "Ten million, at last", "a" * 190, "=?utf-8?q?tricked?=", "one\r\nBcc: thief@elsewhere.example"])
def test_heads_stand_on_one_line_and_say_what_they_must(letter, outbox, subject):
    found = heads(letter(subject))
    assert outbox.answers()[-1]["Subject"] == " ".join(f"{subject} (zh-hans)".split())
    assert "Bcc" not in found
    assert re.fullmatch(r"<http://127\.0\.0\.1:8000/newsletter/u/[\w-]{22}/>", found["List-Unsubscribe"])
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert found["List-Id"] == "<newsletter.register.example>"
    assert found["Auto-Submitted"] == "auto-generated"
    assert re.fullmatch(r"<[0-9a-f]{32}@register\.example>", found["Message-ID"])
    assert all(len(line) <= 998 for line in found.values())
    assert all(len(word) <= 75 for word in found["Subject"].split() if word.startswith("=?"))


def test_both_texts_say_the_same_and_load_nothing(letter, outbox):
    letter(language="zh-hant")
    mail = outbox.answers()[-1]
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    plain, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    for text in (plain, html):
        assert "elsewhere" in text
        assert "http://127.0.0.1:8000/en/news/one/" in text
        assert re.search(r"http://127\.0\.0\.1:8000/zh-hant/newsletter/u/[\w-]{22}/", text)
        assert ".invalid" not in text
    assert not re.search(r"<(?:img|link|script|style|iframe|object)|\bsrc=|url\(", html, re.IGNORECASE)
    assert html.startswith('<!doctype html>\n<html lang="zh-Hant">')


def test_links_of_two_readers_differ_and_nothing_else_tells_them_apart(letter, outbox):
    texts = []
    for number in range(2):
        letter(address=f"{number}@mail.example")
        texts.append(re.sub(r"/[\w-]{22}/", "/TOKEN/", outbox.answers()[-1].get_body(("html",)).get_content()))
    assert texts[0] == texts[1]


def test_hostile_markdown_is_harmless():
    assert "<script" not in html_text("<script>alert(1)</script>\n\n![x](https://spy.example/pixel.png)")
    assert "<img" not in html_text("![x](https://spy.example/pixel.png)")
    assert 'href="javascript' not in html_text("[x](javascript:alert(1))")
    assert plain_text("[a](/en/)\n\n\n\n[https://b.example](https://b.example)") == "a: http://127.0.0.1:8000/en/\n\nhttps://b.example"


def test_it_comes_back_to_an_address_of_its_own(signer, outbox, settings):
    senders = []
    original = type(outbox).handle_DATA

    async def note(self, server, session, envelope):
        senders.append(envelope.mail_from)
        return await original(self, server, session, envelope)

    type(outbox).handle_DATA = note
    try:
        readers(ANNA)
        begun()
        courier = Courier(dataclasses.replace(settings.ENVIRONMENT.newsletter, returns="back@register.example"))
        while courier.step():
            pass
    finally:
        type(outbox).handle_DATA = original
    (found,) = [re.fullmatch(r"back\+([0-9a-f]{32})@register\.example", one) for one in senders]
    assert adapters.read_return_mark(found[1]) is not None


def test_the_record_of_the_dns_is_one_that_receivers_read(signer):
    record = dns_record(signer, "register.example")
    assert record.startswith(f"{signer.selector}._domainkey.register.example. TXT ")
    strings = re.findall(r'"([^"]*)"', record)
    assert all(len(one) <= 255 for one in strings)
    assert "".join(strings) == signer.record()
    assert len(b64decode(signer.record().partition("p=")[2])) > 250
    assert signing.make().selector == signer.selector


def test_letters_that_ask_to_confirm_are_signed_too(signer, post, outbox):
    sign_up()
    post.step()
    assert dkim.verify(outbox.raw[-1], dnsfunc=asked_dns(signer))
    heads(outbox.raw[-1])
