"""A register that takes mails from a real mailbox over IMAP: nothing of a mail is found anywhere afterwards, nor of the link or its code."""

from __future__ import annotations

import re
import secrets
import time
from pathlib import Path

import pytest
from tests.faults.test_canaries import where
from tests.intake.mailing import OURS, Imap, Outbox, sending, written
from tests.served import Site, code_on

pytestmark = pytest.mark.fault


def canary() -> str:
    return "zq" + "".join(secrets.choice("bcdfghjklmnpqrstvwxz") for _ in range(14))


def answered(outbox: Outbox, count: int, site: Site) -> None:
    deadline = time.monotonic() + 60
    while len(outbox.raw) < count:
        assert time.monotonic() < deadline, site.log.read_text()
        time.sleep(0.2)


def test_nothing_of_a_mail_its_sender_its_link_or_its_code_is_kept(data_folder: Path, database_url: str) -> None:
    words = [canary() for _ in range(8)]
    name, text, sender, subject, message_id, strange, machine, broken = words
    with Imap() as imap, sending() as (smtp, outbox):
        site = Site(data_folder, database_url)
        site.environment |= {
            "TUIDANG_MAIL_FROM": OURS,
            "TUIDANG_IMAP": f"imaps://{OURS.replace('@', '%40')}@localhost:{imap.port}",
            "TUIDANG_IMAP_PASSWORD_FILE": str(imap.password_file),
            "TUIDANG_SMTP": f"smtp://127.0.0.1:{smtp.port}",
            "SSL_CERT_FILE": str(imap.certificate),
        }
        said = f"Name: {name}\nWithdraws from: Party\nDeclaration: {text}\nI am 16 or older: yes\nI agree: yes\n"
        imap.deliver(written(said, f"{sender}@mail.example", Subject=subject, Message_ID=f"<{message_id}@mail.example>"))
        imap.deliver(written(strange, f"{strange}@mail.example"))
        imap.deliver(written(machine, f"{machine}@mail.example", Auto_Submitted="auto-replied"))
        imap.deliver(written(broken, f"{broken}@mail.example").replace(b"utf-8", b"no-such"))
        with site:
            answered(outbox, 3, site)
            deadline = time.monotonic() + 60
            while imap.left() and time.monotonic() < deadline:
                time.sleep(0.2)
            assert imap.left() == 0
            assert sorted(outbox.to) == sorted(f"{one}@mail.example" for one in (sender, strange, broken))
            path = re.search(r"http://127\.0\.0\.1:\d+(/en/claim/([\w-]+)/)", b"".join(outbox.raw).decode())
            assert path
            opened = site.get(path[1])
            assert opened.status == 200
            token = re.search(r'name="token" value="([^"]+)"', opened.text)
            assert token
            assert site.get(f"{path[1]}{canary()}/").status == 404
            shown = site.post("/en/claim/", {"claim": path[2], "token": token[1]})
            code = code_on(shown.text)
            assert site.post("/en/claim/", {"claim": path[2], "token": site.token()}).status == 410
            assert site.post("/en/lookup/", {"code": code}).status == 200
            kept = [*words, path[2].lower(), code.lower()]
            assert where(site, kept) == []
            assert site.count(1) == 1
            assert where(site, kept) == []
        assert where(site, kept) == []
        mailbox = [file.read_bytes() for file in (imap.folder / "home").rglob("*") if file.is_file()]
        assert not [word for word in words for held in mailbox if word.encode() in held]
