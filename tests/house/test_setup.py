"""The commands at the root, on machines that lack something: each says what it needs, in the reader's language."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHONS = ("python3", "python3.11", "python3.12", "python3.13", "python3.14")
COMMANDS = ("run", "test", "tuidang", "tlog-verify", "tlog-signer")


@pytest.fixture
def checkout(tmp_path):
    """The commands and what they read, in a path with spaces, without an environment."""
    place = tmp_path / "my register"
    place.mkdir()
    for name in COMMANDS:
        shutil.copy2(ROOT / name, place)
    for name in ("setup", "requirements"):
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy2(ROOT / "pyproject.toml", place)
    return place


@pytest.fixture
def stubs(tmp_path):
    """A folder before all others in PATH, and a function that puts a small program into it."""
    folder = tmp_path / "stubs"
    folder.mkdir()

    def put(name, script):
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)

    put("id", "echo 1000")
    return folder, put


def call(command, *arguments, stubs=None, lang="C.UTF-8", cwd="/"):
    path = os.pathsep.join(str(each) for each in (stubs, "/usr/bin", "/bin") if each)
    env = {"PATH": path, "LANG": lang, "HOME": "/nonexistent"}
    return subprocess.run([command, *arguments], env=env, cwd=cwd, check=False, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(("lang", "words"), [("en_GB.UTF-8", "Ctrl+C stops it"), ("zh_CN.UTF-8", "停止"), ("zh_TW.UTF-8", "資料夾")])
def test_help_needs_no_set_up_and_speaks_the_language_of_the_terminal(checkout, lang, words):
    answer = call(checkout / "run", "--help", lang=lang)
    assert answer.returncode == 0
    assert words in answer.stdout
    assert not (checkout / ".venv").exists()


def test_a_command_finds_its_checkout_through_a_link(checkout, tmp_path):
    link = tmp_path / "run-it"
    link.symlink_to(checkout / "run")
    assert call(link, "--help").stdout == call(checkout / "run", "--help").stdout != ""


@pytest.mark.parametrize("command", COMMANDS)
def test_a_python_that_is_too_old_is_named(checkout, stubs, command):
    folder, put = stubs
    for name in PYTHONS:
        # Runs, says that it is 3.9, and fails every question whether it is new enough.
        put(name, 'case "$2" in *print*) echo 3.9 ;; *) exit 1 ;; esac')
    answer = call(checkout / command, stubs=folder)
    assert answer.returncode == 2
    assert "3.11" in answer.stderr
    assert "3.9" in answer.stderr


def test_who_may_not_install_is_told_what_to_type(checkout, stubs):
    folder, put = stubs
    put("apt-get", "exit 99")
    put("python3", f'case "$2" in *ensurepip*) exit 1 ;; esac; exec {sys.executable} "$@"')
    answer = call(checkout / "run", stubs=folder)
    assert answer.returncode == 2
    assert f"sudo apt-get install python3.{sys.version_info.minor}-venv" in answer.stderr


def test_a_failed_download_leaves_nothing_that_looks_finished(checkout, stubs):
    folder, put = stubs
    venv = checkout / ".venv" / "bin"
    # An environment made here, with a pip that finds no network.
    made = f'printf "#!/bin/sh\\n# {venv}/python\\n" >"{venv}/pip"; printf "#!/bin/sh\\necho no network; exit 1" >"{venv}/python"'
    pip = f'mkdir -p "{venv}"; {made}; chmod +x "{venv}"/*'
    put("python3", f'case "$*" in "-m venv"*) {pip} ;; *) exec {sys.executable} "$@" ;; esac')
    answer = call(checkout / "run", stubs=folder)
    assert answer.returncode == 2
    assert "no network" in answer.stderr
    assert not (checkout / ".venv" / "ready").exists()


@pytest.fixture
def ready(checkout):
    """The checkout with an environment that is what the locks say, whose `tuidang` prints its arguments."""
    made = checkout / ".venv" / "bin"
    made.mkdir(parents=True)
    (made / "python").symlink_to(sys.executable)
    (made / "tuidang").write_text('#!/bin/sh\nprintf "%s|" "$@"\n')
    (made / "tuidang").chmod(0o755)
    mark = f'TUIDANG_HOME="{checkout}"; . "{checkout}/setup/venv.sh"; fingerprint .venv requirements/runtime.txt'
    (checkout / ".venv" / "ready").write_bytes(subprocess.run(["sh", "-c", mark], check=True, capture_output=True).stdout)
    return checkout


@pytest.mark.parametrize(
    ("given", "passed"),
    [
        ([], "run|"),
        (["--port", "9"], "run|--port|9|"),
        (["demo", "--once"], "demo|--once|"),
        (["--data", "my world", "demo", "--once"], "demo|--data|my world|--once|"),
        (["--data=x", "demo", "cheat"], "demo|--data=x|cheat|"),
        (["--data", "demo", "--port", "9"], "run|--data|demo|--port|9|"),
        (["demo", "--data", "demo"], "demo|--data|demo|"),
        (["--bogus"], "run|--bogus|"),
    ],
)
def test_demo_may_be_named_before_or_after_its_options(ready, given, passed):
    assert call(ready / "run", *given).stdout == passed


def test_who_may_not_write_into_the_checkout_is_told_what_to_do(checkout):
    # Tests may run as root, who may write anywhere: the question is answered as it would be for another user.
    script = checkout / "setup" / "venv.sh"
    script.write_text(script.read_text().replace('[ -w "$TUIDANG_HOME" ]', "false"))
    answer = call(checkout / "run")
    assert answer.returncode == 2
    assert "copy that folder" in answer.stderr
    assert "denied" not in answer.stderr


def checks():
    """The module setup/checks.py, which is run as a script."""
    sys.path.insert(0, str(ROOT / "setup"))
    try:
        spec = importlib.util.spec_from_file_location("checks", ROOT / "setup" / "checks.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules["checks"] = module
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(str(ROOT / "setup"))


@pytest.mark.parametrize(
    ("ok", "tests", "code"),
    [(True, (3, 0, 0), 0), (True, (3, 1, 0), 1), (False, (3, 0, 0), 1), (True, (0, 0, 0), 1), (True, (3, 0, 1), 1)],
)
def test_the_checks_are_content_only_if_tests_ran_and_none_failed_or_was_skipped(ok, tests, code, capsys):
    module = checks()
    assert module.summary([module.Outcome("tests", ok, 1.0, tests)]) == code
    assert capsys.readouterr().out.endswith("\n{} passed, {} failed, {} skipped\n".format(*tests))


def test_a_run_of_pytest_that_wrote_no_report_counts_as_failed(tmp_path):
    assert checks().counts(tmp_path / "missing.xml") == (0, 1, 0)
