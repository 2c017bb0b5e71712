"""A site that is killed in the middle of a mailing and started again: each reader gets the letter once; of one nobody can know, and it is told."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.intake.mailing import Outbox, sending
from tests.served import Site

pytestmark = pytest.mark.fault
REPOSITORY = Path(__file__).parents[2]
READERS = 200
KILLED_AFTER = 90
PATIENCE_SECONDS = 60


class Holding(Outbox):
    """Has one letter, and says so only when whoever sent it is dead: the moment of which nobody can know."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 -- as the server calls it
        said = await super().handle_DATA(server, session, envelope)
        if len(self.raw) == KILLED_AFTER:
            await asyncio.sleep(PATIENCE_SECONDS)
        return said


@contextmanager
def second_database(database_url: str) -> Iterator[str]:
    """For readers, beside the register's: on PostgreSQL a database, on SQLite the file that is there anyway."""
    if not database_url:
        yield ""
        return
    address, _, query = database_url.partition("?")
    server, _, name = address.rpartition("/")
    with psycopg.connect(f"{server}/postgres?{query}", autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}_readers"')
        try:
            yield f"{server}/{name}_readers?{query}"
        finally:
            admin.execute(f'DROP DATABASE "{name}_readers" WITH (FORCE)')


def until(site: Site, done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not done():
        assert time.monotonic() < deadline, site.log.read_text()
        time.sleep(0.01)


def asked(site: Site, *what: str) -> Any:
    command = [sys.executable, "-m", "tests.faults.lettering", *what]
    environment = {**site.environment, "DJANGO_SETTINGS_MODULE": "tuidang.config.settings"}
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_killed_in_the_middle_of_a_mailing_each_reader_gets_it_once_and_of_one_it_is_told(data_folder: Path, database_url: str) -> None:
    everyone = {f"reader{number}@mail{number % 3}.example" for number in range(READERS)}
    with second_database(database_url) as readers, sending(Holding()) as (server, outbox):
        site = Site(data_folder, database_url)
        site.environment |= {
            "TUIDANG_NEWSLETTER_FROM": "news@register.example",
            "TUIDANG_SMTP": f"smtp://127.0.0.1:{server.port}",
            "TUIDANG_NEWSLETTER_RATES": "*=1000000",
            "TUIDANG_NEWSLETTER_DATABASE_URL": readers,
        }
        with site:
            asked(site, "begin", str(READERS))
            until(site, lambda: len(outbox.to) >= KILLED_AFTER)
            site.kill()
            assert len(outbox.to) == KILLED_AFTER
            assert asked(site, "later")["sending"] == "SENDING"
            site.start()
            until(site, lambda: len(outbox.to) == READERS)
            until(site, lambda: asked(site, "standing")["sending"] == "DONE")
            figures = asked(site, "standing")
        assert len(set(outbox.to)) == len(outbox.to), "somebody has it twice"
        assert set(outbox.to) == everyone
        assert figures == {"sending": "DONE", "SENT": READERS - 1, "UNKNOWN": 1}
        assert (data_folder / "newsletter.sqlite3").exists() is not bool(readers)
