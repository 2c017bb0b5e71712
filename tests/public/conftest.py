"""Each test begins without day keys in memory: those of the test before are gone from the database."""

import pytest
from tests.ledger.conftest import register

__all__ = ["register"]


@pytest.fixture(autouse=True)
def forgotten_keys():
    from tuidang.vault import daykeys

    daykeys.forget()
    yield
    daykeys.forget()
