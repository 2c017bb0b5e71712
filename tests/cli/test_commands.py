"""Every command: help without traces, errors in words, exit codes, and JSON where it is asked for."""

import json

import pytest
from tests.demo.program import run, served
from tests.served import free_port

COMMANDS = [
    "run",
    "demo",
    "seal",
    "count",
    "baseline",
    "void",
    "keys",
    "doctor",
    "staff",
    "staff invite",
    "staff link",
    "staff list",
    "staff revoke",
]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_asking_for_help_leaves_nothing_behind(command, data_folder):
    done = run(*command.split(), "--help", data=data_folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: tuidang")
    assert list(data_folder.parent.iterdir()) == []


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "staff"])
def test_every_command_can_answer_in_json(command, data_folder):
    assert "--json" in run(*command.split(), "--help", data=data_folder).stdout


@pytest.mark.parametrize(
    "arguments", [[], ["nothing"], ["count", "--nothing"], ["run", "--port"], ["baseline", "--total", "x", "--source", "y"]]
)
def test_what_cannot_be_understood_is_said_so(arguments, data_folder):
    done = run(*arguments, data=data_folder)
    assert done.returncode == 2
    assert "usage: tuidang" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("line", ["count", "seal --now", "doctor", "keys", "staff list", "baseline --total 1 --source x"])
def test_without_a_register_nothing_is_made(line, data_folder):
    done = run(*line.split(), data=data_folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert "tuidang run" in done.stderr
    assert list(data_folder.parent.iterdir()) == []


@pytest.mark.parametrize("address", ["mysql://x", "postgresql://nobody@127.0.0.1:1/none"])
def test_a_database_that_cannot_be_used_is_said_without_a_traceback(address, data_folder):
    assert_refused(run("count", data=data_folder, database_url=address))


def test_a_wrong_setting_is_named_without_a_traceback(data_folder):
    assert_refused(run("count", data=data_folder, TUIDANG_K="few"))


def assert_refused(done) -> None:
    assert done.returncode == 2
    assert done.stderr.startswith("tuidang: ")
    assert "Traceback" not in done.stderr


def test_the_commands_of_an_operator_work_beside_the_site(data_folder, database_url):
    def asked(*arguments: str) -> tuple[int, object]:
        done = run(*arguments, "--json", data=data_folder, database_url=database_url)
        return done.returncode, json.loads(done.stdout)

    with served("run", data=data_folder, database_url=database_url, port=free_port()):
        assert asked("doctor")[0] == 0
        code, before = asked("count")
        assert (code, before["count"], before["baseline"]) == (0, 0, 0)
        assert asked("baseline", "--total", "466912443", "--source", "an earlier register")[0] == 0
        code, report = asked("seal", "--now")
        assert (code, report["sealed"]) == (0, 1)
        assert asked("count")[1]["baseline"] == 466_912_443
        assert asked("keys")[1]["origin"].startswith("localhost/TRIAL-")
        assert asked("staff", "invite", "--name", "A reviewer", "--role", "reviewer")[0] == 0
        assert [member["name"] for member in asked("staff", "list")[1]] == ["A reviewer", "operator"]


def test_a_register_that_is_stopped_is_sealed_by_a_signer_of_its_own_and_is_not_called_broken(data_folder):
    with served("run", data=data_folder, port=free_port()):
        pass
    run("baseline", "--total", "1", "--source", "x", data=data_folder)
    done = run("seal", "--now", data=data_folder)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert "1 entries sealed" in done.stdout
    assert not (data_folder.with_name("data.signer") / "signer.sock").exists()
    checked = run("doctor", data=data_folder)
    assert checked.returncode == 0
    assert "it is stopped: `./run` starts" in checked.stdout
    assert "broken\n" not in checked.stdout


def test_what_cannot_be_used_shows_the_usage_of_its_command(data_folder):
    done = run("run", "--bogus", data=data_folder)
    assert done.returncode == 2
    assert "--port" in done.stderr
    assert "unrecognized arguments: --bogus" in done.stderr


@pytest.mark.parametrize("line", ["demo cheat --data elsewhere", "--data elsewhere demo cheat"])
def test_the_data_folder_may_be_named_before_or_after_the_command(line, data_folder):
    done = run(*line.split(), data=data_folder)
    assert done.returncode == 2
    assert str(data_folder.with_name("elsewhere")) in done.stderr
