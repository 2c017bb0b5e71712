"""What every template may need: whether this is a trial."""

from __future__ import annotations

from django.http import HttpRequest

from tuidang.ops.standing import banner


def register(request: HttpRequest) -> dict[str, object]:
    """`banner` is `demo`, `trial` or empty."""
    del request
    return {"banner": banner()}
