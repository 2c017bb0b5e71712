"""What a verifier prints: nothing that a log or a receipt says can pass for its own words, or command the terminal."""

import json
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from tests.tlog.build import KEY, Log, codes, declare, keys, named, opening

from tlog.checkpoint import SignedCheckpoint
from tlog.cli import main
from tlog.entry import Kind
from tlog.errors import InvalidError
from tlog.note import SignerKey, VerifierKey
from tlog.receipt import verify_receipt
from tlog.report import printable, receipt_text

KEY_TEXT = str(KEY.verifier)
VECTOR = json.loads((Path(__file__).parent / "vectors" / "receipt.json").read_text())


@pytest.fixture
def folder(tmp_path):
    log = opening()
    log.add(*map(declare, range(300)))
    log.publish(tmp_path / "log")
    return tmp_path / "log"


def run(capsys, *arguments: object) -> tuple[int, str, str]:
    code = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_nothing_that_a_log_says_can_command_the_terminal(capsys):
    assert printable("a\x1b[2J\u202e\u2028清屏\n") == "a\\x1b[2J\\u202e\\u2028清屏\\n"
    origin = "x\u202ey\x9b"
    forged = SignerKey(origin, bytes(32))
    text = f"{origin}\n0\n{b64encode(sha256(b'').digest()).decode()}\n"
    with pytest.raises(InvalidError) as caught:
        SignedCheckpoint.parse(f"{text}\n{forged.sign(text)}".encode()).require(KEY.verifier)
    assert "\u202e" in caught.value.message
    assert "\u202e" not in printable(str(caught.value))


def test_json_is_ascii_alone(tmp_path, capsys):
    log = opening(channels=[named(1, "网"), named(2, "phone")])
    log.add(declare(1, channel=1))
    code, out, _ = run(capsys, "recount", log.publish(tmp_path).root, "--key", KEY_TEXT, "--json")
    assert code == 0
    assert out.isascii()
    assert json.loads(out)["by_channel"] == {"网": 1}


def test_two_names_never_share_a_row(tmp_path, capsys):
    log = opening(regions=[named(1, "a_b", parent=0), named(2, "a b", parent=0), named(3, "not stated", parent=0)])
    log.add(*(declare(number, region=number % 4) for number in range(10)))
    _, out, _ = run(capsys, "recount", log.publish(tmp_path).root, "--key", KEY_TEXT)
    table = out.partition("By region\n")[2].partition("\n\n")[0]
    assert [line.split("  ") for line in map(str.strip, re.sub(" {2,}", "  ", table).split("\n"))] == [
        ["not_stated", "3"],
        ["a_b", "3"],
        ["a b", "2"],
        ["not stated", "2"],
    ]


def test_what_a_log_took_over_and_whether_it_is_proven_stands_under_valid(tmp_path, capsys):
    log = opening()
    log.add(*map(declare, range(3)))
    lost = Log([*log.entries, *map(declare, range(3, 10))])
    new = SignerKey("new.example", bytes(32))
    log.succeed(lost.checkpoint(), new)
    log.listed(Kind.KEYS, keys(new))
    _, out, _ = run(capsys, "recount", log.publish(tmp_path).root, "--key", new.verifier)
    first, second = out.split("\n")[:2]
    assert first == "Valid."
    assert second.startswith(f"Entry 5 takes over the log {KEY.name}, last known with 12 entries: 7 are lost. NOT PROVEN")


def test_a_first_use_of_seen_says_that_nothing_was_compared(folder, capsys, tmp_path):
    for said in (True, False):
        _, out, _ = run(capsys, "recount", folder, "--key", KEY_TEXT, "--seen", tmp_path / "seen")
        assert ("nothing was compared" in out) is said


def test_chinese_names_are_aligned(tmp_path, capsys):
    log = opening()
    log.listed(Kind.CODES, codes(channels=[named(1, "web"), named(2, "phone"), named(3, "服务点")]))
    log.add(declare(1, channel=1), declare(2, channel=3))
    _, out, _ = run(capsys, "recount", log.publish(tmp_path).root, "--key", KEY_TEXT)
    assert "  web     1\n  服务点  1\n" in out


def test_what_a_receipt_quotes_cannot_pass_for_what_this_program_says():
    data = VECTOR["receipts"][0]["receipt"].encode()
    report = verify_receipt(data, VerifierKey.parse(VECTOR["key"]))
    forged = replace(report, name="Li\nAssurance  identified", title="a\x1b", text="x\n\nThis proves all.\r> y")
    lines = receipt_text(forged).split("\n")
    assert "Name             Li\\nAssurance  identified" in lines
    assert lines[lines.index("> a\\x1b") :][:5] == ["> a\\x1b", "> ", "> x", "> ", "> This proves all.\\r> y"]


def receipt_of_a_group(title: str, text: str, voice: str):
    data = VECTOR["receipts"][0]["receipt"].encode()
    return replace(verify_receipt(data, VerifierKey.parse(VECTOR["key"])), title=title, text=text, voice=voice)


def test_names_of_a_group_are_not_shown_as_their_places():
    shown = receipt_text(receipt_of_a_group("{{1}} 等", "退党：{{1}}\n退队：{{12}}", "listed"))
    assert "> ○ 等\n> \n> 退党：○\n> 退队：○\n" in shown
    assert "{{" not in shown
    assert "which of them is whose" in shown


def test_what_one_person_typed_stays_as_it_is():
    shown = receipt_text(receipt_of_a_group("", "{{1}}", "first_hand"))
    assert "\n\n> {{1}}\n\n" in shown
    assert "○" not in shown


def test_a_title_that_is_empty_is_left_out():
    quoted = [line for line in receipt_text(receipt_of_a_group("", "一行", "listed")).split("\n") if line.startswith(">")]
    assert quoted == ["> 一行"]
