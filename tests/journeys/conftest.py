"""A founded register for journeys that look at pages without a site of their own."""

from tests.ledger.conftest import register

__all__ = ["register"]
