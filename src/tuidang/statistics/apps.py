"""Django's entry for statistics."""

from django.apps import AppConfig


class StatisticsConfig(AppConfig):
    """Derived figures."""

    name = "tuidang.statistics"
    label = "statistics"
