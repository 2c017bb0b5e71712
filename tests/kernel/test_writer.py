"""Writing in groups: one commit for all that waits, and nobody suffers from another's mistake."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from tuidang.kernel import writer
from tuidang.kernel.errors import BusyError
from tuidang.kernel.models import Lease
from tuidang.kernel.randomness import random_id
from tuidang.kernel.writer import GroupWriter, write

pytestmark = pytest.mark.django_db(transaction=True)


def note(name: str):
    def work() -> str:
        Lease.objects.create(name=name, holder=random_id(), until=0)
        return name

    return work


def fail():
    raise ZeroDivisionError


def end(the: GroupWriter) -> None:
    """Has its thread close its connection."""
    the.submit(lambda: transaction.on_commit(connection.close)).result(5)


def names() -> set[str]:
    return set(Lease.objects.values_list("name", flat=True))


@pytest.fixture
def group_writer():
    """A writer whose thread is kept busy until the event is set, so that a group comes together behind it."""
    the, go = GroupWriter(), threading.Event()
    the.submit(go.wait)
    yield the, go
    go.set()
    end(the)


def test_what_it_returns_is_durable():
    assert write(note("one")) == "one"
    assert names() == {"one"}


def test_one_bad_request_harms_no_other(group_writer):
    the, go = group_writer
    futures = [the.submit(work) for work in (note("a"), fail, note("b"), note("a"), note("c"))]
    go.set()
    assert futures[0].result(5) == "a"
    with pytest.raises(ZeroDivisionError):
        futures[1].result(5)
    assert futures[2].result(5) == "b"
    with pytest.raises(IntegrityError):
        futures[3].result(5)
    assert futures[4].result(5) == "c"
    assert names() == {"a", "b", "c"}


def test_a_fault_that_shows_only_at_the_commit_harms_no_other(group_writer):
    the, go = group_writer

    def under_a_key_that_is_not():
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO intake_declaration (id, key_id, day, persons, state, answered_twice, blob) VALUES (%s, 1, 0, 1, 0, %s, %s)",
                ["0" * 32, False, b""],
            )

    futures = [the.submit(work) for work in (note("a"), under_a_key_that_is_not, note("b"))]
    go.set()
    assert futures[0].result(5) == "a"
    with pytest.raises(IntegrityError):
        futures[1].result(5)
    assert futures[2].result(5) == "b"
    assert names() == {"a", "b"}


def test_a_group_is_one_commit(group_writer, monkeypatch):
    the, go = group_writer
    commits = []
    real = transaction.Atomic.__exit__
    monkeypatch.setattr(transaction.Atomic, "__exit__", lambda self, *how: (commits.append(self.savepoint), real(self, *how))[1])
    futures = [the.submit(threading.get_ident) for _ in range(50)]
    go.set()
    assert len({future.result(5) for future in futures}) == 1
    assert len(commits) <= 2


def test_from_many_threads_each_gets_its_own_answer():
    def one(number: int) -> str:
        try:
            return write(note(str(number)))
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(one, range(100))) == [str(number) for number in range(100)]
    assert len(names()) == 100


def test_inside_a_transaction_the_work_is_part_of_it():
    with transaction.atomic():
        write(note("one"))
        transaction.set_rollback(True)
    assert names() == set()


def test_a_queue_that_does_not_move_is_said_to_be_busy(monkeypatch):
    if connection.vendor != "sqlite":
        assert write(note("one")) == "one"
        return
    stuck, go = GroupWriter(), threading.Event()
    stuck.submit(go.wait)
    monkeypatch.setattr(writer, "_writer", stuck)
    monkeypatch.setattr(writer, "WAIT_SECONDS", 0.05)
    with pytest.raises(BusyError):
        write(note("one"))
    go.set()
    end(stuck)


def test_of_many_that_wait_those_beyond_the_bound_are_told_soon(monkeypatch):
    stuck, go = GroupWriter(), threading.Event()
    stuck.submit(go.wait)
    monkeypatch.setattr(writer, "_writer", stuck)
    monkeypatch.setattr(writer, "_places", threading.BoundedSemaphore(2))

    def one(number: int) -> object:
        try:
            return write(lambda: number)
        except BusyError:
            go.set()  # the others get on only now
            return "busy"
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        told = list(pool.map(one, range(3)))
    assert told.count("busy") == (1 if connection.vendor == "sqlite" else 0)
    go.set()
    end(stuck)
