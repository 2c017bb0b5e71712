"""Django's entry for archive."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ArchiveConfig(AppConfig):
    """See ARCHITECTURE.md for what lives here."""

    name = "tuidang.archive"
    label = "archive"

    def ready(self) -> None:
        """Lists the page about objections."""
        from tuidang.accounts.gate import Section, add_section
        from tuidang.accounts.policies import Right

        add_section(Section("archive:objections", _("Objections"), Right.REVIEW))
