"""Share cards: what other sites show beside a link to ours. Made here, once for each edition, and named by what stands on them.

Drawn with the fonts of the machine where it has some for the script (Debian: `fonts-noto-cjk`); nothing is fetched. English is drawn with the
font that Pillow brings. Where a character has no font, the card is drawn without words rather than with empty boxes: whoever shows it
writes the title beside it anyway.
"""

from __future__ import annotations

import hashlib
import io
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from tlog.store import write_durably
from tuidang.kernel.places import places, private_folder
from tuidang.newsroom.queries import Shown

SIZE = (1200, 630)
INK, SOFT, PAPER, LINE, ACCENT = "#1d2327", "#56616a", "#fbfaf6", "#dcd8cd", "#14596b"
_LEFT, _WIDTH = 90, 1020
_LINES = 4
_MOST_CHARACTERS = 120
_FOLDERS = (
    "/usr/share/fonts/opentype/noto",
    "/usr/share/fonts/noto-cjk",
    "/usr/share/fonts/google-noto-serif-cjk-fonts",
    "/usr/local/share/fonts",
)
_INDEX = {"zh-hans": 2, "zh-hant": 3}
"""Of a script in Noto's collections."""
_VERSION = b"card 3\0"
"""To be changed with the drawing: other cards have other names."""
_MISSING = "\ue000"
"""A character for private use, which a font shows as its sign for what it does not have."""
Font = ImageFont.FreeTypeFont


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around the title of a card, in the language of the page: above and below it, and a `figure` that is larger than it."""

    over: str
    under: str
    figure: str = ""


def name_of(edition: Shown, around: Around) -> str:
    """The name of an edition's card."""
    words = f"{edition.language}\0{edition.written_in}\0{around.over}\0{around.under}\0{around.figure}\0{edition.title}"
    return f"card-{hashlib.sha256(_VERSION + words.encode()).hexdigest()}.png"


def is_made(name: str) -> bool:
    """Whether a card is there to be shown."""
    return (places().media / name).exists()


def make(edition: Shown, around: Around) -> None:
    """Draws an edition's card, if it is not there."""
    name = name_of(edition, around)
    if not is_made(name):
        drawn = draw(edition.title, around, language=edition.written_in, page=edition.language)
        write_durably(private_folder(places().media) / name, drawn)


def draw(title: str, around: Around, *, language: str, page: str) -> bytes:
    """A PNG of 1200 by 630: `title` in `language`, what is around it in that of the page. A title below a figure is small."""
    card = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(card)
    pen.rectangle((0, 0, SIZE[0], 14), fill=ACCENT)
    for y in (530, 536):
        pen.line((_LEFT, y, _LEFT + _WIDTH, y), fill=LINE, width=2)
    size, top, lines = (46, 372, 2) if around.figure else (72, 150, _LINES)
    big, small, largest = font(language, size), font(page, 34), font(page, 190)
    if big and small and largest and _has(big, title) and _has(small, around.over + around.under + around.figure):
        pen.text((_LEFT, 80), around.over, font=small, fill=SOFT)
        pen.text((_LEFT, 562), around.under, font=small, fill=SOFT)
        if around.figure:
            _write_figure(pen, around.figure, page)
        asked = drawn_with(big, language)
        for number, line in enumerate(broken(title, big, lines, asked)):
            pen.text((_LEFT, top + (size + 20) * number), line, font=big, fill=INK, features=asked)
    else:
        pen.ellipse((SIZE[0] // 2 - 90, 190, SIZE[0] // 2 + 90, 370), outline=ACCENT, width=10)
    kept = io.BytesIO()
    card.quantize(32).save(kept, "PNG", optimize=True)
    return kept.getvalue()


@cache
def font(language: str, size: int) -> Font | None:
    """A font for a language; None where the machine has none for it."""
    for folder in _FOLDERS:
        path = Path(folder) / "NotoSerifCJK-Bold.ttc"
        if path.exists():
            return ImageFont.truetype(path, size, index=_INDEX.get(language, _INDEX["zh-hans"]))
    if language in _INDEX:
        return None
    found = ImageFont.load_default(size)
    return found if isinstance(found, Font) else None


def drawn_with(using: Font, language: str) -> list[str] | None:
    """What the fonts are asked for: in Noto's, an apostrophe is as wide as a Chinese character unless one asks."""
    return ["pwid"] if language not in _INDEX and using.layout_engine == ImageFont.Layout.RAQM else None


def _has(using: Font, text: str) -> bool:
    """Whether a font has a sign for every character."""
    nothing = bytes(using.getmask(_MISSING))
    return all(bytes(using.getmask(one)) != nothing for one in set(text) if not one.isspace())


def _write_figure(pen: ImageDraw.ImageDraw, figure: str, page: str) -> None:
    """As large as it can be."""
    for size in range(190, 60, -10):
        using = font(page, size)
        if using is not None and using.getlength(figure) <= _WIDTH:
            pen.text((_LEFT, 340), figure, font=using, fill=ACCENT, anchor="ls")
            return


def broken(title: str, using: Font, most: int = _LINES, asked: list[str] | None = None) -> list[str]:
    """A title in at most so many lines that fit: between words, and between any two Chinese characters; what is too long ends in dots."""

    def fits(text: str) -> bool:
        return bool(using.getlength(text.rstrip(), features=asked) <= _WIDTH)

    lines, line = [], ""
    for piece in _pieces(" ".join(title.split())[:_MOST_CHARACTERS], fits):
        if line and not fits(line + piece):
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    lines.append(line.rstrip())
    if len(lines) <= most and len(title) <= _MOST_CHARACTERS:
        return lines
    last = lines[:most][-1]
    while not fits(f"{last}…"):
        last = last[:-1]
    return [*lines[: most - 1], f"{last}…"]


def _pieces(text: str, fits: Callable[[str], bool]) -> list[str]:
    """What stays on one line as long as it `fits` there."""
    found: list[str] = []
    for one in text:
        closes = one in "，。、；：？！）」』”’》,.;:?!)"
        if found and (closes or not (found[-1][-1] == " " or _is_wide(one) or _is_wide(found[-1][-1]))) and fits(found[-1] + one):
            found[-1] += one
        else:
            found.append(one)
    return found


def _is_wide(one: str) -> bool:
    """Whether it is a Chinese character or a sign of that width: a line may end beside it. One may not within a word, with whatever accents."""
    return unicodedata.east_asian_width(one) in "WF"
