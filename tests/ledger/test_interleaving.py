"""Two sealers at once, a declaration that arrives between, and both killed anywhere: one consistent ledger, in every order of their steps,
and in hundreds of orders of how keys are born and die."""

import pytest
from django.db import connection
from django.db.backends.signals import connection_created
from tests.ledger.interleave import KEYS, LOOKS, STEPS, explore

from tuidang.kernel.places import places
from tuidang.ledger import adapters, stage
from tuidang.vault import daykeys
from tuidang.vault.models import DayKey, DyingKey

pytestmark = pytest.mark.fault


@pytest.fixture
def careless_disk(monkeypatch):
    """SQLite does not wait for the disk in connections made from now on: nothing here loses power."""

    def hurry(connection, **_):
        if connection.vendor == "sqlite":
            connection.cursor().execute("PRAGMA synchronous=OFF")

    connection_created.connect(hurry)
    connection.close()
    yield
    connection_created.disconnect(hurry)


@pytest.mark.usefixtures("careless_disk")
@pytest.mark.parametrize("points", [STEPS, LOOKS, KEYS], ids=["steps", "looks", "keys"])
def test_any_order_of_two_sealers_gives_one_ledger(register, monkeypatch, points):
    def agree():
        head, lock = adapters.head(), adapters.signer().lock()
        assert (head.size, head.root) == (lock.size, lock.root)
        assert adapters.published().checkpoint.root == head.root
        assert stage.names() == []
        files = {path.name for path in places().keys.iterdir() if "day-" in path.name}
        assert files == {daykeys._name(key) for key in DayKey.objects.values_list("id", flat=True)}
        assert not DyingKey.objects.exists()

    # Who finds nothing to seal ends the day too: of keys there are more orders than can be tried each time. Some, far from each other.
    some = (300 if connection.vendor == "postgresql" else 900) if points is KEYS else None
    runs = explore(monkeypatch, points, agree, register.check, unfinished=points is KEYS, at_most=some)
    assert runs > 100
    register.check()
