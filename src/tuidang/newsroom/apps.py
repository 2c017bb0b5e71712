"""Django's entry for newsroom."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsroomConfig(AppConfig):
    """See ARCHITECTURE.md for what lives here."""

    name = "tuidang.newsroom"
    label = "newsroom"

    def ready(self) -> None:
        """Lists the desk of editors."""
        from tuidang.accounts.gate import Section, add_section
        from tuidang.accounts.policies import Right

        add_section(Section("desk:items", _("Newsroom"), Right.EDIT))
        add_section(Section("letters:letters", _("Newsletter"), Right.EDIT))
