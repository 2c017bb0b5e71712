"""Reading one mail, however it is made: plain, HTML, in the encodings of China and Taiwan, broken, hostile. Bounded, and never an error."""

from __future__ import annotations

import time
from email.message import EmailMessage

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.intake.mailing import CHINESE, DECLARATION, OURS, SENDER, TRADITIONAL, written

from tuidang.intake import layout
from tuidang.intake.mail import LARGEST, read_mail

FROM = b"From: someone@mail.example\n"
LONGEST_SECONDS = 5
"""On a busy machine; what is not bounded takes minutes."""


def text_of(raw: bytes) -> str:
    return read_mail(raw, OURS).text


@pytest.mark.parametrize(("text", "charset"), [(CHINESE, "gb2312"), (CHINESE, "gb18030"), (TRADITIONAL, "big5"), (CHINESE, "utf-8")])
@pytest.mark.parametrize("transfer", ["base64", "quoted-printable", "8bit"])
def test_plain_text_is_read_in_every_encoding_that_programs_write(text, charset, transfer):
    head = FROM + f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {transfer}\n\n".encode()
    body = text.encode(charset)
    if transfer == "base64":
        from base64 import encodebytes

        body = encodebytes(body)
    elif transfer == "quoted-printable":
        from quopri import encodestring

        body = encodestring(body)
    assert text_of(head + body).strip() == text.strip()


def test_a_mail_without_a_character_set_is_read_as_utf_8():
    assert text_of(FROM + b"\n" + CHINESE.encode()) == CHINESE


def test_of_two_forms_the_plain_one_is_read_and_attachments_are_not_opened():
    mail = EmailMessage()
    mail["From"] = SENDER
    mail.set_content("the plain one")
    mail.add_alternative("<p>the other</p>", subtype="html")
    mail.add_attachment(b"an attachment", maintype="text", subtype="plain", filename="a.txt")
    assert text_of(mail.as_bytes()).strip() == "the plain one"
    only = EmailMessage()
    only["From"] = SENDER
    only.add_attachment(b"an attachment", maintype="text", subtype="plain", filename="a.txt")
    assert read_mail(only.as_bytes(), OURS).problem == "no_text"


def test_html_alone_becomes_lines():
    mail = EmailMessage()
    mail["From"] = SENDER
    lines = "".join(f"<div><b>{line.partition(':')[0]}</b>:&nbsp;{line.partition(':')[2]}</div>" for line in DECLARATION.splitlines())
    mail.set_content(f"<html><head><style>p {{ color: red }}</style><title>x</title></head><body>{lines}</body></html>", subtype="html")
    found = layout.read(text_of(mail.as_bytes()))
    assert found.problems() == {}
    assert (found.typed.persons[0].name, found.typed.text) == ("Calm River", "I leave.")


def test_what_its_way_added_makes_it_no_other_mail_and_what_its_sender_wrote_does():
    one = read_mail(written(), OURS).digest
    assert read_mail(b"Received: from a\nX-Spam: no\n" + written(), OURS).digest == one
    changed = [written(Date="Sun, 22 Nov 2026 10:00:00 +0000"), written(Message_ID="<2@mail.example>"), written(Reply_To="b@mail.example")]
    digests = {read_mail(raw, OURS).digest for raw in [*changed, written(f"{DECLARATION} "), written(sender="c@mail.example")]}
    assert len(digests | {one}) == 6


@pytest.mark.parametrize(
    ("headers", "to"),
    [
        (b"From: a@mail.example\nReply-To: B <b@mail.example>\n", "b@mail.example"),
        (b"From: =?utf-8?b?5bmz?= <a@mail.example>\n", "a@mail.example"),
        (b"From: a@mail.example, b@mail.example\n", ""),
        (b"From: a@mail.example\nFrom: b@mail.example\n", ""),
        (b"From: <a@mail.example>\n\t(x)\n", "a@mail.example"),
        (b'From: "a@mail.example" <b@mail.example>\n', "b@mail.example"),
        (b"From: a\n", ""),
        (b"From: a@localhost\n", ""),
        (b"From: a@mail.example\r\n bcc: c@mail.example\n", ""),
        (b"To: a@mail.example\n", ""),
        ("From: 平@mail.example\n".encode(), ""),
        (b"From: " + b"(" * 5000 + b"a@mail.example\n", ""),
    ],
)
def test_an_answer_goes_to_one_plain_address_or_to_none(headers, to):
    assert read_mail(headers + b"\nhello", OURS).answer_to == to


