"""A Maildir on disk and a real server of IMAP: what is there, read in part, deleted for good."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.intake.mailing import OURS, Imap, deliver, left, maildir, settings_for, written
from tests.served import free_port

from tuidang.intake.mailbox import MOST_AT_ONCE, MailServerError, MailSettings, Server, opened
from tuidang.kernel import clock

NOWHERE = Server("127.0.0.1", 1, "", "", encrypted=False)
DAY = 86_400


@pytest.fixture(scope="module")
def imap() -> Iterator[Imap]:
    with Imap() as server:
        yield server


@pytest.fixture
def through_imap(imap, monkeypatch) -> MailSettings:
    monkeypatch.setenv("SSL_CERT_FILE", str(imap.certificate))
    with opened(MailSettings(OURS, "", imap.server(), NOWHERE)) as mailbox:
        for name in mailbox.names():
            mailbox.delete(name)
    return MailSettings(OURS, "", imap.server(), NOWHERE)


@pytest.fixture
def folder(tmp_path):
    return maildir(tmp_path / "mail")


def test_a_maildir_gives_the_oldest_first_whether_someone_looked_at_it_or_not(folder):
    now = int(time.time())
    deliver(folder, b"second", seconds=now - 10)
    deliver(folder, b"first", seconds=now - 20).rename(folder / "cur" / f"{now - 20}.M1.host:2,S")
    with opened(settings_for(folder, NOWHERE)) as mailbox:
        assert [mailbox.read(name, 100).raw for name in mailbox.names()] == [b"first", b"second"]


def test_a_mail_of_a_maildir_arrived_on_the_day_in_its_name_also_where_the_file_was_copied(folder):
    deliver(folder, b"", seconds=time.time() - 3 * DAY)
    with opened(settings_for(folder, NOWHERE)) as mailbox:
        (name,) = mailbox.names()
        assert clock.today() - mailbox.read(name, 1).day in (3, 4)


def test_only_the_beginning_of_a_large_mail_is_read(folder):
    deliver(folder, b"a" * 1000)
    with opened(settings_for(folder, NOWHERE)) as mailbox:
        assert mailbox.read(mailbox.names()[0], 10).raw == b"a" * 10


def test_what_is_deleted_from_a_maildir_is_gone_and_deleting_it_again_is_no_error(folder):
    deliver(folder, b"a")
    with opened(settings_for(folder, NOWHERE)) as mailbox:
        (name,) = mailbox.names()
        mailbox.delete(name)
        mailbox.delete(name)
        assert (mailbox.names(), mailbox.read(name, 10)) == ([], None)
    assert left(folder) == []


def test_what_is_no_mail_in_a_maildir_is_left_alone(folder, tmp_path):
    (tmp_path / "secret").write_text("elsewhere")
    (folder / "new" / "1795366188.M1.host").symlink_to(tmp_path / "secret")
    (folder / "new" / ".hidden").write_text("not yet")
    with opened(settings_for(folder, NOWHERE)) as mailbox:
        assert mailbox.names() == []


def test_no_more_than_so_many_are_looked_at_at_once(folder):
    for number in range(MOST_AT_ONCE + 5):
        deliver(folder, b"a", name=f"1795366188.M{number}.host")
    with opened(settings_for(folder, NOWHERE)) as mailbox:
        assert len(mailbox.names()) == MOST_AT_ONCE
        assert len(mailbox.names(mailbox.names())) == 5


def test_a_maildir_that_is_not_there_is_an_error_that_names_nobody(tmp_path):
    with pytest.raises(MailServerError) as error, opened(settings_for(tmp_path / "someone@mail.example", NOWHERE)) as mailbox:
        mailbox.names()
    assert "someone" not in str(error.value)


def test_imap_gives_the_oldest_first_in_part_with_the_day_of_arrival_and_deletes_for_good(imap, through_imap):
    imap.deliver(written("first"), when=time.time() - 2 * DAY)
    imap.deliver(written("second " + "x" * 5000))
    with opened(through_imap) as mailbox:
        first, second = mailbox.names()
        read = mailbox.read(first, 10_000)
        assert read.raw.rstrip().endswith(b"first")
        assert mailbox.names([first]) == [second]
        assert datetime.fromtimestamp(time.time() - 2 * DAY, UTC).date() == clock.as_date(read.day)
        assert len(mailbox.read(second, 600).raw) == 600
        mailbox.delete(first)
        mailbox.delete(first)
        assert mailbox.read(first, 10) is None
    assert imap.left() == 1
    with opened(through_imap) as mailbox:
        assert mailbox.names() == [second]
    assert not [path for path in (imap.folder / "home").rglob("*") if path.is_file() and b"first" in path.read_bytes()]


def test_an_empty_imap_mailbox_is_empty(through_imap):
    with opened(through_imap) as mailbox:
        assert mailbox.names() == []


@pytest.mark.parametrize("change", [{"host": "127.0.0.1"}, {"port": free_port()}, {"user": "declare"}, {"folder": "Elsewhere"}])
def test_an_imap_server_that_is_not_the_one_or_refuses_is_an_error_that_says_nothing_of_it(imap, through_imap, change, tmp_path):
    if "user" in change:
        wrong = tmp_path / "wrong"
        wrong.write_text("wrong-password")
        change = {"password_file": str(wrong)}
    server = replace(imap.server(), **change)
    with pytest.raises(MailServerError) as error, opened(replace(through_imap, imap=server)) as mailbox:
        mailbox.names()
    assert "register.example" not in str(error.value)
    assert "password" not in str(error.value)


def test_a_certificate_that_nobody_vouches_for_is_refused(imap):
    with pytest.raises(MailServerError), opened(MailSettings(OURS, "", imap.server(), NOWHERE)):
        pass
