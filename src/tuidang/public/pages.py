"""Pages rendered ahead: home in every language, plain and gzipped, replaced in one step whenever the figures change."""

from __future__ import annotations

import gzip

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation

from tlog.store import write_durably
from tuidang.kernel.places import places, private_folder
from tuidang.public.context import home_context
from tuidang.statistics import figures


def render_ahead() -> None:
    """Makes the figures anew and writes the home page of each language."""
    figures.refresh()
    for language, _ in settings.LANGUAGES:
        with translation.override(language):
            page = render_to_string("public/home.html", home_context(), request=_request(f"/{language}/")).encode()
        folder = private_folder(places().pages / language)
        write_durably(folder / "index.html.gz", gzip.compress(page, 9, mtime=0))
        write_durably(folder / "index.html", page)


def _request(path: str) -> HttpRequest:
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", path, path
    return request
