"""The content pack: names and sentences that a declarant may choose from. Another movement would bring its own.

A ready sentence names no organisation as long as it stands on the form, below the boxes; one for several speaks of those that each joined.
Where it is declared, nothing stands above it: there it names those that were ticked.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any

from tuidang.kernel.randomness import random_between
from tuidang.reference.queries import organisations

SPOKEN = {"en": "en", "zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}
"""Languages of addresses as BCP 47 writes them."""
MOST = 7
"""All three organisations."""
_NAMED = "{organisations}"


@cache
def _pack() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files(__package__).joinpath("pack.json").read_text("utf-8"))
    return found


@cache
def _names(language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The suggested names of a language, and those made of two parts for when these are used up."""
    found = _pack()["aliases"][language]
    made = (found["between"].join(parts) for parts in product(found["first"], found["second"]))
    return tuple(found["singly"]), tuple(made)


@cache
def aliases() -> frozenset[str]:
    """Every suggested name, visibly invented, in every language."""
    return frozenset(name for language in SPOKEN for some in _names(language) for name in some)


def suggested_alias(language: str, besides: Collection[str] = (), number: int | None = None) -> str:
    """One of the suggested names of a language, by chance or by `number`, and none of `besides`; empty if all of them are."""
    for some in _names(language):
        if left := [name for name in some if name not in besides]:
            return left[random_between(0, len(left) - 1) if number is None else number % len(left)]
    return ""


def _sentences(language: str, *, group: bool) -> tuple[str, ...]:
    return tuple(_pack()["sentences for several" if group else "sentences"][language])


@cache
def sentences(language: str, *, group: bool = False) -> tuple[str, ...]:
    """The ready sentences of a language for one person, or with `group` for several, as the form shows them, the first one first."""
    above = _pack()["organisations of several" if group else "organisations above"][language]
    return tuple(one.replace(_NAMED, above) for one in _sentences(language, group=group))


@cache
def _official(language: str, left: int) -> str:
    """The organisations of `left` (1 to 7) by their official names, as they stand in a sentence."""
    names = [one.full[language] for one in organisations() if one.bit & left]
    if language == "en":
        names = [f"the {name}" for name in names]
    comma, last = (", ", " and ") if language == "en" else ("、", "和")
    return comma.join(names[:-1]) + last + names[-1] if len(names) > 1 else names[0]


@cache
def _templates() -> tuple[tuple[str, str, str], ...]:
    """(as shown, template, language) of every ready sentence."""
    kinds = product(SPOKEN, (False, True))
    return tuple(
        (shown, template, language)
        for language, group in kinds
        for shown, template in zip(sentences(language, group=group), _sentences(language, group=group), strict=True)
    )


def with_official_names(text: str, left: int) -> str:
    """`text`, in which a ready sentence, wherever it stands, names the organisations of `left` (1 to 7). All other words stay."""
    for shown, template, language in _templates():
        text = text.replace(shown, template.replace(_NAMED, _official(language, left)), 1)
    return text


@cache
def every_sentence() -> frozenset[str]:
    """Every ready sentence, in every language, as the form shows it and as it is declared."""
    found = {shown for shown, _, _ in _templates()}
    return frozenset(found | {with_official_names(shown, left) for shown in found for left in range(1, MOST + 1)})
