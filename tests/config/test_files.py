"""Files are served before Django, by paths of a fixed form alone; every answer bears the security headers, errors too."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tuidang.config.files import Files
from tuidang.config.headers import PAGE_HEADERS, SECURITY_HEADERS, STAFF_POLICY
from tuidang.design.assets import sheet


class Site:
    """A WSGI client of `Files` in front of an application that answers 404."""

    def __init__(self, folder: Path) -> None:
        self.ledger, self.pages, self.media = folder / "ledger", folder / "pages", folder / "media"
        self._files = Files(self._nothing, ledger=self.ledger, pages=self.pages, media=self.media)

    @staticmethod
    def _nothing(environ: dict[str, Any], start: Any) -> list[bytes]:
        del environ
        start("404 Not Found", [])
        return [b"django"]

    def get(self, path: str, method: str = "GET", **more: str) -> tuple[str, dict[str, str], bytes]:
        answered: list[Any] = []
        environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": "", **more}
        body = b"".join(self._files(environ, lambda status, headers: answered.extend((status, dict(headers)))))
        return answered[0], answered[1], body


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path)
    for path, data in {
        "checkpoint": b"c",
        "log.vkey": b"k",
        "tile/0/x001/234": b"t",
        "tile/entries/000.p/7": b"e",
        f"list/{'a' * 64}": b"l",
    }.items():
        (site.ledger / path).parent.mkdir(parents=True, exist_ok=True)
        (site.ledger / path).write_bytes(data)
    (site.pages / "en").mkdir(parents=True)
    (site.pages / "en" / "index.html").write_bytes(b"home")
    (site.pages / "en" / "index.html.gz").write_bytes(gzip.compress(b"home"))
    (tmp_path / "secret").write_bytes(b"secret")
    return site


@pytest.mark.parametrize("path", ["tile/0/x001/234", "tile/entries/000.p/7", f"list/{'a' * 64}"])
def test_what_never_changes_may_be_kept_for_ever_and_by_anyone(site: Site, path: str) -> None:
    status, headers, body = site.get(f"/ledger/{path}")
    assert (status, body) == ("200 OK", (site.ledger / path).read_bytes())
    assert "immutable" in headers["Cache-Control"]
    assert headers["Access-Control-Allow-Origin"] == "*"


def test_the_checkpoint_is_asked_for_anew(site: Site) -> None:
    assert site.get("/ledger/checkpoint")[1]["Cache-Control"] == "public, max-age=5"


@pytest.mark.parametrize(
    "path",
    [
        "/ledger/../secret",
        "/ledger/tile/../../secret",
        "/ledger/tile/0/../../../secret",
        "/ledger//secret",
        "/ledger/.checkpoint",
        "/ledger/tile/64/000",
        f"/ledger/list/{'A' * 64}",
        "/ledger/tile/0/x001/234.p/0",
        "/ledger/checkpoint/",
        "/ledger/",
        "/de/",
        "/en/index.html",
        "/ledger/tile/0/001\n",
    ],
)
def test_no_other_path_reaches_the_disk(site: Site, path: str) -> None:
    assert site.get(path)[2] == b"django"


def test_a_page_is_served_as_it_was_rendered_compressed_for_those_who_take_it(site: Site) -> None:
    assert site.get("/en/")[2] == b"home"
    status, headers, body = site.get("/en/", HTTP_ACCEPT_ENCODING="gzip, br")
    assert (headers["Content-Encoding"], gzip.decompress(body)) == ("gzip", b"home")
    assert site.get("/en/", QUERY_STRING="x")[2] == b"django"
    assert site.get("/zh-hans/")[2] == b"django"
    assert status == "200 OK"


def test_tor_browser_is_told_of_the_page_in_its_network_and_nobody_there(site: Site) -> None:
    site._files = Files(site._nothing, ledger=site.ledger, pages=site.pages, media=site.media, onion="http://a.onion")
    assert site.get("/en/")[1]["Onion-Location"] == "http://a.onion/en/"
    assert "Onion-Location" not in site.get("/en/", HTTP_HOST="a.onion")[1]
    assert "Onion-Location" not in site.get("/ledger/checkpoint")[1]


def test_head_has_the_headers_and_no_body_and_post_goes_to_django(site: Site) -> None:
    status, headers, body = site.get("/en/", method="HEAD")
    assert (status, headers["Content-Length"], body) == ("200 OK", "4", b"")
    assert site.get("/en/", method="POST")[2] == b"django"


def test_files_bear_the_security_headers(site: Site) -> None:
    for path in ("/ledger/checkpoint", "/en/", sheet("public").path):
        headers = site.get(path)[1]
        assert {name: headers[name] for name, _ in SECURITY_HEADERS} == dict(SECURITY_HEADERS)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/en/", "/nowhere/", "/en/nowhere/", "/staff/", "/t.php", "/stat/statics", "/livez"])
def test_every_answer_of_django_bears_the_security_headers(path: str) -> None:
    headers = Client().get(path).headers
    expected = dict(SECURITY_HEADERS) | ({"Content-Security-Policy": STAFF_POLICY} if path == "/staff/" else {})
    assert {name: headers[name] for name, _ in SECURITY_HEADERS} == expected


@pytest.mark.django_db
def test_pages_of_people_are_stored_nowhere() -> None:
    for path in ("/en/declare/", "/en/lookup/", "/staff/", "/nowhere/"):
        assert Client().get(path).headers["Cache-Control"] == dict(PAGE_HEADERS)["Cache-Control"] == "no-store"


PICTURE, CARD, DOCUMENT = f"{'a' * 64}-640.jpg", f"card-{'b' * 64}.png", f"{'c' * 64}.pdf"


@pytest.fixture
def media(site: Site) -> Site:
    site.media.mkdir()
    for name in (PICTURE, CARD, DOCUMENT, "notes.txt", f"{'a' * 64}-640.svg"):
        (site.media / name).write_bytes(name.encode())
    return site


@pytest.mark.parametrize(("name", "kind"), [(PICTURE, "image/jpeg"), (CARD, "image/png")])
def test_pictures_never_change_and_may_be_shown_by_our_pages(media: Site, name: str, kind: str) -> None:
    status, headers, body = media.get(f"/media/{name}")
    assert (status, body, headers["Content-Type"]) == ("200 OK", name.encode(), kind)
    assert "immutable" in headers["Cache-Control"]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_document_is_saved_and_never_opened_as_a_page_of_ours(media: Site) -> None:
    _, headers, body = media.get(f"/media/{DOCUMENT}")
    assert (body, headers["Content-Type"]) == (DOCUMENT.encode(), "application/pdf")
    assert headers["Content-Disposition"] == "attachment"
    assert headers["Content-Security-Policy"].startswith("sandbox;")


@pytest.mark.parametrize(
    "path",
    ["notes.txt", f"{'a' * 64}-640.svg", f"../{'a' * 64}-640.jpg", f"{'A' * 64}-640.jpg", f"{'a' * 64}-0.jpg", f"{'a' * 64}-640.jpg/", ""],
)
def test_nothing_else_in_that_folder_is_served(media: Site, path: str) -> None:
    assert media.get(f"/media/{path}")[2] == b"django"
