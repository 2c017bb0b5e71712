"""Django's entry for staff accounts."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Members of staff, their roles, sign-in and audit trail."""

    name = "tuidang.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Lists the page of members."""
        from tuidang.accounts.gate import Section, add_section
        from tuidang.accounts.policies import Right

        add_section(Section("accounts:members", _("Members of staff"), Right.MEMBERS))
