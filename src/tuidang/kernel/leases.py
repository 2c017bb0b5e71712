"""Leases in the database: one holder at a time, running out by themselves after a crash."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from tuidang.kernel import clock
from tuidang.kernel.models import Lease
from tuidang.kernel.randomness import random_id


@contextmanager
def lease(name: str, *, seconds: int = 60) -> Iterator[bool]:
    """Yields whether the piece of work `name` is ours for `seconds`. Given back at the end of the block."""
    holder = random_id()
    now = clock.seconds()
    taken = bool(Lease.objects.filter(name=name, until__lt=now).update(holder=holder, until=now + seconds))
    if not taken:
        try:
            with transaction.atomic():
                Lease.objects.create(name=name, holder=holder, until=now + seconds)
            taken = True
        except IntegrityError:
            taken = False
    try:
        yield taken
    finally:
        if taken:
            Lease.objects.filter(name=name, holder=holder).update(until=0)
