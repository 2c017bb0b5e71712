"""A sealed register for the archive to pull from."""

from tests.ledger.conftest import register

__all__ = ["register"]
