"""`{% load review %}`: what dense tables need."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from tuidang.design import assets
from tuidang.design.numbers import date_of

register = template.Library()


@register.filter
def short_day(day: int) -> str:
    """22 Nov, 11月22日: nothing waits for so long that the year could be another."""
    date = date_of(day)
    return f"{date.month}月{date.day}日" if (get_language() or "en").startswith("zh") else f"{date.day} {_MONTHS[date.month - 1]}"


@register.simple_tag
def script(name: str) -> str:
    """The address of a script of staff pages."""
    return assets.script(name).path


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
