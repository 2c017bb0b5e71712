"""Django's entry for the newsletter."""

from django.apps import AppConfig


class NewsletterConfig(AppConfig):
    """Who reads, in a database of their own; letters to them. See docs/newsletter.md."""

    name = "tuidang.newsletter"
    label = "newsletter"
