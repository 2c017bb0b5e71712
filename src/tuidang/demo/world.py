"""Who declares in the demo: invented people, in three languages, alone, as families, in groups of up to sixty. Nothing here is stored.

The same number of declarations always gives the same world.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from tuidang.reference import queries as reference

PARTY, LEAGUE, PIONEERS = 1, 2, 4
ADVERT = "www.umbrella.example"
"""What the demo's reviewer knows an advertisement by."""
LARGEST_GROUP = 60
_LEFT = {7: 34, PIONEERS: 24, LEAGUE | PIONEERS: 24, LEAGUE: 5, PARTY: 5, PARTY | LEAGUE: 4, PARTY | PIONEERS: 4}
_LANGUAGES = {"zh-hans": 60, "zh-hant": 25, "en": 15}
# The first few are the same in every demo, so that a small one is as varied as it can be.
_CAST = ("alone", "family", "alone", "group", "advert", "family", "alone")
_KINDS = {"alone": 72, "family": 17, "group": 10, "advert": 1}


@dataclass(frozen=True, slots=True)
class Someone:
    """One invented person; `left` is 1 to 7."""

    name: str
    left: int


@dataclass(frozen=True, slots=True)
class Invented:
    """One declaration to hand in: by the web form of `language`, or as a client of today's register sends it."""

    by_client: bool
    language: str
    persons: tuple[Someone, ...]
    place: str
    title: str
    text: str
    publish: bool


def people(number: int) -> Iterator[Invented]:
    """`number` declarations, the same ones each time."""
    chance = random.Random(f"demo {number}")  # noqa: S311  an invented world need not be unpredictable
    for at in range(number):
        kind = _CAST[at] if at < len(_CAST) else _one_of(chance, _KINDS)
        by_client = at % 3 == 2 if at < len(_CAST) else chance.random() < 0.35
        yield _invent(chance, kind, by_client=by_client and kind != "advert")


def _invent(chance: random.Random, kind: str, *, by_client: bool) -> Invented:
    language = _one_of(chance, {one: weight for one, weight in _LANGUAGES.items() if one != "en" or not by_client})
    words = _words()[language]
    size = {"family": lambda: chance.randint(2, 6), "group": lambda: _group_size(chance)}.get(kind, lambda: 1)()
    names = [words["advertiser"]] if kind == "advert" else _names(chance, words, size)
    persons = tuple(Someone(name, _one_of(chance, _LEFT)) for name in names)
    return Invented(
        by_client=by_client,
        language=language,
        persons=persons,
        place=_place(chance, language),
        title=chance.choice([*words["titles" if size == 1 else "titles_together"], ""]),
        text=words["advert"] + words["mark"] if kind == "advert" else _text(chance, words, persons),
        publish=chance.random() < 0.25,
    )


def _group_size(chance: random.Random) -> int:
    # Most groups are small; a few are a whole coach.
    return min(LARGEST_GROUP, 7 + int(chance.expovariate(1 / 12)))


def _names(chance: random.Random, words: dict[str, Any], size: int) -> list[str]:
    gap = " " if words["first"][0].isascii() else ""
    every = [f"{first}{gap}{second}" for first in words["first"] for second in words["second"]]
    return chance.sample(every, size)


def _text(chance: random.Random, words: dict[str, Any], persons: tuple[Someone, ...]) -> str:
    joined = 0
    for one in persons:
        joined |= one.left
    left = [name for place, name in enumerate(words["organisations"]) if joined >> place & 1]
    leave = words["last"].join(part for part in (words["between"].join(left[:-1]), left[-1]) if part)
    if len(persons) == 1:
        parts = [
            chance.choice(_memories(words, joined)),
            chance.choice(words["middle"]),
            words["leave"].format(leave),
            chance.choice(words["closing"]),
        ]
    else:
        parts = [chance.choice(words[name]) for name in ("together", "middle_together", "closing_together")]
        parts.insert(2, words["leave_together"].format(leave))
    return (" " if words["mark"].isascii() else "").join([*parts, words["mark"]])


def _memories(words: dict[str, Any], joined: int) -> list[str]:
    """First sentences for someone who leaves `joined`: they tell of joining that alone, or a part of it, or of none."""
    return [one for told, sentences in words["opening"].items() if not int(told) & ~joined for one in sentences]


def leaving(someone: Someone) -> str:
    """What a client of today's register writes for a person: 退 and a character for each organisation."""
    return "退" + "".join(sign for place, sign in enumerate("党团队") if someone.left >> place & 1)


def mark(language: str) -> str:
    """The sentence at the end of every text that says that it is invented."""
    return str(_words()[language]["mark"])


def _place(chance: random.Random, language: str) -> str:
    drawn = chance.random()
    if drawn < 0.15:
        return ""
    inside = drawn < 0.85
    return chance.choice(reference.provinces() if inside else _abroad()).label(language)


@cache
def _abroad() -> tuple[reference.Code, ...]:
    wanted = ("United States", "Canada", "Australia", "Japan", "Germany", "United Kingdom", "Taiwan", "South Korea", "Thailand", "France")
    return tuple(one for one in reference.countries("en") if one.label("en") in wanted)


def _one_of(chance: random.Random, weights: dict[Any, int]) -> Any:
    return chance.choices(list(weights), list(weights.values()))[0]


@cache
def _words() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files(__package__).joinpath("world.json").read_text("utf-8"))
    return found
