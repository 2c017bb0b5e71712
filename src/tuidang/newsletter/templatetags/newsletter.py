"""`{% load newsletter %}{% newsletter_sign_up %}`: the block that asks readers of other pages to sign up. Nothing where the newsletter is off.

In simplified characters it asks for no address: it leads to the page, where the warning stands before the field.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.utils.translation import get_language

from tuidang.newsletter import consents

register = template.Library()


@register.inclusion_tag("newsletter/block.html")
def newsletter_sign_up() -> dict[str, Any]:
    """In the language of the page; it needs neither request nor database, so it may stand on pages rendered ahead."""
    language = get_language() or "en"
    return {
        "on": settings.ENVIRONMENT.newsletter is not None,
        "lang": language,
        "asks": language != "zh-hans",
        "version": consents.VERSION,
        "words": consents.words(consents.VERSION, language),
    }