def nested(deep: int) -> bytes:
    levels = [b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (at, at + 1) for at in range(deep)]
    return FROM + b"Content-Type: multipart/mixed; boundary=b0\n\n" + b"".join(levels)


def filled_up(head: bytes, body: bytes, most: int = LARGEST) -> bytes:
    return (head + body * (most // len(body)))[:most]


HTML = FROM + b"Content-Type: text/html\n\n"
HOSTILE = {
    "nested parts": nested(5000)[:LARGEST],
    "many parts": filled_up(FROM + b"Content-Type: multipart/mixed; boundary=b\n\n", b"--b\n\n"),
    "mails in mails": filled_up(FROM + b"Content-Type: message/rfc822\n\n", b"Content-Type: message/rfc822\n\n"),
    "many headers": filled_up(FROM, b"X: y\n"),
    "a long header": filled_up(b"From: ", b"(a"),
    "many parameters": filled_up(FROM + b"Content-Type: text/plain", b';a*0*="b'),
    "many folds": filled_up(FROM + b"Subject: a\n", b" b\n"),
    "no header": filled_up(b"\n", b"Name: a\n"),
    "labels": filled_up(FROM + b"\n", b"Name:"),
    "people": filled_up(FROM + b"\nPeople:\n", b"a: Party\n"),
    "quotes": filled_up(FROM + b"\n", b"> "),
    "colons": filled_up(FROM + b"\n", b":"),
    "blanks": filled_up(FROM + b"\n", b" "),
    **{
        f"html {at}": filled_up(HTML, piece, 33_000)
        for at, piece in enumerate((b"<a b=", b"<a '", b"<div ", b"<!--", b"<style", b"<a\n", b"&#"))
    },
    **{
        f"html closed {at}": filled_up(HTML, piece, 32_000) + b">"
        for at, piece in enumerate((b"<a b=", b"<a '", b"<!--", b"</", b"<![CDATA["))
    },
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_made_to_take_long_does_not(raw):
    begun = time.monotonic()
    layout.read(read_mail(raw, OURS).text).problems()
    assert time.monotonic() - begun < LONGEST_SECONDS


@pytest.mark.parametrize(
    "charset", ["zip", "rot13", "base64", "undefined", "unicode_escape", "idna", "no-such", "utf-7", "\udcff", "x" * 999]
)
def test_a_strange_character_set_is_a_problem_or_read_and_no_error(charset):
    raw = FROM + b"Content-Type: text/plain; charset=" + charset.encode("utf-8", "surrogateescape") + b"\n\nabc+"
    assert read_mail(raw, OURS).problem in ("", "unreadable")


HEADERS = st.sampled_from(
    ["From", "Reply-To", "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Precedence", "Date", "X"]
)
VALUES = st.one_of(
    st.sampled_from(["multipart/mixed; boundary=b", "text/plain; charset=gbk", "text/html", "message/rfc822", "base64", "a@b.example"]),
    st.text(max_size=40),
)


@st.composite
def mails(draw: st.DrawFn) -> bytes:
    lines = draw(st.lists(st.tuples(HEADERS, VALUES), max_size=8))
    head = "".join(f"{name}: {value}\n" for name, value in lines).encode("utf-8", "surrogatepass")
    parts = [
        head,
        b"\n",
        *draw(st.lists(st.one_of(st.binary(max_size=60), st.sampled_from([b"--b\n", b"--b--\n", b"\n\n", head])), max_size=8)),
    ]
    return b"".join(parts)


@settings(max_examples=400, deadline=None)
@given(st.one_of(mails(), st.binary(max_size=300)))
@example(b"")
@example(b"\n\n\n")
@example(b"From: a@b.example\nContent-Type: text/plain; charset*=%ff''a\n\nx")
@example(b"Content-Type: multipart/mixed; boundary*0=b; boundary*1*=%ff\n\n--b")
def test_any_bytes_are_read_to_the_end(raw):
    mail = read_mail(raw, OURS)
    found = layout.read(mail.text)
    layout.words(found.problems(), found.language)
    assert "\n" not in mail.answer_to
    if not found.problems():
        assert found.declaration("email").persons
