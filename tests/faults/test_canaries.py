"""What a person types is found nowhere but where it is meant to be: strings that cannot occur otherwise, typed into every field."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.served import Site, code_on, person

pytestmark = pytest.mark.fault
NEIGHBOURS = ("", ".keys", ".lock", ".signer", ".offline")


def canary() -> str:
    """Letters alone, so that no rule of screening takes it for a number or an address."""
    return "zq" + "".join(secrets.choice("bcdfghjklmnpqrstvwxz") for _ in range(14))


def below(folder: Path) -> Iterator[Path]:
    """The files below a folder of which parts may vanish meanwhile, as they do where a server works in it."""
    for path, _, names in os.walk(folder):
        yield from (file for name in names if (file := Path(path, name)).is_file())


def files_of(site: Site) -> Iterator[Path]:
    """Every file that the register writes: data folder, its neighbours, what it printed, and PostgreSQL's own files with its log of writes."""
    yield site.log
    for ending in NEIGHBOURS:
        folder = site.data.with_name(site.data.name + ending)
        yield from below(folder)
    url = site.environment["TUIDANG_DATABASE_URL"]
    if url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
            (folder,) = connection.execute("SHOW data_directory").fetchone() or ("",)
        yield from below(Path(folder))


def where(site: Site, words: list[str]) -> list[tuple[str, str]]:
    """Which of `words` stand in which file, in any encoding that keeps them together."""
    found = []
    for path in files_of(site):
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            continue
        lower = data.lower()
        for word in words:
            spellings = {word.encode(), word.encode("utf-16-le"), urlsafe_b64encode(word.encode())[:-4].lower()}
            if any(spelling in lower for spelling in spellings):
                found.append((word, path.name))
    return found


def client(site: Site, fields: dict[str, str]) -> dict[str, object]:
    body = urlsafe_b64encode(json.dumps(fields).encode()).rstrip(b"=")
    answer = site.request("POST", "/t.php?act=submit", body, {"Content-Type": "text/plain"})
    decoded: dict[str, object] = json.loads(urlsafe_b64decode(answer.body + b"=="))
    return decoded


def test_nothing_typed_is_readable_before_or_after_sealing(data_folder: Path, database_url: str) -> None:
    typed: list[str] = []

    def word() -> str:
        typed.append(canary())
        return typed[-1]

    with Site(data_folder, database_url) as site:
        answered = site.post("/en/declare/", person(word(), site.token(), title=word(), text=f"I leave. {word()}"))
        assert answered.status == 200
        group = [
            ("step", "send"),
            ("rows", "2"),
            ("text", word()),
            ("agreed", "on"),
            ("consent", "on"),
            ("token", site.token("/en/declare/group/")),
        ]
        rows = [("name_1", word()), ("left_1", "league"), ("name_2", word()), ("left_2", "pioneers")]
        assert site.post("/en/declare/group/", [*group, *rows]).status == 200
        sent = client(
            site,
            {
                "name": word(),
                "email": f"{word()}@example.org",
                "address": word(),
                "subject": f"退党 {word()}",
                "content": f"退团 {word()}",
                "smnumber": "1",
            },
        )
        assert sent["result"] == 0
        assert where(site, typed) == []

        code = code_on(answered.text)
        assert site.post("/en/lookup/", {"code": code}).status == 200
        assert where(site, [code.lower(), str(sent["message"]).lower()]) == []

        assert site.count(4) == 4
        assert where(site, typed) == []
        copied = data_folder.with_name("backup")
        shutil.copytree(data_folder, copied)
        assert all(word.encode() not in path.read_bytes().lower() for path in copied.rglob("*") if path.is_file() for word in typed)


