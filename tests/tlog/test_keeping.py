"""`tlog-verify promise`: whether the register gave it, and whether the log shows that it was kept."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from tests.tlog.build import DAY, KEY, ORIGIN, Log, canonical, commitment_of, declare, keys, opening, promise_key, put

from tlog.cli import main
from tlog.clock import day_date
from tlog.entry import Kind
from tlog.promise import Outcome, Promise

SIGNER = promise_key()
DUE = DAY + 30
NONCE = bytes(range(16))
PROMISE = Promise(ORIGIN, commitment_of(1), NONCE, day_date(DAY), day_date(DUE))


def run(capsys, *arguments: object) -> tuple[int, str, str]:
    code = main(["promise", *map(str, arguments)])
    return code, *capsys.readouterr()


@pytest.fixture
def paper(tmp_path) -> Path:
    put(tmp_path, "promise.txt", PROMISE.sign(SIGNER))
    return tmp_path / "promise.txt"


def outcome(log: Log, what: Outcome, day: int, nonce: bytes = NONCE) -> None:
    log.listed(Kind.OUTCOMES, {"type": "tuidang/v1/outcomes", "outcomes": [what.hash(nonce).hex()]}, day=day)


def kept(capsys, tmp_path, paper, log: Log, key: object = KEY.verifier) -> tuple[int, dict]:
    log.publish(tmp_path / "log")
    code, out, err = run(capsys, paper, "--key", key, "--log", tmp_path / "log", "--json")
    assert err == ""
    answer = json.loads(out)
    return code, answer["promises"][0] if code == 0 else answer["error"]


def test_a_promise_is_valid_under_the_promise_key_given_in_each_way(paper, tmp_path, capsys):
    put(tmp_path, "key", f"{SIGNER.verifier}\n".encode())
    put(tmp_path, "keys.json", canonical(keys()))
    for key in (SIGNER.verifier, tmp_path / "key", tmp_path / "keys.json"):
        code, out, err = run(capsys, paper, "--key", key)
        assert (code, err) == (0, "")
        assert out.startswith("Valid.\n")
        assert "\nDue       " + day_date(DUE).isoformat() in out
        assert "--log" in out


def test_a_file_may_hold_the_promises_of_a_whole_family(tmp_path, capsys):
    family = [Promise(ORIGIN, commitment_of(number), NONCE, day_date(DAY), day_date(DUE)) for number in range(3)]
    put(tmp_path, "all.txt", b"\n".join(one.sign(SIGNER) for one in family))
    code, out, _ = run(capsys, tmp_path / "all.txt", tmp_path / "all.txt", "--key", SIGNER.verifier, "--json")
    assert code == 0
    assert [one["commitment"] for one in json.loads(out)["promises"]] == 2 * [one.commitment.hex() for one in family]


def test_what_cannot_be_right_is_said(paper, tmp_path, capsys):
    put(tmp_path, "letter", b"dear all\n")
    put(tmp_path, "forged", PROMISE.sign(promise_key(number=1)))
    for file, key, code, words in (
        (tmp_path / "letter", SIGNER.verifier, 1, "this is not a promise"),
        (tmp_path / "forged", SIGNER.verifier, 1, "signature"),
        (tmp_path / "nowhere", SIGNER.verifier, 2, "missing"),
        (paper, KEY.verifier, 2, f"{ORIGIN}/promise"),
        (paper, tmp_path / "letter", 2, "bad-argument"),
    ):
        found, out, err = run(capsys, file, "--key", key)
        assert (found, out) == (code, "")
        assert words in err


def test_it_is_kept_by_an_entry_that_came_in_time(paper, tmp_path, capsys):
    log = opening()
    log.add(*(declare(number, day=DUE) for number in range(3)))
    code, found = kept(capsys, tmp_path, paper, log)
    assert (code, found["kept"], found["index"], found["day"]) == (0, "entry", 3, day_date(DUE).isoformat())
    assert "yes: on the record as entry 3" in run(capsys, paper, "--key", KEY.verifier, "--log", tmp_path / "log")[1]


@pytest.mark.parametrize("what", [Outcome.REFUSED, Outcome.SUPERSEDED, Outcome.TAKEN_BACK])
def test_it_is_kept_by_an_outcome_that_was_listed_in_time(what, paper, tmp_path, capsys):
    log = opening()
    outcome(log, what, DUE)
    log.add(declare(5, day=DUE + 99))
    assert kept(capsys, tmp_path, paper, log)[1]["kept"] == what.value


def test_it_runs_as_long_as_the_log_does_not_go_on_beyond_it(paper, tmp_path, capsys):
    log = opening()
    log.add(declare(5, day=DUE))
    code, found = kept(capsys, tmp_path, paper, log)
    assert (code, found["kept"], found["ends"]) == (0, None, day_date(DUE).isoformat())


@pytest.mark.parametrize("late", [None, "entry", "refused", "held"])
def test_it_is_broken_if_nothing_came_in_time(late, paper, tmp_path, capsys):
    log = opening()
    log.add(declare(5, day=DUE + 1))
    if late == "entry":
        log.add(declare(1, day=DUE + 1))
    elif late:
        outcome(log, Outcome(late), DUE + 1)
    code, error = kept(capsys, tmp_path, paper, log)
    assert (code, error["rule"], error["path"]) == (1, "promise", str(paper))
    assert "broken" in error["message"]
    assert (f"{late} came" in error["message"]) == (late in ("entry", "refused"))


@pytest.mark.parametrize(("after", "code"), [(0, 0), (30, 0), (31, 1)])
def test_held_is_one_extension_of_thirty_days(after, code, paper, tmp_path, capsys):
    log = opening()
    outcome(log, Outcome.HELD, DUE)
    log.add(declare(5, day=DUE + after))
    found, answer = kept(capsys, tmp_path, paper, log)
    assert found == code
    if not code:
        assert (answer["kept"], answer["ends"]) == (None, (day_date(DUE) + timedelta(30)).isoformat())
    log.entries.pop()
    log.add(declare(1, day=DUE + after))
    assert kept(capsys, tmp_path / "again", paper, log)[0] == code


def test_without_a_list_that_may_name_it_nothing_can_be_said(paper, tmp_path, capsys):
    log = opening()
    outcome(log, Outcome.REFUSED, DUE)
    log.lists.pop()
    log.add(declare(5, day=DUE + 1))
    code, error = kept(capsys, tmp_path, paper, log)
    assert (code, error["rule"]) == (2, "missing")
    assert error["path"].startswith("list/")


def test_a_promise_key_is_enough_if_the_log_names_it(paper, tmp_path, capsys):
    log = opening()
    log.add(declare(1))
    assert kept(capsys, tmp_path, paper, log, SIGNER.verifier)[1]["kept"] == "entry"
    put(tmp_path, "other.txt", PROMISE.sign(promise_key(number=1)))
    code, error = kept(capsys, tmp_path, tmp_path / "other.txt", log, promise_key(number=1).verifier)
    assert (code, error["rule"]) == (2, "bad-argument")
    code, error = kept(capsys, tmp_path, tmp_path / "other.txt", log)
    assert (code, error["rule"]) == (1, "signature")


def test_a_log_that_is_not_valid_keeps_no_promise(paper, tmp_path, capsys):
    log = opening()
    log.add(declare(1), declare(1))
    assert kept(capsys, tmp_path, paper, log)[1]["rule"] == "commitment-repeated"


def test_a_commitment_that_stands_elsewhere_in_an_entry_keeps_nothing(paper, tmp_path, capsys):
    log = opening()
    log.add(declare(5))
    log.raised(2, commitment=commitment_of(1))
    assert kept(capsys, tmp_path, paper, log)[1]["kept"] is None
