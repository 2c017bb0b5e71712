"""`{% load desk %}`: moments in minutes, and the scripts of the desk."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils.translation import get_language

from tuidang.design import assets
from tuidang.design.numbers import write_day

register = template.Library()


@register.filter
def at_minute(minutes: int) -> str:
    """3 November 2026, 18:30 UTC; takes minutes since 1970."""
    moment = dt.datetime.fromtimestamp(minutes * 60, dt.UTC)
    language = get_language() or "en"
    joint = " " if language.startswith("zh") else ", "
    return f"{write_day(moment, language)}{joint}{moment:%H:%M} UTC"


@register.simple_tag
def script(name: str) -> str:
    """The address of a script of staff pages."""
    return assets.script(name).path
