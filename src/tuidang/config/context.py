"""What every template may need: whether this is a trial, and where the source is."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from tuidang.ops.standing import banner


def register(request: HttpRequest) -> dict[str, object]:
    """`banner` is `demo`, `trial` or empty; `source_code` the address of the source, or empty; `by_mail` whether mails may be spoken of.

    Never to readers of simplified characters, even where it is on: their mailboxes are within reach of the state.
    """
    del request
    by_mail = settings.ENVIRONMENT.mail is not None and get_language() != "zh-hans"
    return {"banner": banner(), "source_code": settings.ENVIRONMENT.source, "by_mail": by_mail}
