"""Django's entry for the vault."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Codes, commitments, day keys, sealed copies, epochs."""

    name = "tuidang.vault"
    label = "vault"
