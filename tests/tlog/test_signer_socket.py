"""The signer as a process behind its socket: what it answers, to whom, and how long it lets itself be held up."""

from __future__ import annotations

import json
import random
import signal
import socket
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.tlog.signer_process import ORIGIN, Process, signed_by
from tests.tlog.small_tree import SmallTree, entry_of

from tlog import signer, signer_wire
from tlog.clock import VARIABLE
from tlog.signer_client import LockMovedError, SignerClient, SignerRefusedError, SignerUnreachableError

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


def test_a_site_asks_for_the_lock_and_for_signatures(served):
    client = served.client
    assert (client.lock().size, client.lock().day, client.status().stopped) == (0, None, None)
    assert signed_by(client, ONE, client.sign(ONE.request(NOTHING)))
    assert signed_by(client, TWO, client.sign(TWO.request(ONE)))
    with pytest.raises(LockMovedError) as moved:
        client.sign(ONE.plus(entry_of(9)).request(ONE))
    assert (moved.value.state.size, moved.value.state.root) == (2, TWO.root)
    with pytest.raises(SignerRefusedError) as refused:
        client.sign(TWO.plus(entry_of(2, day=60_000)).request(TWO))
    assert refused.value.reason == "day-ahead"


def test_it_writes_starts_sizes_and_stops_and_nothing_else(served):
    served.client.sign(ONE.request(NOTHING))
    with pytest.raises(SignerRefusedError):
        served.client.sign(ONE.plus(entry_of(9)).request(NOTHING))
    assert served.stop().splitlines() == [
        "tlog-signer: started at size 0",
        "tlog-signer: signed size 1",
        "tlog-signer: stopped",
    ]
    assert not served.socket.exists()


def test_nobody_there_is_unreachable(tmp_path):
    for path in (tmp_path / "none.sock", tmp_path / "no-folder" / "none.sock"):
        with pytest.raises(SignerUnreachableError):
            SignerClient(path).lock()


def test_a_folder_deeper_than_a_socket_address_may_be_long(where):
    deep = where.joinpath(*["d" * 50] * 4)
    deep.mkdir(parents=True)
    assert len(str(deep)) > 200
    process = Process(where, deep / "signer.sock")
    process.start()
    assert process.client.lock().size == 0
    process.stop()


def test_a_second_signer_does_not_take_the_socket_of_a_living_one(served):
    second = served.run("serve")
    assert (second.returncode, "already" in second.stderr) == (2, True)
    assert served.client.lock().size == 0


def test_the_socket_is_for_owner_and_group(served):
    assert served.socket.stat().st_mode & 0o777 == 0o660


def raw(served: Process, data: bytes) -> dict[str, object]:
    with signer_wire.address(served.socket) as address, socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address)
        connection.sendall(data)
        return signer_wire.read_line(connection)


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"\xff\n",
        b"[]\n",
        b"1" * 5000 + b"\n",
        b"[" * 50_000 + b"\n",
        b'{"do": "status"}\n{"do": "status"}\n',
        b'{"do": "key"}\n',
        b'{"do": ["sign"]}\n',
        b'{"do": "sign"}\n',
        b'{"do": "sign", "old": 1, "new": {}, "consistency": 7, "entry": null, "inclusion": {}}\n',
        json.dumps({**ONE.request(NOTHING).members(), "entry": "00"}).encode() + b"\n",
        json.dumps({**ONE.request(NOTHING).members(), "new": {"size": True, "root": "00" * 32}}).encode() + b"\n",
        json.dumps({**ONE.request(NOTHING).members(), "new": {"size": -1, "root": "00" * 32}}).encode() + b"\n",
        json.dumps({**ONE.request(NOTHING).members(), "inclusion": ["zz" * 32]}).encode() + b"\n",
    ],
    ids=lambda line: line[:40].decode("ascii", "replace").strip(),
)
def test_a_line_that_is_no_request_is_refused_and_the_signer_lives_on(served, line):
    assert raw(served, line)["refused"] == "bad-request"
    assert served.client.lock().size == 0


def test_a_line_without_end_is_cut_off(served):
    with signer_wire.address(served.socket) as address, socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address)
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            connection.sendall(b"x" * 10_000_000)
    assert served.client.lock().size == 0


@pytest.mark.parametrize("reply", [b"{}\n", b"[]\n", b"?\n", b"", b'{"refused": "moved"}\n', b'{"lock": {}, "key": 1, "stopped": 0}\n'])
def test_what_listens_there_and_is_no_signer_counts_as_unreachable(tmp_path, reply):
    path = tmp_path / "signer.sock"
    with signer.listening(path) as listener, ThreadPoolExecutor(1) as pool:
        pool.submit(answer_twice, listener, reply)
        client = SignerClient(path)
        for ask in (client.status, lambda: client.sign(ONE.request(NOTHING))):
            with pytest.raises(SignerUnreachableError):
                ask()


