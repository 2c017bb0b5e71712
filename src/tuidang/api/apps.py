"""Django's entry for api."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """See ARCHITECTURE.md for what lives here."""

    name = "tuidang.api"
    label = "api"
