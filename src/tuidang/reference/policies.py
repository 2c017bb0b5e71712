"""How a place that somebody wrote becomes a code of the list: plain rules, no lists of their own.

Rules: names are found left to right, at each position the longest; what a longer name covers does not count. Of the names found the longest
wins, of equally long ones the first. If a part of the winner was named too (a province beside its country), that part is taken instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

_SEPARATORS = re.compile(r"[\W_]+")
LONGEST_PLACE = 200
"""Characters of a place that are looked at; a form accepts fewer."""


@dataclass(frozen=True, slots=True)
class PlaceNames:
    """Names of places. `by_start` maps a first character to (name, code) pairs, the longest first; code 0 is a phrase that names none."""

    by_start: Mapping[str, tuple[tuple[str, int], ...]]
    fold: Mapping[int, int]


def normalise(text: str, fold: Mapping[int, int]) -> str:
    """One form for all scripts: compatibility forms undone, no capitals, no accents, simplified by `fold`, one space for punctuation."""
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    letters = "".join(character for character in plain if not unicodedata.combining(character))
    return _SEPARATORS.sub(" ", letters.translate(dict(fold))).strip()


def place_names(names: Collection[tuple[str, int]], fold: Mapping[int, int]) -> PlaceNames:
    """Prepares (name, code) pairs, as people write them, for `longest_match`. The first code given to a name stands."""
    codes: dict[str, int] = {}
    for name, code in names:
        codes.setdefault(normalise(name, fold), code)
    starts: dict[str, list[tuple[str, int]]] = {}
    for name, code in sorted(codes.items(), key=lambda pair: -len(pair[0])):
        starts.setdefault(name[0], []).append((name, code))
    return PlaceNames({start: tuple(found) for start, found in starts.items()}, fold)


def longest_match(text: str, names: PlaceNames, ancestors: Mapping[int, Collection[int]]) -> int:
    """The code of the place that `text` names, by the rules above; 0 if it names none. `ancestors` maps a code to the codes above it."""
    found = list(_names_in(normalise(text[:LONGEST_PLACE], names.fold), names))
    if not found:
        return 0
    winner = max(found, key=lambda pair: len(pair[0]))[1]
    parts = [pair for pair in found if winner in ancestors.get(pair[1], ())]
    return max(parts, key=lambda pair: (len(ancestors[pair[1]]), len(pair[0])))[1] if parts else winner


def _names_in(text: str, names: PlaceNames) -> Iterator[tuple[str, int]]:
    """The names in a normalised text, left to right, none covering another."""
    at = 0
    while at < len(text):
        name, code = next((pair for pair in names.by_start.get(text[at], ()) if _stands_at(text, at, pair[0])), ("", 0))
        if code:
            yield name, code
        at += max(1, len(name))


def _stands_at(text: str, at: int, name: str) -> bool:
    """Whether `name` begins at `at`; a name in Latin letters only as whole words, since "Niger" is no part of "Nigeria"."""
    if not text.startswith(name, at):
        return False
    before, after = text[at - 1 : at], text[at + len(name) : at + len(name) + 1]
    return not name.isascii() or not (_is_latin(before) or _is_latin(after))


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
