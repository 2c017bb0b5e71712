"""`{% load staff %}`: what the frame of every staff page needs."""

from __future__ import annotations

from django import template

from tuidang.accounts.gate import Section, sections
from tuidang.accounts.queries import Staff

register = template.Library()


@register.simple_tag
def sections_of(staff: Staff | None) -> list[Section]:
    """The parts of the staff pages that this member may open."""
    return sections(staff) if staff else []
