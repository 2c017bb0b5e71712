"""A promise holds its register to a commitment, a day and a log, and has one spelling."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tlog.errors import InvalidError
from tlog.note import SignerKey
from tlog.promise import Outcome, Promise, verify_promise

ORIGIN = "register.example/ledger"
KEY = SignerKey(f"{ORIGIN}/promise", bytes(32))
OLDER = SignerKey(f"{ORIGIN}/promise", bytes(range(32)))
PROMISE = Promise(ORIGIN, bytes(range(32)), bytes(range(16)), date(2026, 11, 22), date(2026, 12, 22))


def rule(data: bytes, *keys: SignerKey) -> str:
    with pytest.raises(InvalidError) as caught:
        verify_promise(data, [key.verifier for key in keys or (KEY,)])
    return caught.value.rule


def test_it_is_read_as_it_was_given_under_any_promise_key_of_the_log():
    data = PROMISE.sign(KEY)
    assert verify_promise(data, [KEY.verifier]) == PROMISE
    assert verify_promise(data, [OLDER.verifier, KEY.verifier]) == PROMISE


def test_another_key_or_the_log_key_or_none():
    assert rule(PROMISE.sign(KEY), OLDER) == "signature"
    assert rule(f"{PROMISE.text}\n{SignerKey(ORIGIN, bytes(32)).sign(PROMISE.text)}".encode(), SignerKey(ORIGIN, bytes(32))) == "signature"
    with pytest.raises(InvalidError):
        verify_promise(PROMISE.sign(KEY), [])


def test_a_key_does_not_promise_for_another_log():
    with pytest.raises(ValueError, match=r"another\.example/promise"):
        replace(PROMISE, origin="another.example").sign(KEY)
    text = replace(PROMISE, origin="another.example").text
    assert rule(f"{text}\n{KEY.sign(text)}".encode()) == "signature"


def test_every_changed_byte_of_the_text_is_noticed():
    data = PROMISE.sign(KEY)
    for at in range(len(PROMISE.text)):
        assert rule(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]) in {"promise", "signature"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("v1/promise\n", "v2/promise\n"),
        ("2026-12-22", "20261222"),
        ("2026-12-22", "2026-12-32"),
        ("2026-12-22", "2026-11-21"),
        ("2026-12-22\n", "2026-12-22\nmore\n"),
        ("2026-11-22\n", ""),
        ("AAECAwQFBgcICQoLDA0ODw==", "AAECAwQFBgcICQoLDA0ODx=="),
        ("AAECAwQFBgcICQoLDA0ODw==", "AAEC"),
        ("AAECAwQFBgcICQoLDA0ODw==", "!"),
        (ORIGIN, ""),
    ],
)
def test_another_spelling_is_refused_even_if_it_is_signed(old, new):
    text = PROMISE.text.replace(old, new)
    assert text != PROMISE.text
    assert rule(f"{text}\n{KEY.sign(text)}".encode()) == "promise"


def test_bytes_that_are_no_note():
    for data in (b"", b"\xff\n\n", PROMISE.text.encode()):
        assert rule(data) == "promise"


@pytest.mark.parametrize(
    "changes",
    [{"commitment": bytes(31)}, {"nonce": bytes(17)}, {"origin": ""}, {"origin": "two\nlines"}, {"due": date(2026, 11, 21)}],
)
def test_what_cannot_be_promised(changes):
    with pytest.raises(ValueError):
        replace(PROMISE, **changes)


def test_outcomes_tell_nothing_without_the_promise_and_differ_by_status():
    hashes = {outcome.hash(PROMISE.nonce) for outcome in Outcome}
    assert len(hashes) == 4
    with pytest.raises(ValueError, match="16 bytes"):
        Outcome.HELD.hash(bytes(15))
