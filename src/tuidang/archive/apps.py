"""Django's entry for archive."""

from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    """See ARCHITECTURE.md for what lives here."""

    name = "tuidang.archive"
    label = "archive"