def answer_twice(listener: socket.socket, reply: bytes) -> None:
    for _ in range(2):
        connection, _ = listener.accept()
        with connection:
            signer_wire.read_line(connection)
            connection.sendall(reply)


def test_commands_of_the_operator(tmp_path, monkeypatch):
    process = Process(tmp_path)
    assert process.run("status").returncode == 2
    made = process.run("init", "--origin", ORIGIN)
    assert made.returncode == 0
    assert made.stdout.startswith(f"{ORIGIN}+")
    again = process.run("init", "--origin", ORIGIN)
    assert (again.returncode, again.stdout) == (2, "")
    assert process.run("init", "--origin", "two words").returncode == 2
    signer.load(tmp_path / "keys", tmp_path / "lock").sign(ONE.request(NOTHING))
    monkeypatch.setenv(VARIABLE, str(tmp_path / "clock"))
    (tmp_path / "clock").write_text(str(40 * 86_400))
    stopped = process.run("status")
    assert (stopped.returncode, json.loads(stopped.stdout)["stopped"]) == (1, "clock-ahead")
    assert process.run("confirm").returncode == 0
    status = process.run("status")
    assert (status.returncode, json.loads(status.stdout)["key"]) == (0, made.stdout.strip())


def test_a_stop_is_confirmed_beside_a_running_signer_and_not_through_it(served, where, monkeypatch):
    served.stop()
    signer.load(where / "keys", where / "lock").sign(ONE.request(NOTHING))
    (where / "clock").write_text(str(40 * 86_400))
    monkeypatch.setenv(VARIABLE, str(where / "clock"))
    served.start()
    assert raw(served, b'{"do": "confirm"}\n')["refused"] == "bad-request"
    assert served.client.status().stopped == "clock-ahead"
    assert served.run("confirm").returncode == 0
    assert served.client.status().stopped is None
    assert served.client.sign(ONE.plus(entry_of(1)).request(ONE))


def test_started_without_its_lock_store_it_says_so_to_whoever_asks(where):
    (where / "lock" / "lock").unlink()
    process = Process(where)
    process.process = subprocess.Popen([*process.command, "serve"], stderr=subprocess.PIPE, text=True)
    assert "refuses to sign" in process.process.stderr.readline()
    for asked in (process.client.lock, lambda: process.client.sign(ONE.request(NOTHING))):
        with pytest.raises(SignerRefusedError) as caught:
            asked()
        assert caught.value.reason == "lock-missing"
    process.stop()


def test_of_many_threads_at_two_signers_over_one_store_exactly_one_wins(served, where):
    other = Process(where, where / "other.sock")
    other.start()
    clients = (served.client, other.client)
    tree = NOTHING
    for step in range(10):
        rivals = [tree.plus(entry_of(100 * step + number)) for number in range(6)]
        with ThreadPoolExecutor(6) as pool:
            won = list(pool.map(attempt, [clients[number % 2] for number in range(6)], rivals, [tree] * 6))
        assert won.count(True) == 1
        tree = rivals[won.index(True)]
        assert served.client.lock().root == other.client.lock().root == tree.root
    other.stop()


def attempt(client: SignerClient, rival: SmallTree, tree: SmallTree) -> bool:
    try:
        client.sign(rival.request(tree))
    except LockMovedError:
        return False
    return True


def test_killed_again_and_again_it_never_signs_a_fork(where):
    """After each kill the site tries another continuation; the one that the lock holds is the only one that gets a signature."""
    random.seed(20041203)
    served = Process(where)
    served.start()
    tree, rivals, signatures, kills = NOTHING, {}, {}, 0
    kill_soon(served)
    number = 0
    while kills < 12:
        number += 1
        rival = tree.plus(entry_of(number))
        rivals[rival.root] = rival
        try:
            line = served.client.sign(rival.request(tree))
        except SignerUnreachableError:
            served.process.communicate(timeout=20)
            kills += 1
            served.start()
            held = served.client.lock()
            tree = rivals.get(held.root, NOTHING)
            assert (held.size, held.root) == (len(tree), tree.root)
            if tree is not NOTHING:
                line = served.client.sign(tree.request(tree))
                assert signatures.setdefault(len(tree), (tree.root, line)) == (tree.root, line)
            kill_soon(served)
        else:
            tree = rival
            assert signatures.setdefault(len(tree), (tree.root, line)) == (tree.root, line)
    served.stop(signal.SIGKILL)
    assert len(signatures) > 12
    assert all(tree.first(size).root == root for size, (root, _) in signatures.items())


def kill_soon(served: Process) -> None:
    threading.Timer(random.uniform(0.001, 0.06), served.process.send_signal, (signal.SIGKILL,)).start()
