"""A site as `tuidang run` starts it, with a real server of mail: signing up, a kill, the letter, confirming, leaving by one click."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.intake.mailing import Outbox, sending
from tests.newsletter.readers import ANNA, links
from tests.page import Page
from tests.served import Site

pytestmark = pytest.mark.fault
PATIENCE_SECONDS = 300
"""A loop that was killed in its step is taken up by the next process when its lease is over: four minutes, if the kill falls on it."""


class Newsroom(Site):
    """Sends through a server on this machine."""

    def __init__(self, data: Path, database_url: str, port: int) -> None:
        super().__init__(data, database_url)
        self.environment |= {"TUIDANG_NEWSLETTER_FROM": "news@register.example", "TUIDANG_SMTP": f"smtp://127.0.0.1:{port}"}


@pytest.fixture
def outbox() -> Iterator[tuple[int, Outbox]]:
    with sending() as (server, found):
        yield server.port, found


def letters(outbox: Outbox, at_least: int) -> list:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(outbox.raw) < at_least:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return outbox.answers()


def test_who_signed_up_before_a_kill_gets_their_letter_after_it(data_folder: Path, database_url: str, outbox: tuple[int, Outbox]) -> None:
    port, taken = outbox
    with Newsroom(data_folder, database_url, port) as site:
        page = Page(site.get("/en/newsletter/").text)
        sent = [
            (name, one)
            for name, values in page.sent(address=ANNA, consent="on").items()
            for one in ([values] if isinstance(values, str) else values)
        ]
        assert site.post("/en/newsletter/", sent).status == 200
        site.kill()
        site.start()
        found = links(letters(taken, 1)[0])
        assert ANNA.encode() not in b"".join(path.read_bytes() for path in data_folder.rglob("*") if path.is_file())
        assert (data_folder / "newsletter.sqlite3").exists()
        key = data_folder.with_name("data.keys") / "newsletter"
        assert (key.stat().st_mode & 0o777, len(key.read_bytes())) == (0o600, 32)
        assert site.get(found["c"]).status == 200
        done = site.post(found["c"], {})
        assert done.status == 200
        found["p"] = next(link for link in Page(done.text).links if "/newsletter/p/" in link)
        assert "a…@mail.example" in site.get(found["p"]).text
        assert site.run("newsletter", "export", ANNA, "--json").returncode == 0
        token = found["u"].rstrip("/").rpartition("/")[2]
        answer = site.post(f"/newsletter/u/{token}/", {"List-Unsubscribe": "One-Click"})
        assert (answer.status, "set-cookie" in answer.headers) == (200, False)
        assert site.get(found["p"]).status == 404
        said = site.log.read_text()
    for secret in (ANNA, "mail.example", *(one.rstrip("/").rpartition("/")[2] for one in found.values())):
        assert secret not in said
