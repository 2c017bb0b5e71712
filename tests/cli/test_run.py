"""`./run` as a stranger meets it: what it says, what it refuses, and that nothing is left running."""

import json
import os
import re
import signal
import socket
import stat
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from tests.demo.program import alive, answers, children, get, run, served, wait_until
from tests.served import free_port


def test_a_first_start_serves_everything_it_announces(data_folder, database_url):
    port = free_port()
    with served("run", "--json", data=data_folder, database_url=database_url, port=port) as process:
        told = json.loads(process.stdout.readline())
        assert told["register"] == "trial"
        for name in ("site", "ledger", "sign_in"):
            assert get(port, urlsplit(told[name]).path)[0] in {200, 302}
        assert "TRIAL" in get(port, "/ledger/checkpoint")[1]
        assert get(port, "/ledger/log.vkey")[1].startswith("localhost/TRIAL-")
        assert get(port, "/en/declare/")[0] == 200
    assert process.returncode == 0


def test_a_second_start_keeps_the_log_and_a_link_is_offered_until_somebody_signed_in(data_folder, database_url):
    told = []
    for start in range(3):
        port = free_port()
        with served("run", "--json", data=data_folder, database_url=database_url, port=port) as process:
            told.append((json.loads(process.stdout.readline()), get(port, "/ledger/checkpoint")[1]))
            if start == 1:
                assert get(port, urlsplit(told[0][0]["sign_in"]).path)[0] == 410  # the later link is the one that holds
                assert sign_in(port, urlsplit(told[1][0]["sign_in"]).path) == 302
    assert told[0][0]["sign_in"] != told[1][0]["sign_in"]
    assert "sign_in" not in told[2][0]
    assert told[0][1] == told[1][1] == told[2][1]


def sign_in(port: int, path: str) -> int:
    """Presses the button of a one-time link, as a browser does; the status of the answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        shown = connection.getresponse()
        cookie, page = shown.headers["Set-Cookie"].split(";")[0], shown.read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{port}"}
        connection.request("POST", path, urlencode({"csrfmiddlewaretoken": token}), headers)
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_start_says_how_to_get_another_link(data_folder):
    with served("run", data=data_folder, port=free_port()) as process:
        said = "".join(iter(process.stdout.readline, "  Ctrl-C ends it.\n"))
    assert "/staff/in/" in said
    assert "./tuidang staff link NAME" in said
    done = run("staff", "link", "operator", data=data_folder)
    assert done.returncode == 0
    assert "/staff/in/" in done.stdout


@pytest.mark.parametrize("line", ["run", "count", "demo --once"])
def test_a_file_in_place_of_the_folder_is_called_one(line, data_folder):
    data_folder.write_text("mine")
    done = run(*line.split(), data=data_folder)
    assert done.returncode == 2
    assert "is a file, not a folder" in done.stderr
    assert "--data" in done.stderr


@pytest.mark.fault
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_site_and_signer(number, data_folder, database_url):
    port = free_port()
    with served("run", data=data_folder, database_url=database_url, port=port) as process:
        below = children(process.pid)
        assert any("tlog.signer" in line for line in below.values())
        assert any("granian" in line for line in below.values())
        process.send_signal(number)
        process.wait(30)
        assert process.returncode == 0
        wait_until(lambda: not any(map(alive, below)), 10)
    assert not answers(port)


@pytest.mark.fault
def test_a_killed_supervisor_leaves_nobody_behind(data_folder, database_url):
    port = free_port()
    with served("run", data=data_folder, database_url=database_url, port=port) as process:
        below = children(process.pid)
        process.kill()
        wait_until(lambda: not any(map(alive, below)), 10)
    assert not answers(port)


@pytest.mark.fault
@pytest.mark.parametrize("victim", ["tlog.signer", "granian"])
def test_what_was_killed_is_started_again(victim, data_folder, database_url):
    port = free_port()
    with served("run", data=data_folder, database_url=database_url, port=port) as process:
        time.sleep(5)  # whoever ends sooner after its start is not started again
        below = children(process.pid)
        (first,) = [pid for pid, line in children(process.pid).items() if victim in line and _parent(pid) == process.pid]
        os.kill(first, signal.SIGKILL)
        wait_until(
            lambda: any(victim in line and pid != first and _parent(pid) == process.pid for pid, line in children(process.pid).items())
        )
        wait_until(lambda: answers(port))
        left = {pid for pid in below if pid != first and victim in below[pid]}
        wait_until(lambda: not any(map(alive, left)), 5)  # a worker that outlives its server would be a second writer
        assert run("doctor", "--json", data=data_folder, database_url=database_url).returncode == 0
        assert process.poll() is None


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_two_at_once_on_one_folder_are_refused_in_words(data_folder, database_url):
    port = free_port()
    with served("run", data=data_folder, database_url=database_url, port=port) as process:
        second = run("run", "--port", str(free_port()), data=data_folder, database_url=database_url)
        assert second.returncode == 2
        assert f"process {process.pid}" in second.stderr
        assert "--data" in second.stderr
        assert answers(port)


def test_a_port_in_use_is_said_before_anything_is_made(data_folder):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = run("run", "--port", str(other.getsockname()[1]), data=data_folder)
    assert done.returncode == 2
    assert "--port" in done.stderr
    assert not data_folder.exists()


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "８０"])
def test_a_port_that_is_none_is_refused(port, data_folder):
    done = run("run", "--port", port, data=data_folder)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_folder_that_cannot_be_made_is_named(data_folder):
    data_folder.parent.joinpath("file").write_text("")
    done = run("run", "--port", str(free_port()), "--data", "file/data", data=data_folder)
    assert done.returncode == 2
    assert "file" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_full_disk_is_said_in_words(data_folder):
    import resource
    import subprocess

    from tests.demo.program import command, environment

    def small() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    done = subprocess.run(
        command("run", "--port", str(free_port())),
        env=environment(data_folder, ""),
        cwd=data_folder.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=small,
    )
    assert done.returncode == 2
    assert "tuidang: " in done.stderr
    assert "Traceback" not in done.stderr


def test_nobody_else_can_read_the_folders(data_folder, database_url):
    with served("run", data=data_folder, database_url=database_url, port=free_port()):
        pass
    made = [path for path in data_folder.parent.iterdir() if path.name.startswith("data")]
    assert {path.name for path in made} == {"data", "data.keys", "data.lock", "data.offline", "data.signer"}
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in made} == {0}


def test_logs_hold_nothing_of_what_was_sent(data_folder, database_url):
    port = free_port()
    canary = "canary4711"
    with served("run", data=data_folder, database_url=database_url, port=port) as process:
        for path in (f"/{canary}/", f"/en/?{canary}", f"/staff/in/{canary}/", f"/t.php?act={canary}", f"/en/statements/?before={canary}"):
            get(port, path)
        process.send_signal(signal.SIGTERM)
        written = "".join(process.communicate(timeout=30))
    assert canary not in written


def test_a_register_with_a_public_name_begins_closed(data_folder, database_url):
    port = free_port()
    with served("run", "--json", data=data_folder, database_url=database_url, port=port, TUIDANG_HOSTS="register.example") as process:
        assert json.loads(process.stdout.readline())["register"] == "public"
        assert get(port, "/ledger/log.vkey")[1].startswith("register.example/ledger+")
        assert get(port, "/en/declare/")[0] == 503
