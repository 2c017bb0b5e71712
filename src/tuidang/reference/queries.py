"""The lists every other part reads: regions, channels, reasons, organisations. They ship as files and are read once.

`codes.json` is the list that a kind 6 entry names (docs/log-format.md, section 5.1): codes are only
ever added, names and parents never change.
Labels of countries follow CLDR 48 in short forms; regions carry ISO 3166-1 numbers, provinces 10000 + the two digits of GB/T 2260.
Languages are `en`, `zh-hans` and `zh-hant`; any other is answered in English.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from tuidang.reference.policies import PlaceNames, longest_match, place_names

NOT_STATED: Mapping[str, str] = {"en": "not stated", "zh-hans": "未说明", "zh-hant": "未說明"}
CHINA = 156
FIRST_GROUP = 10001
FIRST_PROVINCE = 10011
_ORDER = {"zh-hans": "gb18030", "zh-hant": "big5"}
"""Encodings whose order is the one readers know: by pinyin, by strokes."""


@dataclass(frozen=True, slots=True)
class Code:
    """One line of a list: `name` as the ledger's breakdowns name it, `labels` by language. `parent` is 0 but for regions within another."""

    code: int
    name: str
    labels: Mapping[str, str]
    parent: int = 0

    def label(self, language: str) -> str:
        """What a reader of that language sees."""
        return self.labels.get(language) or self.labels.get("en") or self.name


@dataclass(frozen=True, slots=True)
class Organisation:
    """One of the three: its bit in an entry, its name in breakdowns, and by language a short label, "left it" and its official name."""

    bit: int
    name: str
    labels: Mapping[str, str]
    leaving: Mapping[str, str]
    full: Mapping[str, str]


def code_list(sources: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """The object of type `tuidang/v1/codes`, for a kind 6 entry; `sources` are added to those that ship (none). A fresh copy."""
    shipped = _read("codes.json")
    return {**shipped, "sources": [*shipped["sources"], *(sources or [])]}


@cache
def regions() -> Mapping[int, Code]:
    """Every region by its code, ascending."""
    return _codes("regions")


@cache
def channels() -> Mapping[int, Code]:
    """Every channel by its code, ascending."""
    return _codes("channels")


@cache
def reasons() -> Mapping[int, Code]:
    """Every reason of a void by its code, ascending."""
    return _codes("reasons")


@cache
def organisations() -> tuple[Organisation, ...]:
    """Party, league, pioneers: always in this order."""
    found = _read("organisations.json")
    return tuple(Organisation(one["bit"], one["name"], one["label"], one["leaving"], one["full"]) for one in found)


def channel(name: str) -> int:
    """The code of a channel by its name. Raises KeyError."""
    return {found.name: code for code, found in channels().items()}[name]


def label(code: int, language: str) -> str:
    """What a reader sees for a region's code; 0 and unknown codes read "not stated"."""
    region = regions().get(code)
    return region.label(language) if region else NOT_STATED.get(language, NOT_STATED["en"])


@cache
def ancestors(code: int) -> tuple[int, ...]:
    """The codes above a region, the nearest first; empty for a country, 0 and unknown codes."""
    region = regions().get(code)
    return (region.parent, *ancestors(region.parent)) if region and region.parent else ()


@cache
def provinces() -> tuple[Code, ...]:
    """China's provinces, in the order of their official numbers."""
    return tuple(region for code, region in regions().items() if code >= FIRST_PROVINCE)


@cache
def countries(language: str) -> tuple[Code, ...]:
    """Every country and territory, China among them, in the order in which readers of the language look them up."""
    return tuple(sorted((region for code, region in regions().items() if code < FIRST_GROUP), key=lambda region: _order(region, language)))


@cache
def choices(language: str) -> tuple[tuple[int, str], ...]:
    """(code, label) of every region for a select: China's provinces, then countries and territories."""
    return tuple((region.code, region.label(language)) for region in (*provinces(), *countries(language)))


def match_place(text: str) -> int:
    """The region that a free text in any script names, 0 if none (rules in `policies`). Never cached: the text is a person's.

    One character alone is read as people shorten provinces and countries; beside others it may be part of any word.
    """
    return _alone().get(text.strip()[:2].translate(script_fold())) or longest_match(text, _place_names(), _ancestry())


def _order(region: Code, language: str) -> bytes:
    shown = region.label(language)
    if language in _ORDER:
        return shown.encode(_ORDER[language], "replace")
    plain = "".join(character for character in unicodedata.normalize("NFD", shown) if not unicodedata.combining(character))
    return plain.casefold().encode()


def _read(name: str) -> Any:
    return json.loads(files(__package__).joinpath(name).read_text("utf-8"))


def _codes(name: str) -> Mapping[int, Code]:
    return {one["code"]: Code(one["code"], one["name"], one["label"], one.get("parent", 0)) for one in _read("codes.json")[name]}


@cache
def _ancestry() -> Mapping[int, frozenset[int]]:
    return {code: frozenset(ancestors(code)) for code in regions()}


@cache
def script_fold() -> dict[int, int]:
    """For `str.translate`: traditional characters of names of places and persons to simplified ones. Not all there are."""
    further = _read("places.json")
    return str.maketrans(further["traditional"], further["simplified"])


@cache
def _alone() -> Mapping[str, int]:
    codes = {region.name: region.code for region in regions().values()}
    return {character: codes[name] for name, characters in _read("places.json")["alone"].items() for character in characters}


@cache
def _place_names() -> PlaceNames:
    """Every label and name of the region list and the further names of `places.json`."""
    further = _read("places.json")
    fold = script_fold()
    codes = {region.name: region.code for region in regions().values()}
    pairs = [(shown, region.code) for region in regions().values() for shown in (region.name, *region.labels.values())]
    pairs += [(alias, codes[name]) for name, aliases in further["places"].items() for alias in aliases]
    return place_names([*pairs, *((phrase, 0) for phrase in further["nowhere"])], fold)
