"""What browsers of iOS 12 and Android 7 (Chrome 60) do not know, and what becomes of a page that uses it all the same.

A browser drops a declaration that it does not know, and a whole rule if it does not know its selector. So something new may stand where
dropping it leaves the page as good, or where something old stands before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

SELECTORS = {
    r":(is|where|matches)\(": "iOS 14, Chrome 88: the rule is dropped",
    r":has\(": "iOS 15.4, Chrome 105: the rule is dropped",
    r":not\([^)]*,": "a list in :not() is iOS 9 but Chrome 88: the rule is dropped",
    r":(any-link|user-valid|user-invalid|popover-open|modal|open)\b": "later than Chrome 60: the rule is dropped",
    r"(?<!:not\():focus-visible": "iOS 15.4, Chrome 86: the rule is dropped; only :not(:focus-visible), which takes something away, may be",
    r"::(marker|backdrop|part|slotted|details-content)": "iOS 11.3 or later, Chrome 86: the rule is dropped",
    r"&": "nesting is iOS 16.5, Chrome 112: everything inside is dropped",
}
AT_RULES = frozenset({"media", "supports", "page", "font-face", "keyframes", "charset"})
"""Others (@layer, @container, @property, @scope, …) are dropped with all that is in them."""
MEDIA = {r"[<>]=?": "ranges are iOS 16.4, Chrome 104", r"\bnot\s*\(|\bor\b": "media queries of level 4 are iOS 16.4, Chrome 104"}
PROPERTIES = {
    r"inset(-.*)?": "iOS 14.5, Chrome 87: what is placed so stays where it was",
    r"(margin|padding|border|scroll-margin|scroll-padding)-(inline|block)(-color|-style|-width)?": "iOS 14.5, Chrome 87: no distance at all",
    r"(translate|rotate|scale)": "iOS 14.5, Chrome 104",
    r"(row-|column-)?gap": "between flex items iOS 14.5, Chrome 84: they touch; in a grid it is grid-gap",
    r"aspect-ratio": "iOS 15, Chrome 88: no height",
    r"place-(items|content|self)": "place-items is Chrome 59, place-self and in flex later: align and justify are known",
    r"(container|container-type|container-name)": "iOS 16, Chrome 105",
}
VALUES = {
    r"\b(clamp|min|max|round|mod|abs)\(": "clamp, min, max: iOS 11.3 to 13.4, Chrome 79",
    r"[0-9](dvh|svh|lvh|dvw|svw|lvw|dvb|dvi|vi|vb|lh|rlh|cap|ic|cqw|cqh|cqi|cqb)\b": "iOS 15.4, Chrome 108",
    r"\b(color-mix|light-dark|oklch|oklab|lch|lab|hwb|color)\(": "iOS 15 or later, Chrome 101 or later",
    r"#([0-9a-f]{4}|[0-9a-f]{8})\b": "colours with four or eight digits are Chrome 62",
    r"\b(rgb|hsl)a?\([^,)]+\)": "colours without commas are iOS 12.2, Chrome 65",
    r"\benv\(": "iOS 11.2, Chrome 69",
    r"\brevert(-layer)?\b": "Chrome 84",
}
"""Need something before them in the same rule that does without."""
PAIRS = {
    ("position", "sticky"): ("position", "-webkit-sticky"),
}
PAIR_VALUES = {
    r"display": (r"flow-root|contents", "iOS 13 or 11.3, Chrome 65: the box is another"),
    r"overflow(-[xy])?": (r"clip", "iOS 16, Chrome 90: it overflows"),
    r"(justify|align)-(content|items|self)": (
        r"(start|end|self-start|self-end|left|right|normal)",
        "in flex iOS 15.4, Chrome 93: flex-start is known",
    ),
    r"grid-template-(columns|rows)": (r".*subgrid.*", "iOS 16, Chrome 117"),
}
TAGS = {
    "dialog": "iOS 15.4, Chrome 37: shown as if it were open",
    "search": "iOS 17, Chrome 118",
    "svg": "garbage in Tor's safest mode",
    "picture": "garbage in Tor's safest mode",
    "object": "garbage in Tor's safest mode",
    "embed": "nothing of others is embedded",
    "template": "needs a script",
    "script": "no page of declarants needs one",
    "iframe": "nothing of others is embedded",
}
ATTRIBUTES = {
    "popover": "iOS 17, Chrome 114: always shown",
    "popovertarget": "iOS 17, Chrome 114: the button sends the form",
    "command": "Chrome 135: the button sends the form",
    "inert": "iOS 15.5, Chrome 102: can be pressed all the same",
    "style": "the content policy drops it",
    "srcset": "one picture is enough",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A selector with its declarations, or an at-rule with what is inside it."""

    head: str
    declarations: tuple[tuple[str, str], ...] = ()
    inside: tuple[Rule, ...] = ()


