"""Two sealers at once, a declaration that arrives between, and both killed anywhere: one consistent ledger, in every order of their steps,
and in hundreds of orders of how keys are born and die.

Every order is tried on SQLite. On PostgreSQL, where the steps are the same and only each one's transaction is another server's, a sample of
orders far from each other, the same ones each time.
"""

import pytest
from django.db import connection
from tests.ledger.interleave import KEYS, LOOKS, STEPS, explore

from tuidang.kernel.places import places
from tuidang.ledger import adapters, stage
from tuidang.vault import daykeys
from tuidang.vault.models import DayKey, DyingKey

pytestmark = pytest.mark.fault


# Who finds nothing to seal ends the day too: of keys there are more orders than can be tried each time, on either database.
@pytest.mark.parametrize(
    ("points", "on_sqlite", "on_postgresql"), [(STEPS, None, 250), (LOOKS, None, 150), (KEYS, 500, 200)], ids=["steps", "looks", "keys"]
)
def test_any_order_of_two_sealers_gives_one_ledger(register, monkeypatch, points, on_sqlite, on_postgresql):
    def agree():
        head, lock = adapters.head(), adapters.signer().lock()
        assert (head.size, head.root) == (lock.size, lock.root)
        assert adapters.published().checkpoint.root == head.root
        assert stage.names() == []
        files = {path.name for path in places().keys.iterdir() if "day-" in path.name}
        assert files == {daykeys._name(key) for key in DayKey.objects.values_list("id", flat=True)}
        assert not DyingKey.objects.exists()

    some = on_postgresql if connection.vendor == "postgresql" else on_sqlite
    runs = explore(monkeypatch, points, agree, register.check, unfinished=points is KEYS, at_most=some)
    assert runs == some if some else runs > 250
    register.check()
