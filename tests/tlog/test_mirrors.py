"""A list of addresses is a register's of one day, in one spelling; `tlog-verify mirrors` says so, or why not, whatever it is given."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tlog.cli import main
from tlog.errors import InvalidError
from tlog.mirrors import Mirrors, is_site, verify_mirrors
from tlog.note import SignerKey

ORIGIN = "register.example/ledger"
KEY = SignerKey(f"{ORIGIN}/promise", bytes(32))
OLDER = SignerKey(f"{ORIGIN}/promise", bytes(range(32)))
LOG = SignerKey(ORIGIN, bytes(range(1, 33)))
ONION = f"http://{'a' * 56}.onion"
LIST = Mirrors(ORIGIN, date(2026, 11, 3), ("https://mirror.example", "https://203.0.113.5:8443", ONION))


def signed(text: str, key: SignerKey = KEY) -> bytes:
    return f"{text}\n{key.sign(text)}".encode()


def rule(data: bytes, *keys: SignerKey) -> str:
    with pytest.raises(InvalidError) as caught:
        verify_mirrors(data, [key.verifier for key in keys or (KEY,)])
    return caught.value.rule


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mirrors.txt"
    path.write_bytes(LIST.sign(KEY))
    return path


def run(capsys: pytest.CaptureFixture[str], where: object, key: object = KEY.verifier, *more: str) -> tuple[int, str, str]:
    code = main(["mirrors", str(where), "--key", str(key), *more])
    return code, *capsys.readouterr()


@pytest.mark.parametrize("addresses", [LIST.addresses, ()])
def test_it_is_read_as_it_was_given_under_any_promise_key_of_the_log(addresses):
    given_out = replace(LIST, addresses=addresses)
    assert verify_mirrors(given_out.sign(KEY), [OLDER.verifier, KEY.verifier]) == given_out


def test_every_changed_byte_of_the_text_is_noticed():
    data = LIST.sign(KEY)
    for at in range(len(LIST.text)):
        assert rule(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]) in {"mirrors", "signature"}


def test_another_key_or_the_log_key_or_another_log():
    assert rule(LIST.sign(KEY), OLDER) == "signature"
    assert rule(signed(LIST.text, LOG), LOG) == "signature"
    assert rule(signed(replace(LIST, origin="another.example").text)) == "signature"
    with pytest.raises(ValueError, match=r"another\.example/promise"):
        replace(LIST, origin="another.example").sign(KEY)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/mirrors\n", "/mirror\n"),
        (f"{ORIGIN}/mirrors", "/mirrors"),
        ("2026-11-03\n", ""),
        ("2026-11-03", "20261103"),
        ("2026-11-03", "2026-11-31"),
        ("https://mirror.example\n", "https://mirror.example/\n"),
        ("https://mirror.example\n", "https://Mirror.example\n"),
        ("https://mirror.example\n", "http://mirror.example\n"),
        ("https://mirror.example\n", "https://me@mirror.example\n"),
        ("https://mirror.example\n", "https://mirror.example?a\n"),
        ("https://mirror.example\n", "https://mirror.example other\n"),
        ("https://mirror.example\n", "https://mirrör.example\n"),
        ("https://mirror.example\n", "https://mirror.example:port\n"),
        ("https://mirror.example\n", "javascript:alert(1)\n"),
        ("https://mirror.example\n", "\n"),
    ],
)
def test_what_is_no_list_is_named_even_if_it_is_signed(old, new):
    assert LIST.text.replace(old, new) != LIST.text
    assert rule(signed(LIST.text.replace(old, new))) == "mirrors"


@pytest.mark.parametrize(
    "address",
    [
        "https://a<script>",
        "https://a\\b",
        "https://*",
        "http://.onion",
        "https://a..b",
        "https://-a",
        "https://a_b",
        "https://a'b",
        "https://a%00b",
        "https://a;b",
        "https://a&b=c",
        "https://a b",
        "https://a?",
        "https://a#",
        "https://a@b",
        "https://a:0",
        "https://a:99999",
        "https://a:080",
        "https://A.b",
        "https://.",
        "https://",
        "http://a.onion.example",
        "http://evil.example#.onion",
        "https://a\u202eb",
        f"https://{'a.' * 127}b",
    ],
)
def test_a_host_is_a_host(address):
    assert rule(signed(replace(LIST, addresses=(address,)).text)) == "mirrors"
    assert not is_site(address)


@pytest.mark.parametrize(
    "address", ["https://127.0.0.1:8443", "https://xn--fiqs8s.example", "https://a", f"http://www.{'a' * 56}.onion:81"]
)
def test_a_host_may_be_a_number_or_bear_a_port(address):
    assert is_site(address)


def test_no_address_is_given_out_that_could_not_be_read_again():
    with pytest.raises(ValueError, match="nothing after"):
        replace(LIST, addresses=("https://mirror.example/a",)).sign(KEY)


def test_the_command_shows_the_addresses_and_the_day(file, capsys):
    code, out, err = run(capsys, file)
    assert (code, err) == (0, "")
    assert out.startswith("Valid.\n")
    for said in (ORIGIN, "2026-11-03", *LIST.addresses):
        assert said in out
    code, out, _ = run(capsys, file, KEY.verifier, "--json")
    assert (code, json.loads(out)) == (0, {"valid": True, "origin": ORIGIN, "day": "2026-11-03", "addresses": list(LIST.addresses)})


def test_of_an_empty_list_it_says_that_there_is_none(file, capsys):
    file.write_bytes(replace(LIST, addresses=()).sign(KEY))
    code, out, _ = run(capsys, file)
    assert (code, "no other address" in out) == (0, True)


def test_the_key_may_lie_in_a_file(file, capsys, tmp_path):
    held = tmp_path / "promise.vkey"
    held.write_text(f"{KEY.verifier}\n")
    assert run(capsys, file, held)[0] == 0


def test_a_list_that_was_changed_is_invalid(file, capsys):
    file.write_bytes(file.read_bytes().replace(b"mirror.example", b"mirror.invalid"))
    code, out, err = run(capsys, file)
    assert (code, out) == (1, "")
    assert err.startswith("Not valid. signature: ")
    code, out, _ = run(capsys, file, KEY.verifier, "--json")
    error = json.loads(out)["error"]
    assert (code, error["rule"], error["path"]) == (1, "signature", str(file))


def test_another_key_of_the_same_name_did_not_sign_it(file, capsys):
    assert run(capsys, file, OLDER.verifier)[0] == 1


def test_what_cannot_be_checked_is_not_called_false(file, capsys, tmp_path):
    for where, key, said in (
        (file, LOG.verifier, "promise"),
        (file, "rubbish", "not an Ed25519"),
        (tmp_path / "nothing", KEY.verifier, "missing"),
        (tmp_path, KEY.verifier, "not a file"),
        ("http://127.0.0.1:1/mirrors.txt", KEY.verifier, "could not be fetched"),
        ("https://", KEY.verifier, "not the web address"),
        ("http://[", KEY.verifier, "not a web address"),
        ("http://a\x00b/", KEY.verifier, "could not be fetched"),
    ):
        code, out, err = run(capsys, where, key)
        assert (code, out, err[:21]) == (2, "", "Could not be checked."), where
        assert said in err, where


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: signed(f"{ORIGIN}/mirrors\n2026-11-03\n{text}\n")))
def test_rubbish_is_no_list(data):
    with suppress(InvalidError):
        assert verify_mirrors(data, [KEY.verifier]).sign(KEY) == data


@pytest.fixture
def address(file) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(file.parent)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("path", ["", "/", "/mirrors.txt"])
def test_it_is_fetched_from_a_site(address, capsys, path):
    assert run(capsys, f"{address}{path}")[0] == 0


def test_a_site_without_a_list_cannot_be_checked(address, file, capsys):
    file.unlink()
    assert run(capsys, address)[0] == 2
