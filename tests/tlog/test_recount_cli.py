"""`tlog-verify` as it is called: exit codes, both forms of answers, and that nothing it is fed makes it fall over."""

import functools
import json
import os
import signal
import socket
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tlog.build import KEY, OTHER_KEY, Log, canonical, codes, declare, opening, put

from tlog.cli import main
from tlog.progress import Progress

KEY_TEXT = str(KEY.verifier)


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


def command(*arguments: object, **options) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-m", "tlog.cli", *map(str, arguments)], text=True, **options)


def test_a_recount_for_people_says_what_it_proves(folder, capsys):
    code, out, err = run(capsys, "recount", folder, "--key", KEY_TEXT)
    assert (code, err) == (0, "")
    assert out.startswith("Valid.\n")
    assert "\nCount    300\n" in out
    assert "not that each entry is a different person" in out
    assert "Without --seen" in out


def test_with_seen_nothing_is_left_to_warn_of(folder, capsys, tmp_path):
    code, out, _ = run(capsys, "recount", folder, "--key", KEY_TEXT, "--seen", tmp_path / "seen")
    assert code == 0
    assert "Without --seen" not in out


def test_the_key_may_lie_in_a_file(folder, capsys):
    assert run(capsys, "recount", folder, "--key", folder / "log.vkey")[0] == 0


def test_a_recount_for_programs(folder, capsys):
    code, out, _ = run(capsys, "recount", folder, "--key", KEY_TEXT, "--json")
    assert code == 0
    assert json.loads(out)["count"] == 300


def test_an_invalid_log_is_named_for_programs_and_people(folder, capsys):
    put(folder, "tile/entries/000", bytes(98 * 256))
    code, out, err = run(capsys, "recount", folder, "--key", KEY_TEXT, "--json")
    assert (code, err) == (1, "")
    answer = json.loads(out)
    assert answer["valid"] is False
    assert answer["error"]["rule"] == "bundle"
    assert answer["error"]["path"] == "tile/entries/000"
    code, out, err = run(capsys, "recount", folder, "--key", KEY_TEXT)
    assert (code, out) == (1, "")
    assert err.startswith("Not valid. bundle: ")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["recount", "/nowhere", "--key", KEY_TEXT], 2),
        (["recount", "{log}", "--key", "nonsense"], 2),
        (["recount", "{log}", "--key", "é+é+é"], 2),
        (["recount", "{log}", "--key", "{log}"], 2),
        (["recount", "{log}", "--key", "{log}/checkpoint"], 2),
        (["recount", "{log}", "--key", "\udcff"], 2),
        (["recount", "{log}", "--key", str(OTHER_KEY.verifier)], 1),
        (["recount", "{log}/checkpoint", "--key", KEY_TEXT], 2),
        (["recount", "http://", "--key", KEY_TEXT], 2),
        (["recount", "HTTP://127.0.0.1:1/log", "--key", KEY_TEXT], 2),
        (["recount", "http://127.0.0.1:1/log?a=b", "--key", KEY_TEXT], 2),
        (["recount", "http://127.0.0.1:99999/log", "--key", KEY_TEXT], 2),
        (["recount", "http://a:b@127.0.0.1:1/log", "--key", KEY_TEXT], 2),
        (["recount", "http://[", "--key", KEY_TEXT], 2),
        (["recount", "http://127.0.0.1:1/log", "--key", KEY_TEXT], 2),
        (["recount", "http://127.0.0.1:x/log", "--key", KEY_TEXT], 2),
        (["recount", "{log}", "--key", KEY_TEXT, "--seen", "{log}"], 2),
        (["recount", "{log}", "--key", KEY_TEXT, "--seen", "{log}/tile/0/000"], 2),
        (["consistency", "{log}", "/nowhere", "--key", KEY_TEXT], 2),
        (["consistency", "{log}", "{log}/log.vkey", "--key", KEY_TEXT], 1),
        (["receipt", "/nowhere", "--key", KEY_TEXT], 2),
        (["receipt", "{log}", "--key", KEY_TEXT], 2),
        (["receipt", "{log}/checkpoint", "--key", KEY_TEXT], 1),
    ],
)
def test_what_cannot_be_right_has_an_exit_code_and_no_traceback(arguments, code, folder, capsys):
    arguments = [argument.format(log=folder) for argument in arguments]
    found, out, err = run(capsys, *arguments)
    assert (found, out) == (code, "")
    assert err.startswith("Not valid. " if code == 1 else "Could not be checked. ")
    found, out, err = run(capsys, *arguments, "--json")
    assert (found, err) == (code, "")
    assert json.loads(out)["valid"] is False


