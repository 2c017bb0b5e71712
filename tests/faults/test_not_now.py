"""A disk that is full, a database that is away: a running site says "not recorded", keeps what was typed, and takes it once when it can again."""

from __future__ import annotations

import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path

import psycopg
import pytest
from tests.served import Site, code_on, person

pytestmark = pytest.mark.fault
TYPED = "I withdraw, and these are my own words."


@contextmanager
def nothing_can_be_stored(site: Site) -> Iterator[None]:
    """SQLite: no file of the site can grow. PostgreSQL: its connections end, and it lets nobody in."""
    url = site.environment["TUIDANG_DATABASE_URL"]
    stopped = _away(url) if url else _full(site)
    with stopped:
        yield


@contextmanager
def _full(site: Site) -> Iterator[None]:
    family = site._family()
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in family}
    for pid, (_, hard) in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        for pid, limits in before.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


@contextmanager
def _away(url: str) -> Iterator[None]:
    address, _, query = url.partition("?")
    server, _, name = address.rpartition("/")
    with psycopg.connect(f"{server}/postgres?{query}", autocommit=True) as admin:
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        try:
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            yield
        finally:
            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


def test_when_nothing_can_be_stored_nothing_is_lost_and_nothing_counts_twice(data_folder: Path, database_url: str) -> None:
    with Site(data_folder, database_url) as site:
        sent = person("Calm River", site.token(), text=TYPED)
        with nothing_can_be_stored(site):
            refused = [site.post("/en/declare/", sent) for _ in range(3)]
            other = site.post("/zh-hans/declare/", person("远山", site.token()))
            empty = site.get("/en/declare/")
        assert {answer.status for answer in (*refused, other)} == {503}
        for answer in refused:
            assert answer.headers["retry-after"] == "10"
            assert "Nothing was confirmed as recorded" in answer.text
            kept = dict(re.findall(r'name="(\w+)" value="([^"]*)"', answer.text))
            assert (unescape(kept["text"]), kept["token"]) == (TYPED, sent["token"])
        assert "没有确认任何记录" in other.text
        assert empty.status == 200, "the form itself needs no disk"
        again = [site.post("/en/declare/", sent) for _ in range(2)]
        assert {answer.status for answer in again} == {200}
        assert len({code_on(answer.text) for answer in again}) == 1
        assert site.count(1) == 1
