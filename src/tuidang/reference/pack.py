"""The content pack: names and sentences that a declarant may choose from. Another movement would bring its own."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from tuidang.kernel.randomness import random_between

SPOKEN = {"en": "en", "zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}
"""Languages of addresses as BCP 47 writes them."""


@cache
def _pack() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files(__package__).joinpath("pack.json").read_text("utf-8"))
    return found


@cache
def aliases() -> frozenset[str]:
    """Every suggested name, visibly invented, in every language."""
    return frozenset(name for names in _pack()["aliases"].values() for name in names)


def suggested_alias(language: str) -> str:
    """One of the suggested names of a language, by chance."""
    names = _pack()["aliases"][language]
    return str(names[random_between(0, len(names) - 1)])


@cache
def sentences(language: str, *, group: bool = False) -> tuple[str, ...]:
    """The ready sentences of a language for one person, or with `group` for several, the first one first."""
    return tuple(_pack()["sentences for several" if group else "sentences"][language])


@cache
def every_sentence() -> frozenset[str]:
    """Every ready sentence, in every language."""
    return frozenset(one for language in SPOKEN for group in (False, True) for one in sentences(language, group=group))
