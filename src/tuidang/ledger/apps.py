"""Django's entry for ledger."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """See ARCHITECTURE.md for what lives here."""

    name = "tuidang.ledger"
    label = "ledger"
