"""Django's entry for declarant."""

from django.apps import AppConfig


class DeclarantConfig(AppConfig):
    """See ARCHITECTURE.md for what lives here."""

    name = "tuidang.declarant"
    label = "declarant"
