"""Whether this process lives, and whether it can take a declaration in."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

TEXT = "text/plain; charset=utf-8"


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """200 as long as requests are answered."""
    del request
    return HttpResponse("live\n", content_type=TEXT)


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 if the database answers, else 503."""
    del request
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("the database does not answer\n", status=503, content_type=TEXT)
    return HttpResponse("ready\n", content_type=TEXT)
