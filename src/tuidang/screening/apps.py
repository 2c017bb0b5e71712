"""Django's entry for screening."""

from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    """What the machine does with a new declaration: reasons, lane, cluster."""

    name = "tuidang.screening"
    label = "screening"
