"""What every template may need: whether this is a trial, and where the source is."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from tuidang.ops.standing import banner


def register(request: HttpRequest) -> dict[str, object]:
    """`banner` is `demo`, `trial` or empty; `source_code` the address of the source, or empty."""
    del request
    return {"banner": banner(), "source_code": settings.ENVIRONMENT.source}
