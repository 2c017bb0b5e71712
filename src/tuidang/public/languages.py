"""Which language a reader wants, by what the browser says or by how an address was typed."""

from __future__ import annotations

import re

from django.conf import settings
from django.http import HttpRequest
from django.urls import is_valid_path
from django.utils.translation import get_supported_language_variant, override
from django.utils.translation.trans_real import parse_accept_lang_header

_OTHER_SPELLING = re.compile(r"/(zh(?:-(?:cn|sg|tw|hk|mo))?)(?:/(.*))?", re.IGNORECASE)


def preferred(accepted: str) -> str:
    """The first language in an Accept-Language header that there are pages in; English if there is none."""
    for code, _ in parse_accept_lang_header(accepted[:500]):
        if code.startswith("zh"):
            traditional = any(part in code for part in ("hant", "tw", "hk", "mo"))
            return "zh-hant" if traditional else "zh-hans"
        try:
            return get_supported_language_variant(code)
        except LookupError:
            continue
    return "en"


def corrected(request: HttpRequest) -> str:
    """The address of the page that was meant: with its last slash, and /zh/, /zh-cn/, /zh-tw/ by their names here. Empty: there is none."""
    path = request.path
    if found := _OTHER_SPELLING.fullmatch(path):
        path = f"/{preferred(found[1].lower())}/{found[2] or ''}"
    language = path.split("/")[1]
    if language not in dict(settings.LANGUAGES):
        return ""
    with override(language):  # addresses of a language are known to Django only while it is the active one
        meant = next((one for one in (path, f"{path}/") if one != request.path and is_valid_path(one)), "")
    query = request.META.get("QUERY_STRING", "")
    return f"{meant}?{query}" if meant and query else meant
