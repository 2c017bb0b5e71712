"""Letters on the wire: heads that no program has to put together, one source for both forms, nothing that is loaded or counted."""

from __future__ import annotations

import dataclasses
import re
from html.parser import HTMLParser

import pytest
from tests.newsletter.conftest import SENDER
from tests.newsletter.readers import ANNA, BOTH, confirmed, links, sign_up

from tuidang.newsletter.letters import as_html
from tuidang.newsletter.models import Subscriber

pytestmark = pytest.mark.django_db(databases=BOTH)
ONION = f"{'b' * 56}.onion"


def head(raw: bytes) -> dict[str, str]:
    """The head as it went over the wire, a line for each header: what goes on in a further line is missing here."""
    lines = raw.split(b"\r\n\r\n", 1)[0].decode("ascii").split("\r\n")
    return dict(line.split(": ", 1) for line in lines if not line.startswith((" ", "\t")))


@pytest.mark.parametrize("host", ["r.example", "a-register-with-a-long-name.of-some-centre.example.org", ONION])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_headers_that_programs_read_stand_on_one_line(post, outbox, settings, host, language):
    settings.ENVIRONMENT = dataclasses.replace(settings.ENVIRONMENT, hosts=(host,))
    settings.ALLOWED_HOSTS = ["*"]
    sign_up(ANNA, language)
    post.step()
    found = head(outbox.raw[0])
    scheme = "http" if host == ONION else "https"
    assert re.fullmatch(rf"<{scheme}://{re.escape(host)}/newsletter/u/[\w-]{{22}}/>", found["List-Unsubscribe"])
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert found["To"] == ANNA
    assert found["From"].endswith(f"<{SENDER}>")
    assert found["Auto-Submitted"] == "auto-generated"
    assert re.fullmatch(r"<[0-9a-f]{32}@register\.example>", found["Message-ID"])
    assert max(len(line) for line in outbox.raw[0].split(b"\r\n")) <= 998
    assert all(link in outbox.answers()[0].get_body(("plain",)).get_content() for link in links(outbox.answers()[0]).values())


class Words(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self.tags, self.attributes = "", [], []
        self.feed(html.partition("<body>")[2])

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data):
        self.words += data


def test_both_forms_say_the_same_and_nothing_is_loaded(post, outbox):
    confirmed(post, outbox)
    sign_up()
    post.step()
    for letter in outbox.answers():
        plain, html = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))
        shown = Words(html)
        assert shown.words.split() == plain.split()
        assert set(shown.tags) <= {"p", "a", "br"}
        assert set(shown.attributes) <= {"href"}
        assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
        assert ANNA not in plain


def test_what_looks_like_markup_is_text():
    html = as_html("A <b>word</b> & more: https://a.example/?x=1&y=2\nnext\n\nlast", "en", "<t>")
    assert "&lt;b&gt;word&lt;/b&gt; &amp; more" in html
    assert '<a href="https://a.example/?x=1&amp;y=2">' in html
    assert "<br>\nnext</p>\n<p>last</p>" in html
    assert "<title>&lt;t&gt;</title>" in html


def test_letters_in_each_language_lead_to_pages_in_it(post, outbox):
    for language in ("en", "zh-hans", "zh-hant"):
        sign_up(f"{language}@mail.example", language)
    while post.step():
        pass
    for letter in outbox.answers():
        language = letter["To"].partition("@")[0]
        assert {one.split("/")[1] for one in links(letter).values()} == {language}
    assert Subscriber.objects.count() == 3
