"""Django's entry for intake."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntakeConfig(AppConfig):
    """Takes declarations in and keeps them until they are sealed."""

    name = "tuidang.intake"
    label = "intake"

    def ready(self) -> None:
        """Lists the page of those to whom messages are written."""
        from tuidang.accounts.gate import Section, add_section
        from tuidang.accounts.policies import Right

        add_section(Section("contact:messages", _("Messages to us"), Right.ANSWER))
