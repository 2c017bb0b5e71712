"""A sealed register for the doctor to look at."""

from tests.ledger.conftest import register

__all__ = ["register"]
