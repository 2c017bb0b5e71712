"""The signer is held up by nobody: silent clients, faults, a log that nobody reads, a machine that has run out of something."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.tlog.signer_process import ORIGIN, Process, answers_within, signed_by
from tests.tlog.small_tree import SmallTree, entry_of

from tlog import signer, signer_wire
from tlog.signer_client import SignerClient, SignerUnreachableError

NOTHING = SmallTree()
ONE = NOTHING.plus(entry_of(0))
TWO = ONE.plus(entry_of(1))


@pytest.fixture
def where(tmp_path: Path) -> Path:
    signer.create(tmp_path / "keys", tmp_path / "lock", ORIGIN)
    return tmp_path


@pytest.fixture
def served(where: Path):
    process = Process(where)
    process.start()
    yield process
    process.stop(signal.SIGKILL)


def test_a_client_that_trickles_is_cut_off(where, monkeypatch):
    monkeypatch.setattr(signer_wire.read_line, "__defaults__", (0.2,))
    the = signer.load(where / "keys", where / "lock")
    path = where / "signer.sock"
    with signer.listening(path) as listener, signer_wire.address(path) as address, socket.socket(socket.AF_UNIX) as silent:
        silent.connect(address)
        threading.Thread(target=trickle, args=(silent,), daemon=True).start()
        connection, _ = listener.accept()
        began = time.monotonic()
        with connection:
            signer._serve_one(the, connection)
        assert time.monotonic() - began < 2


def trickle(connection: socket.socket) -> None:
    """One byte now and then: each comes in time, the line never does."""
    try:
        while True:
            connection.sendall(b" ")
            time.sleep(0.02)
    except OSError:
        return


def test_a_client_that_says_nothing_is_cut_off_sooner(where, monkeypatch):
    monkeypatch.setattr(signer, "FIRST_BYTE_SECONDS", 0.1)
    ours, theirs = socket.socketpair()
    began = time.monotonic()
    with ours, theirs:
        signer._serve_one(signer.load(where / "keys", where / "lock"), theirs)
    assert time.monotonic() - began < 2


def test_silent_clients_in_every_thread_and_in_the_queue_do_not_keep_others_out(served):
    with contextlib.ExitStack() as stack:
        address = stack.enter_context(signer_wire.address(served.socket))
        for _ in range(signer.AT_ONCE + signer.WAITING + 1):
            silent = stack.enter_context(socket.socket(socket.AF_UNIX))
            silent.connect(address)
        began = time.monotonic()
        assert SignerClient(served.socket, seconds=30).lock().size == 0
        assert time.monotonic() - began < signer_wire.SECONDS


def test_a_client_waits_while_the_queue_is_full(tmp_path):
    path = tmp_path / "signer.sock"
    with signer_wire.address(path) as address, socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as first:
        listener.bind(address)
        listener.listen(0)
        first.connect(address)
        with pytest.raises(SignerUnreachableError, match="too many"):
            SignerClient(path, seconds=0.1).lock()
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(SignerClient(path, seconds=20).sign, ONE.request(NOTHING))
            time.sleep(0.2)
            listener.accept()[0].close()
            connection, _ = listener.accept()
            with connection:
                signer_wire.read_line(connection)
                connection.sendall(b'{"signature": "line"}\n')
            assert asked.result() == "line"


class StopError(BaseException):
    """Ends the loop that has no end."""


class Listener:
    """Its first accept fails, the next two yield a connection, the fourth ends the loop."""

    def __init__(self, connections: list[socket.socket]) -> None:
        self.left: list[object] = [OSError(errno.EMFILE, "Too many open files"), *connections, StopError()]

    def accept(self) -> tuple[object, None]:
        found = self.left.pop(0)
        if isinstance(found, BaseException):
            raise found
        return found, None


def test_out_of_descriptors_and_out_of_threads_it_lives_on(where, monkeypatch):
    begin, starts = threading.Thread.start, iter([RuntimeError("can't start new thread")])

    def start(thread: threading.Thread) -> None:
        for error in starts:
            raise error
        begin(thread)

    monkeypatch.setattr(threading.Thread, "start", start)
    pairs = [socket.socketpair(), socket.socketpair()]
    with contextlib.ExitStack() as stack:
        for end in (end for pair in pairs for end in pair):
            stack.enter_context(end)
        with pytest.raises(StopError):
            signer.answer_all(signer.load(where / "keys", where / "lock"), Listener([pair[1] for pair in pairs]))
        assert pairs[0][0].recv(1) == b"", "hung up on, so it asks again"
        pairs[1][0].sendall(b'{"do": "status"}\n')
        assert signer_wire.read_line(pairs[1][0])["stopped"] is None


def test_a_fault_in_one_request_is_said_without_its_content_and_ends_nothing_else(served):
    served.stop()
    fault = "import tlog.signer as s, sys\ndef answer(*_): raise KeyError('secret')\ns.answer = answer\nsys.exit(s.main())"
    process = Process(served.socket.parent.parent)
    process.process = subprocess.Popen([sys.executable, "-c", fault, *process.command[3:], "serve"], stderr=subprocess.PIPE, text=True)
    try:
        assert "started" in process.process.stderr.readline()
        for _ in range(signer.AT_ONCE + 1):
            with pytest.raises(SignerUnreachableError):
                process.client.lock()
        said = process.stop()
    finally:
        process.process.kill()
    assert "secret" not in said
    assert said.splitlines()[0] == "tlog-signer: a request ended in a fault of the signer: KeyError"


def test_what_it_signs_again_is_not_written_down_again(served):
    for _ in range(3):
        served.client.sign(ONE.request(NOTHING))
    assert served.stop().count("signed size") == 1


def test_a_log_that_nobody_reads_does_not_stop_it(where):
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writer, bytes(4096))
    os.set_blocking(writer, True)
    process = Process(where)
    process.process = subprocess.Popen([*process.command, "serve"], stderr=writer)
    try:
        answers_within(process, 20)
        process.client.sign(ONE.request(NOTHING))
        process.client.sign(TWO.request(ONE))
        process.process.terminate()
        assert process.process.wait(timeout=10) == 0
    finally:
        process.process.kill()
        process.process.wait()
        os.close(reader)
        os.close(writer)


def test_without_a_standard_error_it_signs_and_writes_its_log_nowhere(where):
    process = Process(where)
    process.process = subprocess.Popen(["sh", "-c", 'exec "$@" 2>&- >&- <&-', "sh", *process.command, "serve"])
    try:
        answers_within(process, 20)
        assert signed_by(process.client, ONE, process.client.sign(ONE.request(NOTHING)))
        assert process.client.lock().size == 1
        assert b"tlog-signer" not in (where / "lock" / "lock").read_bytes()
    finally:
        process.process.kill()
        process.process.wait()


def test_a_living_signer_keeps_its_socket_even_while_it_answers_nobody(where):
    path = where / "signer.sock"
    with signer.listening(path) as listener:
        listener.close()
        with pytest.raises(signer.SignerStartError, match="already"), signer.listening(path):
            pass
        assert path.exists()
    with signer.listening(path):
        pass
