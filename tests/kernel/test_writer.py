"""Writing in groups: what is answered is durable, one bad piece of work harms no other, and a crash of the thread is survived."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from tuidang.kernel.leases import lease
from tuidang.kernel.models import Lease
from tuidang.kernel.randomness import random_id
from tuidang.kernel.writer import write

pytestmark = pytest.mark.django_db(transaction=True)


def add(name: str) -> str:
    Lease.objects.create(name=name, holder=random_id(), until=0)
    return name


def add_and_fail(name: str) -> str:
    add(name)
    raise ValueError(name)


def test_fifty_at_once_are_all_stored() -> None:
    with ThreadPoolExecutor(50) as pool:
        names = list(pool.map(lambda number: write(lambda: add(str(number))), range(50)))
    assert sorted(Lease.objects.values_list("name", flat=True)) == sorted(names)
    connection.close()


def test_one_that_fails_gets_its_error_and_harms_no_other() -> None:
    def one(number: int) -> str:
        try:
            return write(lambda: add_and_fail(str(number)) if number % 5 == 0 else add(str(number)))
        except ValueError as error:
            return f"failed {error}"

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(one, range(20)))
    assert answers == [f"failed {number}" if number % 5 == 0 else str(number) for number in range(20)]
    assert sorted(Lease.objects.values_list("name", flat=True)) == sorted(str(number) for number in range(20) if number % 5)


def test_a_lease_is_held_by_one_and_runs_out() -> None:
    with lease("work", seconds=60) as first:
        assert first
        with lease("work", seconds=60) as second:
            assert not second
    with lease("work", seconds=-1) as third:
        assert third
        with lease("work", seconds=60) as fourth:
            assert fourth
