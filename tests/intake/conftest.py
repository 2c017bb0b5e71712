"""Each test begins without day keys in memory: those of the test before are gone from the database. And what tests of mails begin with."""

from collections.abc import Iterator

import pytest
from tests.intake.mailing import Outbox, maildir, sending, settings_for

from tuidang.intake.mailbox import Server


@pytest.fixture(autouse=True)
def forgotten_keys():
    from tuidang.vault import daykeys

    daykeys.forget()
    yield
    daykeys.forget()


@pytest.fixture(scope="session")
def server() -> Iterator[tuple[Server, Outbox]]:
    with sending() as found:
        yield found


@pytest.fixture
def outbox(server) -> Outbox:
    box = server[1]
    box.raw.clear()
    box.to.clear()
    box.says = None
    box.says_of_text.clear()
    return box


@pytest.fixture
def folder(tmp_path):
    return maildir(tmp_path / "mail")


@pytest.fixture
def office(folder, server, outbox):
    from tuidang.intake.correspondence import Correspondence

    return Correspondence(settings_for(folder, server[0]))
