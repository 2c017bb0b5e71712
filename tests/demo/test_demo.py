"""`./run demo`, as a person starts it, on both databases."""

import json
import re
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

import pytest
from tests.demo.program import get, run, served, wait_until
from tests.served import free_port

from tuidang.demo import folder
from tuidang.demo.visitor import Visitor
from tuidang.kernel.errors import SetUpError


def filled(number: int, data, database_url: str, *more: str) -> dict:
    done = run("demo", "--once", "--declarations", str(number), "--json", *more, data=data, database_url=database_url)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def recounted(data) -> dict:
    ledger = data / "ledger"
    command = [sys.executable, "-m", "tlog.cli", "recount", str(ledger), "--key", str(ledger / "log.vkey"), "--json"]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


@pytest.mark.fault
@pytest.mark.parametrize("number", [1, 2, 7])
def test_a_small_demo_counts_the_same_three_times(number, data_folder, database_url):
    found = filled(number, data_folder, database_url)
    assert found["agrees"]
    assert found["tables"] == found["ledger"] == found["recount"]
    assert found["count"] == recounted(data_folder)["count"] > 0


@pytest.mark.fault
def test_sixty_declarations_tell_a_story_and_are_served_afterwards(data_folder, database_url):
    found = filled(60, data_folder, database_url)
    recount = recounted(data_folder)
    assert found["agrees"]
    assert found["count"] == recount["count"]
    assert recount["origin"].startswith("localhost/DEMO-")
    assert recount["baseline"] == 466_912_443
    assert recount["by_assurance"]["reviewed"] > 0
    assert recount["entries"] > found["count"]
    assert_told_over_weeks(recount)
    assert_served(found, data_folder, database_url)
    assert_cheats_are_caught(found, data_folder, database_url)


def assert_told_over_weeks(recount: dict) -> None:
    days = sorted(recount["by_day"])
    assert len(days) > 3
    assert date.fromisoformat(days[-1]) in {datetime.now(UTC).date(), datetime.now(UTC).date() - timedelta(days=1)}
    assert (date.fromisoformat(days[-1]) - date.fromisoformat(days[0])).days >= 28


def assert_served(found: dict, data, database_url: str) -> None:
    """The second start serves what is there: no filling, the same count, the clock at today, a page at each address."""
    port = free_port()
    with served("demo", "--json", data=data, database_url=database_url, port=port) as process:
        told = json.loads(process.stdout.readline())
        assert (told["declarations"], told["count"]) == (60, found["count"])
        assert len(told["addresses"]) == 5
        for where in told["addresses"].values():
            assert where.startswith(f"http://127.0.0.1:{port}/")
            assert get(port, where.removeprefix(f"http://127.0.0.1:{port}"))[0] == 200
        assert "DEMO" in get(port, "/en/")[1]
        status, feed = get(port, "/stat/statics")
        assert status == 200
        assert f"<LEDGER>{found['count']:,}</LEDGER>" in feed
        assert f"<LASTUPDATE>{datetime.now(UTC):%Y-%m-%d}" in feed
        assert_no_page_is_empty(port)
        assert_letters_go_to_a_folder(port, data)
        statements = get(port, "/zh-hans/statements/")[1]
        assert "虚构" in statements or "虛構" in statements or "invented" in statements
    assert process.returncode == 0
    assert not data.with_name(f"{data.name}.clock").exists()


EMPTY = "Nothing has been published here yet|None has been published yet|Nobody can be reached here yet|No event is announced"
ROOMS = ("news", "milestones", "support", "stories", "events", "places", "library", "about", "newsletter/archive", "messages", "contact")


def assert_no_page_is_empty(port: int) -> None:
    """The newsroom is full; home has a story, the latest news, and asks readers to sign up; a story leads to its statement and has a picture."""
    for room in ROOMS:
        status, page = get(port, f"/en/{room}/")
        assert status == 200
        assert not re.search(EMPTY, page), room
    home = get(port, "/en/")[1]
    for part in ("told with consent", "/en/news/", 'action="/en/newsletter/"'):
        assert part in home
    assert get(port, "/zh-hant/milestones/100/")[0] == 200
    assert get(port, "/en/news/waits-for-a-second-person/")[0] == 404
    assert "2-4-8 Minato" not in get(port, "/en/places/kirigahama/")[1]
    event = get(port, "/en/events/how-to-recount/event.ics")[1]
    assert re.search(r"DTSTART;TZID=Asia/Taipei:[0-9]{8}T200000", event)
    story = get(port, "/zh-hans/stories/a-drawer-in-another-country/")[1]
    picture = re.search(r'src="(/media/[^"]+)"', story)
    assert get(port, picture[1])[0] == 200


def assert_letters_go_to_a_folder(port: int, data) -> None:
    """Who signs up is written to, on this machine alone."""
    version = re.search(r'name="version" value="([^"]+)"', get(port, "/en/newsletter/")[1])[1]
    fields = {"version": version, "step": "short", "address": "reader@mailbox.example", "consent": "on"}
    with Visitor(port) as visitor:
        assert visitor.ask("POST", "/en/newsletter/", urlencode(fields).encode())[0] == 200
    wait_until(lambda: "To: reader@mailbox.example" in letters(data))


