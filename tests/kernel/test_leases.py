"""Leases and loops: one holder at a time, gone by themselves after a crash; a loop outlives every failure of a step."""

import logging
import threading

import pytest
from django.db import connection

from tuidang.kernel.leases import lease
from tuidang.kernel.loops import Loop, run_step, start

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_holder_at_a_time():
    with lease("sealing") as first:
        assert first
        with lease("sealing") as second, lease("other") as third:
            assert not second
            assert third
    with lease("sealing") as again:
        assert again


def test_a_lease_is_given_back_after_an_error():
    with pytest.raises(ZeroDivisionError), lease("sealing"):
        raise ZeroDivisionError
    with lease("sealing") as again:
        assert again


def test_after_a_crash_it_runs_out(tmp_path, monkeypatch):
    clock = tmp_path / "clock"
    monkeypatch.setenv("TUIDANG_CLOCK_FILE", str(clock))
    holding = lease("sealing", seconds=60)
    assert holding.__enter__()
    with lease("sealing") as other:
        assert not other
    clock.write_text("61")
    with lease("sealing", seconds=600) as other:
        assert other
        holding.__exit__(None, None, None)
        with lease("sealing") as third:
            assert not third, "whose lease ran out gives back nothing of the next holder's"


def test_many_threads_ask_and_one_gets_it():
    together, taken, end = threading.Barrier(8), [], threading.Barrier(8)

    def ask():
        together.wait()
        with lease("sealing") as ours:
            taken.append(ours)
            end.wait()
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False] * 7 + [True]


def test_a_step_whose_lease_another_has_is_left_out():
    done = []
    with lease("one"):
        assert not run_step(Loop("one", lambda: bool(done.append(1)), 0))
    assert done == []
    run_step(Loop("one", lambda: bool(done.append(1)), 0))
    assert done == [1]


def test_a_loop_goes_on_after_a_failure_and_logs_no_content(caplog):
    turns, enough = [], threading.Event()

    def step() -> bool:
        turns.append(1)
        if len(turns) == 1:
            raise ValueError("something that a person typed")
        connection.close()
        enough.set()
        return False

    with caplog.at_level(logging.ERROR, logger="tuidang.loops"):
        stop = start([Loop("failing", step, 0.01)])
        assert enough.wait(10)
        stop.set()
    assert "ValueError" in caplog.text
    assert "typed" not in caplog.text
    for thread in threading.enumerate():
        if thread.name == "loop-failing":
            thread.join(5)
