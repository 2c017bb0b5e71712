"""Django's entry for intake."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Takes declarations in and keeps them until they are sealed."""

    name = "tuidang.intake"
    label = "intake"