@pytest.mark.parametrize(
    ("damage", "code", "words"), [(b"", 1, "nothing in it"), (b"log.example\n5", 1, "no signatures"), (None, 2, "missing")]
)
def test_a_checkpoint_that_is_there_and_wrong_is_invalid_and_one_that_is_not_there_is_missing(damage, code, words, folder, capsys):
    (folder / "checkpoint").unlink()
    if damage is not None:
        put(folder, "checkpoint", damage)
    found, _, err = run(capsys, "recount", folder, "--key", KEY_TEXT)
    assert found == code
    assert words in err


def test_tiles_of_earlier_sizes_are_not_read_and_those_of_the_checkpoint_all_are(tmp_path, capsys):
    log = opening()
    log.add(*map(declare, range(300)))
    log.publish(tmp_path, sizes=(84, 300))
    for path in ("tile/0/000.p/84", "tile/entries/000.p/84", "tile/0/001.p/44", "tile/entries/001.p/44"):
        put(tmp_path, path, (tmp_path / path).read_bytes()[:-1] + b"x")
    assert run(capsys, "recount", tmp_path, "--key", KEY_TEXT)[0] == 0
    needed = ["tile/0/000", "tile/0/001.p/46", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/46"]
    for path in needed:
        sound = (tmp_path / path).read_bytes()
        put(tmp_path, path, sound[:-1] + bytes([sound[-1] ^ 1]))
        assert run(capsys, "recount", tmp_path, "--key", KEY_TEXT)[0] == 1
        put(tmp_path, path, sound)


@pytest.mark.parametrize("data", [b"root:x:0:0\n", b"", b"{}", b'{"type":"tuidang/v1/receipt"}'])
def test_what_is_no_receipt_is_called_so(data, tmp_path, capsys):
    put(tmp_path, "file", data)
    code, _, err = run(capsys, "receipt", tmp_path / "file", "--key", KEY_TEXT)
    assert code == 1
    assert "this is not a receipt" in err


@pytest.mark.parametrize(
    "arguments", [[], ["recount"], ["recount", "x"], ["recount", "x", "--key"], ["nonsense"], ["receipt", "--key", "x"]]
)
def test_wrong_arguments_are_exit_code_2(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["recount", "--help"], ["consistency", "--help"], ["receipt", "--help"], ["promise", "--help"], ["mirrors", "--help"]],
)
def test_help_is_there(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 0
    assert "usage: tlog-verify" in capsys.readouterr().out


@settings(max_examples=50, deadline=None)
@given(data=st.binary(max_size=300), path=st.sampled_from(["checkpoint", "tile/0/000", "tile/entries/000", "tile/1/000.p/1"]))
def test_rubbish_in_place_of_a_file_is_no_traceback(tmp_path_factory, data, path):
    log = opening()
    log.add(*map(declare, range(300)))
    folder = tmp_path_factory.mktemp("log")
    log.publish(folder)
    put(folder, path, data)
    assert main(["recount", str(folder), "--key", KEY_TEXT, "--json"]) == 1


@settings(max_examples=50, deadline=None)
@given(data=st.binary(max_size=300))
def test_rubbish_is_no_receipt(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("receipt")
    put(folder, "receipt", data)
    assert main(["receipt", str(folder / "receipt"), "--key", KEY_TEXT]) in (1, 2)


# -- Receipts

VECTOR = json.loads((Path(__file__).parent / "vectors" / "receipt.json").read_text())


def test_a_valid_receipt_is_shown(tmp_path, capsys):
    put(tmp_path, "receipt.json", VECTOR["receipts"][0]["receipt"].encode())
    code, out, err = run(capsys, "receipt", tmp_path / "receipt.json", "--key", VECTOR["key"])
    assert (code, err) == (0, "")
    assert out.startswith("Valid.\n")
    assert f"Registry number  {VECTOR['receipts'][0]['index']}\n" in out
    assert "not that the entry still counts" in out
    code, out, _ = run(capsys, "receipt", tmp_path / "receipt.json", "--key", VECTOR["key"], "--json")
    assert code == 0
    assert json.loads(out)["registry_number"] == VECTOR["receipts"][0]["index"]


def test_a_receipt_under_another_key_is_not_valid(tmp_path, capsys):
    put(tmp_path, "receipt.json", VECTOR["receipts"][0]["receipt"].encode())
    code, out, _ = run(capsys, "receipt", tmp_path / "receipt.json", "--key", KEY_TEXT, "--json")
    assert code == 1
    assert json.loads(out)["error"]["rule"] == "signature"


# -- Consistency


@pytest.fixture
def two(tmp_path):
    log = opening()
    log.add(*map(declare, range(100)))
    log.publish(tmp_path / "old")
    log.add(*map(declare, range(100, 900)))
    log.publish(tmp_path / "new", sizes=(102,))
    return tmp_path


@pytest.mark.parametrize("old", ["old", "old/checkpoint", "new"])
@pytest.mark.parametrize("new", ["new", "new/checkpoint"])
def test_a_log_that_grew_is_consistent(two, old, new, capsys):
    code, out, _ = run(capsys, "consistency", two / old, two / new, "--key", KEY_TEXT)
    assert code == 0
    assert "begins with" in out


def consistency(two, capsys) -> str:
    code, out, _ = run(capsys, "consistency", two / "old", two / "new", "--key", KEY_TEXT, "--json")
    answer = json.loads(out)
    return "valid" if code == 0 else answer["error"]["rule"]


def test_consistency_for_programs(two, capsys):
    code, out, _ = run(capsys, "consistency", two / "old", two / "new", "--key", KEY_TEXT, "--json")
    assert code == 0
    assert json.loads(out) == {"valid": True, "origin": KEY.name, "old_entries": 102, "new_entries": 902}


@pytest.mark.parametrize("size", [1, 64, 102, 255, 256, 257, 902])
def test_another_log_is_a_fork(two, size, capsys):
    other = Log()
    other.add(*map(declare, range(5000, 5000 + size)))
    put(two, "old/checkpoint", other.checkpoint())
    assert consistency(two, capsys) == "fork"


def test_an_empty_log_is_the_beginning_of_any(two, capsys):
    put(two, "old/checkpoint", Log().checkpoint())
    assert consistency(two, capsys) == "valid"


def test_the_other_way_round_is_rolled_back(two, capsys):
    (two / "old").rename(two / "older")
    (two / "new").rename(two / "old")
    (two / "older").rename(two / "new")
    assert consistency(two, capsys) == "rolled-back"


def test_damaged_tiles_are_no_fork(two, capsys):
    put(two, "new/tile/0/000", bytes(8192))
    assert consistency(two, capsys) == "proof"


def test_a_missing_tile_is_named(two, capsys):
    (two / "new/tile/0/000").unlink()
    assert consistency(two, capsys) == "missing"


# -- As a process


def test_who_reads_no_further_is_not_complained_about(folder):
    process = command("recount", folder, "--key", KEY_TEXT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    assert process.wait(timeout=30) == 0
    assert process.stderr.read() == ""


def test_an_interruption_is_exit_code_130_without_words(tmp_path):
    # A shell that started the tests in the background has them, and all they start, ignore SIGINT.
    listening = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # it takes connections and never says a word
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/log"
        process = command("recount", address, "--key", KEY_TEXT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=listening)
        silent.accept()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, "", "")


PIPED = [
    ("checkpoint", ["recount", "{log}", "--key", KEY_TEXT]),
    ("tile/0/000", ["recount", "{log}", "--key", KEY_TEXT]),
    ("tile/entries/000", ["recount", "{log}", "--key", KEY_TEXT]),
    (f"list/{sha256(canonical(codes())).hexdigest()}", ["recount", "{log}", "--key", KEY_TEXT]),
    ("seen", ["recount", "{log}", "--key", KEY_TEXT, "--seen", "{log}/seen"]),
    ("seen.lock", ["recount", "{log}", "--key", KEY_TEXT, "--seen", "{log}/seen"]),
    ("log.vkey", ["recount", "{log}", "--key", "{log}/log.vkey"]),
    ("receipt", ["receipt", "{log}/receipt", "--key", KEY_TEXT]),
    ("old", ["consistency", "{log}/old", "{log}", "--key", KEY_TEXT]),
]


@pytest.mark.parametrize(("path", "arguments"), PIPED, ids=[path[:10] for path, _ in PIPED])
def test_a_pipe_in_place_of_a_file_keeps_nobody_waiting(path, arguments, folder):
    (folder / path).unlink(missing_ok=True)
    os.mkfifo(folder / path)
    process = command(*(part.format(log=folder) for part in arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = process.communicate(timeout=20)
    # A lock file is only locked, and whether it is a pipe is all the same.
    assert process.returncode == (0 if path == "seen.lock" else 2), (out, err)


def test_a_fault_of_this_program_never_says_that_a_log_is_invalid(folder, capsys, monkeypatch):
    for error in (MemoryError(), ZeroDivisionError("x"), RecursionError()):

        def fail(*_arguments: object, error: Exception = error, **_options: object) -> None:
            raise error

        monkeypatch.setattr("tlog.cli.recount", fail)
        code, _, err = run(capsys, "recount", folder, "--key", KEY_TEXT)
        assert code == 2
        assert err.startswith("Could not be checked. unreadable: ")


def test_an_answer_that_cannot_be_written_is_none(folder):
    with Path("/dev/full").open("w") as full:
        assert command("recount", folder, "--key", KEY_TEXT, stdout=full).wait(timeout=30) == 2


def test_an_argument_that_is_not_utf_8_is_no_traceback(folder):
    key = b"\xff+00000000+AQ" + b"A" * 42
    process = subprocess.run([sys.executable, "-m", "tlog.cli", "recount", folder, "--key", key], capture_output=True, check=False)
    assert process.returncode == 2
    assert process.stderr.startswith(b"Could not be checked. ")


def test_the_environment_can_leave_numpy_out(folder):
    answers = []
    for value in ("0", "1"):
        process = command("recount", folder, "--key", KEY_TEXT, "--json", stdout=subprocess.PIPE, env={**os.environ, "TLOG_NUMPY": value})
        answers.append(process.communicate(timeout=30)[0])
    assert answers[0] == answers[1]
    assert json.loads(answers[0])["count"] == 300


class Terminal:
    def __init__(self, *, terminal: bool = True):
        self.terminal = terminal
        self.written = ""

    def isatty(self):
        return self.terminal

    def write(self, text):
        self.written += text

    def flush(self):
        pass


def test_progress_is_shown_on_a_terminal_after_a_second():
    now = [0.0]
    terminal, pipe = Terminal(), Terminal(terminal=False)
    shown, hidden = Progress(terminal, lambda: now[0]), Progress(pipe, lambda: now[0])
    for seconds in (0.5, 0.9):
        now[0] = seconds
        shown(10, 100)
    assert terminal.written == ""
    now[0] = 2.0
    shown(20, 100)
    hidden(20, 100)
    assert "20 of 100 entries, 20 %, about 8 s left" in terminal.written
    shown.clear()
    assert terminal.written.endswith("\r\x1b[K")
    assert pipe.written == ""
