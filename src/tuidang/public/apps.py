"""Django's entry for public."""

from django.apps import AppConfig


class PublicConfig(AppConfig):
    """See ARCHITECTURE.md for what lives here."""

    name = "tuidang.public"
    label = "public"