def letters(data) -> str:
    """Everything that was put into the folder so far."""
    return "".join(path.read_text() for path in (data / "letters").glob("*"))


def assert_cheats_are_caught(found: dict, data, database_url: str) -> None:
    before = recounted(data)
    done = run("demo", "cheat", "--json", data=data, database_url=database_url)
    assert done.returncode == 0, done.stdout + done.stderr
    tricks = {trick["name"]: trick for trick in json.loads(done.stdout)["tricks"]}
    caught = {name: (trick["exit_code"], trick["rule"]) for name, trick in tricks.items()}
    assert caught == {
        "honest": (0, ""),
        "flip": (1, "bundle"),
        "drop": (1, "signature"),
        "roll-back-newcomer": (0, ""),
        "roll-back": (1, "rolled-back"),
        "invent": (0, ""),
    }
    assert f"{found['count'] + 500:,} withdrawals" in tricks["invent"]["said"]
    assert "audits" in tricks["invent"]["said"]
    assert recounted(data) == before


@pytest.mark.fault
def test_the_same_number_again_serves_what_is_there_and_another_fills_anew(data_folder):
    first = filled(2, data_folder, "")
    key = (data_folder / "ledger" / "log.vkey").read_text()
    assert filled(2, data_folder, "") == first
    assert (data_folder / "ledger" / "log.vkey").read_text() == key
    assert filled(3, data_folder, "")["declarations"] == 3
    again = (data_folder / "ledger" / "log.vkey").read_text()
    assert again != key
    filled(3, data_folder, "", "--anew")
    assert (data_folder / "ledger" / "log.vkey").read_text() != again


@pytest.mark.fault
def test_a_filling_that_was_interrupted_is_begun_anew(data_folder):
    filled(2, data_folder, "")
    (data_folder / "demo.json").unlink()
    data_folder.with_name(f"{data_folder.name}.clock").write_text("-864000")
    assert filled(1, data_folder, "")["agrees"]


@pytest.mark.fault
def test_codes_to_try_are_shown_each_time_and_kept_only_in_the_demo_s_own_mark(data_folder):
    told = []
    for _ in range(2):
        port = free_port()
        with served("demo", "--declarations", "7", "--json", data=data_folder, port=port) as process:
            told.append(json.loads(process.stdout.readline())["codes"])
            assert [looked_up(port, code) for code in told[-1].values()] == [200] * len(told[-1])
    assert "one person" in told[0]
    assert told[0] == told[1]
    kept = {path: path.read_bytes() for path in data_folder.rglob("*") if path.is_file()}
    for code in told[0].values():
        for form in (code, code.replace("-", ""), code.replace(" ", "")):
            assert {path.name for path, data in kept.items() if form.encode() in data} <= {"demo.json"}


def looked_up(port: int, code: str) -> int:
    with Visitor(port) as visitor:
        return visitor.ask("POST", "/en/lookup/", urlencode({"code": code}).encode())[0]


def test_a_register_that_is_no_demo_keeps_no_codes(tmp_path, monkeypatch):
    from tlog.signer import create

    create(tmp_path / "data.signer", tmp_path / "data.lock", "register.example/ledger")
    monkeypatch.setenv("TUIDANG_DATA", str(tmp_path / "data"))
    with pytest.raises(SetUpError, match="only a demo"):
        folder.finished(1, {"one person": "code"})


def test_what_is_no_demo_is_left_alone(data_folder):
    data_folder.mkdir()
    (data_folder / "letters.txt").write_text("mine")
    done = run("demo", "--once", "--declarations", "1", data=data_folder)
    assert done.returncode == 2
    assert "holds no demo" in done.stderr
    assert (data_folder / "letters.txt").read_text() == "mine"


def test_a_register_is_never_replaced_by_a_demo(data_folder):
    from tlog.signer import create

    create(data_folder.with_name("data.signer"), data_folder.with_name("data.lock"), "register.example/ledger")
    done = run("demo", "--once", "--anew", data=data_folder)
    assert done.returncode == 2
    assert "register.example/ledger" in done.stderr
    assert (data_folder.with_name("data.signer") / "log.key").exists()


def test_a_public_machine_is_no_place_for_a_demo(data_folder):
    done = run("demo", "--once", data=data_folder, TUIDANG_HOSTS="register.example")
    assert done.returncode == 2
    assert "TUIDANG_HOSTS" in done.stderr


def test_cheating_needs_a_demo(data_folder):
    done = run("demo", "cheat", data=data_folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert "./run demo" in done.stderr


@pytest.mark.parametrize("number", ["0", "-1", "many", "1.5"])
def test_a_number_that_is_none_is_refused_in_words(number, data_folder):
    done = run("demo", "--once", "--declarations", number, data=data_folder)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert not data_folder.exists()
