"""The words that readers agreed to, by version. They are never changed: other words are another version, and every version stays readable.

A test holds each version against a hash.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

VERSION = "2026-11"
"""The one in force."""


@cache
def versions() -> Mapping[str, Mapping[str, Any]]:
    """Every version: by language, the sentence that is ticked (`tick`) and what it stands for (`points`, a list of sentences)."""
    found: dict[str, dict[str, Any]] = json.loads(files(__package__).joinpath("consents.json").read_text("utf-8"))
    return found


def words(version: str, language: str) -> Mapping[str, Any] | None:
    """One version in one language; None if there is none of that name."""
    return versions().get(version, {}).get(language)
