"""Django's entry for the reference lists."""

from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    """Organisations, regions, channels, sources, run-time switches."""

    name = "tuidang.reference"
    label = "reference"