def parse(source: str) -> tuple[Rule, ...]:
    """The rules of a stylesheet that is well formed."""
    return tuple(_rules(re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)))


def _rules(text: str) -> Iterator[Rule]:
    at = 0
    while found := re.compile(r"\s*([^{}]+)\{").match(text, at):
        end = _end(text, found.end())
        head, body = found[1].strip(), text[found.end() : end]
        if "{" in body:
            outer, inside = re.sub(r"[^{};]*\{[^{}]*\}", "", body), tuple(_rules(body))
            yield Rule(head, tuple(_declarations(outer)), inside)
        else:
            yield Rule(head, tuple(_declarations(body)))
        at = end + 1
    assert not text[at:].strip(), text[at:]


def _end(text: str, at: int) -> int:
    depth = 1
    while depth:
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        at += 1
    return at - 1


def _declarations(body: str) -> Iterator[tuple[str, str]]:
    for one in body.split(";"):
        name, colon, value = one.partition(":")
        if colon:
            yield name.strip().lower(), value.strip().lower()


def wrong(rules: tuple[Rule, ...]) -> list[str]:
    """What in these rules an old browser would drop, with the harm, a line each."""
    return [line for rule in rules for line in _wrong(rule)]


def _wrong(rule: Rule) -> Iterator[str]:
    if rule.head.startswith("@"):
        name, _, rest = rule.head[1:].partition(" ")
        if name not in AT_RULES:
            yield f"@{name}: dropped with all that is in it"
        yield from (f"@{name} {rest}: {why}" for pattern, why in MEDIA.items() if re.search(pattern, rest))
    else:
        yield from (f"{rule.head}: {why}" for pattern, why in SELECTORS.items() if re.search(pattern, rule.head))
        if rule.inside:
            yield f"{rule.head}: nesting is iOS 16.5, Chrome 112"
    for number, (name, value) in enumerate(rule.declarations):
        yield from (f"{rule.head} {{ {name}: {value} }}: {why}" for why in _harm(name, value, rule.declarations[:number]))
    yield from wrong(rule.inside)


def _harm(name: str, value: str, before: tuple[tuple[str, str], ...]) -> Iterator[str]:
    known = [old for old, old_value in before if not any(re.search(pattern, old_value) for pattern in VALUES)]
    has_older = any(name == old or name.startswith(f"{old}-") for old in known)
    in_columns = name == "column-gap" and (value == "0" or "columns" in dict(before))
    yield from (why for pattern, why in PROPERTIES.items() if re.fullmatch(pattern, name) and not in_columns)
    yield from (why for pattern, why in VALUES.items() if re.search(pattern, value) and not has_older)
    yield from (why for pattern, (bad, why) in PAIR_VALUES.items() if re.fullmatch(pattern, name) and re.fullmatch(bad, value))
    if (name, value) in PAIRS and PAIRS[name, value] not in before:
        yield f"needs {PAIRS[name, value]} before it"