def test_nothing_of_requests_that_end_in_errors_is_kept(data_folder: Path, database_url: str) -> None:
    typed: list[str] = []

    def word() -> str:
        typed.append(canary())
        return typed[-1]

    with Site(data_folder, database_url) as site:
        token = site.token()
        statuses = [
            site.post("/en/declare/", person(word(), token, text=word() * 2000)).status,
            site.post("/en/declare/", person(word(), "no token", text=word())).status,
            site.post("/en/declare/", person(word(), token, text=word()), Origin="https://elsewhere.example").status,
            site.post("/en/lookup/", {"code": word()}).status,
            site.post("/en/lookup/", {"code": word(), "step": word(), word(): word()}).status,
            site.get(
                f"/en/{word()}/?{word()}={word()}",
                **{"User-Agent": word(), "Cookie": f"a={word()}", "Referer": f"https://{word()}.example/"},
            ).status,
            site.request("POST", "/en/declare/", word().encode(), {"Content-Type": "multipart/form-data; boundary=x"}).status,
            site.request("PUT", f"/en/declare/?{word()}", word().encode()).status,
            site.get(f"/staff/in/{word()}/").status,
        ]
        assert all(400 <= status < 500 or status == 200 for status in statuses), statuses
        assert client(site, {"name": word(), "subject": word(), "content": word()})["result"] != 0
        site.request("POST", "/t.php?act=submit", word().encode() + b"\xff\x00{", {"Content-Type": "text/plain"})
        _break(site)
        broken = site.post("/en/declare/", person(word(), token, text=word()))
        assert broken.status in (500, 503)
        assert typed[-1] in broken.text or broken.status == 500
        assert where(site, typed) == []


def _break(site: Site) -> None:
    """Takes a table away under the running site, so that the next accept fails in the database."""
    url = site.environment["TUIDANG_DATABASE_URL"]
    if url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("ALTER TABLE intake_declarant RENAME TO taken_away")
        return
    import sqlite3

    with sqlite3.connect(site.data / "db.sqlite3", timeout=30) as connection:
        connection.execute("ALTER TABLE intake_declarant RENAME TO taken_away")


def test_no_page_sets_a_cookie_and_staff_sessions_hold_nothing_of_declarants(data_folder: Path, database_url: str) -> None:
    with Site(data_folder, database_url) as site:
        for path in ("/", "/en/", "/zh-hans/declare/", "/zh-hant/lookup/", "/en/statements/", "/en/method/", "/nowhere/"):
            assert "set-cookie" not in site.get(path).headers, path
        assert "set-cookie" not in site.post("/en/declare/", person("Calm River", site.token())).headers


def test_nothing_of_an_objection_is_readable_before_or_after_it_is_answered(data_folder: Path, database_url: str) -> None:
    typed = [canary(), canary()]
    with Site(data_folder, database_url) as site:
        site.post("/en/declare/", person("Far Hill", site.token()))
        assert site.count(1) == 1
        number = _declared(site)
        sent = {
            "number": number,
            "seen": number,
            "ground": "1",
            "text": f"Not me. {typed[0]}",
            "token": site.token("/en/objection/"),
            typed[1]: "x",
        }
        answered = site.post("/en/objection/", sent)
        assert answered.status == 200
        code = code_on(answered.text)
        assert site.post("/en/objection/answer/", {"code": code}).status == 200
        assert site.post("/en/objection/", {**sent, "ground": ""}).status == 422
        assert site.post("/en/objection/", sent, Origin="https://elsewhere.example").status == 403
        assert where(site, [*typed, code.lower()]) == []
        assert site.run("seal", "--now").returncode == 0
        assert site.post("/en/objection/answer/", {"code": code}).status == 200, "its day key is gone, and it is not"
        assert where(site, [*typed, code.lower()]) == []


def _declared(site: Site) -> str:
    """The registry number of the only declaration: the first one that can be objected to."""
    token = site.token("/en/objection/")
    numbers = map(str, range(20))
    return next(one for one in numbers if 'id="number-error"' not in _without_ground(site, token, one))


def _without_ground(site: Site, token: str, number: str) -> str:
    return site.post("/en/objection/", {"number": number, "token": token}).text
