"""Django's entry for the design."""

from django.apps import AppConfig


class DesignConfig(AppConfig):
    """Templates, components, styles."""

    name = "tuidang.design"
    label = "design"
