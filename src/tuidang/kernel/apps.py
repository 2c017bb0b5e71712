"""Django's entry for the kernel."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    """Leases."""

    name = "tuidang.kernel"
    label = "kernel"
