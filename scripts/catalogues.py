"""The two catalogues of texts: English stands in the source, each text has a Simplified and a Traditional Chinese translation.

    python -m scripts.catalogues update    takes new texts in, drops those that are gone, compiles; lists what still lacks a translation
    python -m scripts.catalogues check     says what update would change; exit code 1 if anything

Entries are sorted by their text and bear no line numbers, so that two people who add texts rarely collide. Texts are found in templates
and Python files below `src/tuidang`. Guesses ("fuzzy") are never made: a translation is written or missing.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
from babel.messages.extract import extract
from django.utils.translation.template import templatize

SOURCE = Path(__file__).parent.parent / "src" / "tuidang"
LANGUAGES = ("zh_Hans", "zh_Hant")
_ONE, _MANY, _IN, _MANY_IN = None, (1, 2), ((1, "c"), 2), ((1, "c"), 2, 3)
_KEYWORDS = {
    f"{name}{lazy}": form
    for name, form in (("gettext", _ONE), ("ngettext", _MANY), ("pgettext", _IN), ("npgettext", _MANY_IN))
    for lazy in ("", "_lazy")
}
KEYWORDS = {"_": _ONE, "gettext_noop": _ONE, **_KEYWORDS}
HEADER = {"Content-Type": "text/plain; charset=UTF-8", "Content-Transfer-Encoding": "8bit", "Plural-Forms": "nplurals=1; plural=0;"}

TextKey = tuple[str, str, str]
"""Context, text, plural; empty where there is none."""


def texts() -> set[TextKey]:
    """Every text that the source marks for translation."""
    found: set[TextKey] = set()
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix in {".html", ".txt", ".md", ".xml", ".svg"} and "templates" in path.parts:
            # Outside its tags a template becomes a row of X: blanks at the start of a line would read as indented Python.
            plain = "\n".join(line.strip() for line in templatize(path.read_text("utf-8")).splitlines())
            found.update(_marked(plain))
        elif path.suffix == ".py":
            found.update(_marked(path.read_text("utf-8")))
    return found


def _marked(source: str) -> Iterator[TextKey]:
    for _, message, _, context in extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"}):
        parts = (message, "") if isinstance(message, str) else (*message, "")
        if parts[0]:
            yield context or "", parts[0], parts[1] or ""


def folder(language: str) -> Path:
    """Where a language's catalogue lies."""
    return SOURCE / "locale" / language / "LC_MESSAGES"


def read(language: str) -> polib.POFile:
    """The catalogue as it is written; an empty one if there is none."""
    path = folder(language) / "django.po"
    return polib.pofile(str(path), wrapwidth=0) if path.exists() else polib.POFile(wrapwidth=0)


def key(entry: polib.POEntry) -> TextKey:
    """What a text is known by."""
    return entry.msgctxt or "", entry.msgid, entry.msgid_plural or ""


def merged(language: str, wanted: set[TextKey]) -> polib.POFile:
    """The catalogue with exactly the wanted texts, and the translations that are there."""
    known = {key(entry): entry for entry in read(language) if not entry.obsolete}
    catalogue = polib.POFile(wrapwidth=0)
    catalogue.metadata = {"Language": language, **HEADER}
    for context, text, plural in sorted(wanted, key=lambda one: (one[1], one[0], one[2])):
        catalogue.append(known.get((context, text, plural)) or _new(context, text, plural))
    return catalogue


def missing(catalogue: polib.POFile) -> list[str]:
    """Texts that nobody has translated yet."""
    return [entry.msgid for entry in catalogue if entry.fuzzy or not (entry.msgstr or any(entry.msgstr_plural.values()))]


def _new(context: str, text: str, plural: str) -> polib.POEntry:
    entry = polib.POEntry(msgid=text, msgctxt=context or None)
    if plural:
        entry.msgid_plural, entry.msgstr_plural = plural, {0: ""}
    return entry


def update() -> int:
    """Writes and compiles both catalogues. Returns the exit code: 1 if translations are missing."""
    wanted, code = texts(), 0
    for language in LANGUAGES:
        catalogue = merged(language, wanted)
        folder(language).mkdir(parents=True, exist_ok=True)
        catalogue.save(str(folder(language) / "django.po"))
        catalogue.save_as_mofile(str(folder(language) / "django.mo"))
        code |= _report(language, [f"no translation: {text!r}" for text in missing(catalogue)])
    return code


def check() -> int:
    """Says what differs. Returns the exit code."""
    wanted, code = texts(), 0
    for language in LANGUAGES:
        catalogue = read(language)
        there = {key(entry) for entry in catalogue}
        differences = [f"no translation: {text!r}" for text in missing(catalogue)]
        differences += [f"not in the catalogue: {one[1]!r}" for one in sorted(wanted - there)]
        differences += [f"no longer in the source: {one[1]!r}" for one in sorted(there - wanted)]
        compiled = folder(language) / "django.mo"
        if not compiled.exists() or compiled.read_bytes() != catalogue.to_binary():
            differences.append("django.mo is not what django.po compiles to")
        code |= _report(language, differences)
    return code


def _report(language: str, lines: list[str]) -> int:
    sys.stdout.write("".join(f"{language}: {line}\n" for line in lines))
    return int(bool(lines))


if __name__ == "__main__":
    commands = {"update": update, "check": check}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    sys.exit(commands[sys.argv[1]]())
