"""Django's entry for review."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewConfig(AppConfig):
    """What a person decides about a declaration."""

    name = "tuidang.review"
    label = "review"

    def ready(self) -> None:
        """Lists the pages of reviewers."""
        from tuidang.accounts.gate import Section, add_section
        from tuidang.accounts.policies import Right

        add_section(Section("review:queue", _("Review"), Right.REVIEW))
        add_section(Section("review:publishing", _("Publishing"), Right.REVIEW))
        add_section(Section("review:messages", _("Messages of support"), Right.REVIEW))
