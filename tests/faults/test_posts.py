"""Declarations that arrive at the same time, twice, or just before the site is killed: each counts once, and none is lost."""

from __future__ import annotations

import http.client
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from tests.served import Site, code_on, person

pytestmark = pytest.mark.fault
AT_ONCE = 50
KILLS = 6


def test_fifty_posts_with_one_token_are_one_declaration_and_with_fifty_tokens_fifty(data_folder: Path, database_url: str) -> None:
    with Site(data_folder, database_url) as site, ThreadPoolExecutor(AT_ONCE) as pool:
        token = site.token()
        same = list(pool.map(lambda _: site.post("/en/declare/", person("Calm River", token)), range(AT_ONCE)))
        assert Counter(one.status for one in same) == {200: AT_ONCE}
        assert len({code_on(one.text) for one in same}) == 1
        tokens = [site.token() for _ in range(AT_ONCE)]
        different = list(pool.map(lambda one: site.post("/en/declare/", person("Calm River", one)), tokens))
        assert Counter(one.status for one in different) == {200: AT_ONCE}
        assert len({code_on(one.text) for one in different}) == AT_ONCE
        assert site.count(1 + AT_ONCE) == 1 + AT_ONCE


def test_a_token_that_was_used_for_something_else_stores_nothing(data_folder: Path, database_url: str) -> None:
    with Site(data_folder, database_url) as site:
        token = site.token()
        assert site.post("/en/declare/", person("Calm River", token)).status == 200
        other = site.post("/en/declare/", person("Far Hill", token))
        assert other.status == 409
        assert "Far Hill" in other.text
        assert site.count(1) == 1


def test_a_code_that_was_shown_is_there_after_kill_9_of_the_site(data_folder: Path, database_url: str) -> None:
    shown: list[str] = []
    sent = 0
    site = Site(data_folder, database_url)
    for number in range(KILLS):
        site.start()
        tokens = [site.token() for _ in range(AT_ONCE)]
        with ThreadPoolExecutor(8) as pool:
            waiting = [pool.submit(_send, site, f"Far Hill {'abcdefgh'[number]}", one) for one in tokens]
            wait(waiting[: 10 + 4 * number])
            site.kill()
        sent += len(tokens)
        shown += [code for one in waiting if (code := one.result())]
    assert len(shown) < sent, "nothing was under way when the site was killed"
    site.start()
    try:
        for code in shown:
            assert site.post("/en/lookup/", {"code": code}).status == 200, "a code was shown, and is unknown"
        # Some may be stored whose answer was cut off: never fewer than were shown, never more than were sent.
        assert len(shown) <= site.count(len(shown)) <= sent
    finally:
        site.stop()


def _send(site: Site, name: str, token: str) -> str | None:
    try:
        answer = site.post("/en/declare/", person(name, token))
    except (OSError, http.client.HTTPException):
        return None
    return code_on(answer.text) if answer.status == 200 else None
