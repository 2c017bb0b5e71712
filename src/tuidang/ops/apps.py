"""Django's entry for ops."""

from django.apps import AppConfig


class OpsConfig(AppConfig):
    """See ARCHITECTURE.md for what lives here."""

    name = "tuidang.ops"
    label = "ops"
