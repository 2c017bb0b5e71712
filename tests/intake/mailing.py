"""Real servers of mail for tests: one that takes answers, a Maildir, and IMAP. Loopback alone, ended by whoever started them."""

from __future__ import annotations

import imaplib
import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Self

from aiosmtpd.controller import Controller
from tests.served import free_port

from tuidang.intake.mailbox import MailSettings, Server

PASSWORD = "correct-horse"
OURS = "declare@register.example"
SENDER = "someone@mail.example"
DECLARATION = "Name: Calm River\nWithdraws from: Party, Youth League\nDeclaration: I leave.\nI am 16 or older: yes\nI agree: yes\n"
CHINESE = "姓名：远山\n退出：党、团\n声明：我声明退出。\n我已年满16岁：是\n我同意：是\n"
TRADITIONAL = "姓名：遠山\n退出：黨、團\n聲明：我聲明退出。\n我已年滿16歲：是\n我同意：是\n"
SEVERAL = (
    "People:\nCalm River: Party\nFar Hill: Young Pioneers\nDeclaration: We leave.\nEach has agreed and is 16 or older: yes\nI agree: yes\n"
)


class Outbox:
    """What was handed to the server that sends. `says` is its answer to each (None takes it), `says_of` to some, `says_of_text` to their text."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.to: list[str] = []
        self.says: str | None = None
        self.says_of: dict[str, str] = {}
        self.says_of_text: dict[str, str] = {}

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: ARG002, N802 -- as the server calls it
        if self.says or address in self.says_of:
            return self.says or self.says_of[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002, N802 -- as above
        for address in envelope.rcpt_tos:
            if address in self.says_of_text:
                return self.says_of_text[address]
        self.raw.append(envelope.content)
        self.to += envelope.rcpt_tos
        return "250 OK"

    def answers(self) -> list[EmailMessage]:
        return [message_from_bytes(one, policy=policy.default) for one in self.raw]  # type: ignore[misc]

    def text(self) -> str:
        """The text of the only answer."""
        (one,) = self.answers()
        return str(one.get_content())


@contextmanager
def sending(outbox: Outbox | None = None) -> Iterator[tuple[Server, Outbox]]:
    outbox = outbox or Outbox()
    controller = Controller(outbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield Server("127.0.0.1", controller.port, "", "", encrypted=False), outbox
    finally:
        controller.stop()


def written(text: str = DECLARATION, sender: str = SENDER, **headers: str) -> bytes:
    """A mail as a person's program writes it."""
    mail = EmailMessage()
    mail["From"], mail["To"] = f"A Person <{sender}>", OURS
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


def maildir(folder: Path) -> Path:
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True)
    return folder


def deliver(folder: Path, raw: bytes, *, seconds: float | None = None, name: str = "") -> Path:
    path = folder / "new" / (name or f"{int(time.time() if seconds is None else seconds)}.M{time.monotonic_ns()}.host")
    path.write_bytes(raw)
    return path


def left(folder: Path) -> list[str]:
    return sorted(path.name for part in ("cur", "new") for path in (folder / part).iterdir())


def settings_for(folder: Path, smtp: Server) -> MailSettings:
    return MailSettings(OURS, str(folder), None, smtp)


class Imap:
    """Dovecot in a folder of its own, run by an ordinary user, with one mailbox."""

    def __init__(self) -> None:
        # Not among pytest's folders, which nobody but their owner may enter.
        self._temporary = tempfile.TemporaryDirectory(prefix="tuidang-imap-")
        self.folder, self.port = Path(self._temporary.name), free_port()
        self.password_file = self.folder / "password"
        self.password_file.write_text(f"{PASSWORD}\n")
        self.certificate = self.folder / "certificate.pem"
        self._process: subprocess.Popen[bytes] | None = None

    def server(self) -> Server:
        return Server("localhost", self.port, "declare@register.example", str(self.password_file))

    def __enter__(self) -> Self:
        _certificate(self.certificate, self.folder / "key.pem")
        user = "nobody" if os.geteuid() == 0 else ""
        (self.folder / "dovecot.conf").write_text(_configuration(self.folder, self.port, user))
        (self.folder / "home").mkdir()
        if user:
            for path in (self.folder, *self.folder.rglob("*")):
                shutil.chown(path, "nobody", "nogroup")
        as_user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if user else []
        command = [*as_user, shutil.which("dovecot") or "/usr/sbin/dovecot", "-F", "-c", str(self.folder / "dovecot.conf")]
        with (self.folder / "said").open("wb") as said:
            self._process = subprocess.Popen(command, stdout=said, stderr=said, cwd=self.folder)
        deadline = time.monotonic() + 60
        while not self._answers():
            assert self._process.poll() is None, (self.folder / "said").read_text()
            assert time.monotonic() < deadline, (self.folder / "said").read_text()
            time.sleep(0.1)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(timeout=60)
        self._temporary.cleanup()

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return True
        except OSError:
            return False

    @contextmanager
    def client(self) -> Iterator[imaplib.IMAP4_SSL]:
        context = ssl.create_default_context(cafile=str(self.certificate))
        with imaplib.IMAP4_SSL("localhost", self.port, ssl_context=context, timeout=20) as client:
            client.login(OURS, PASSWORD)
            client.select("INBOX")
            yield client

    def deliver(self, raw: bytes, when: float | None = None) -> None:
        with self.client() as client:
            client.append("INBOX", "", imaplib.Time2Internaldate(time.time() if when is None else when), raw)

    def left(self) -> int:
        with self.client() as client:
            return len(client.search(None, "ALL")[1][0].split())


def _certificate(certificate: Path, key: Path) -> None:
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([*command, *names, "-keyout", key, "-out", certificate], check=True, capture_output=True)


def _configuration(folder: Path, port: int, user: str) -> str:
    import getpass
    import grp

    group = "nogroup" if user else grp.getgrgid(os.getgid()).gr_name
    user = user or getpass.getuser()
    return f"""
base_dir = {folder}/base
log_path = {folder}/log
protocols = imap
ssl = required
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
mail_location = maildir:{folder}/home/mail
mail_home = {folder}/home
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""
