"""Share cards: what other sites show beside a link to ours. Made here, once for each edition, and named by what stands on them.

Drawn with the fonts of the machine where it has some for the script (Debian: `fonts-noto-cjk`); nothing is fetched. English is drawn with the
font that Pillow brings. Where a character has no font, the card is drawn without words rather than with empty boxes: whoever shows it
writes the title beside it anyway.
"""

from __future__ import annotations

import hashlib
import io
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
_VERSION = b"card 1\0"
"""To be changed with the drawing: other cards have other names."""
_MISSING = "\ue000"
"""A character for private use, which a font shows as its sign for what it does not have."""
Font = ImageFont.FreeTypeFont


def name_of(edition: Shown, over: str, under: str) -> str:
    """The name of an edition's card; `over` stands above its title, `under` below."""
    words = f"{edition.language}\0{edition.written_in}\0{over}\0{under}\0{edition.title}"
    return f"card-{hashlib.sha256(_VERSION + words.encode()).hexdigest()}.png"


def is_made(name: str) -> bool:
    """Whether a card is there to be shown."""
    return (places().media / name).exists()


def make(edition: Shown, over: str, under: str) -> None:
    """Draws an edition's card, if it is not there."""
    name = name_of(edition, over, under)
    if not is_made(name):
        drawn = draw(edition.title, over, under, language=edition.written_in, page=edition.language)
        write_durably(private_folder(places().media) / name, drawn)


def draw(title: str, over: str, under: str, *, language: str, page: str) -> bytes:
    """A PNG of 1200 by 630: `title` in `language`, above and below it `over` and `under` in that of the page."""
    card = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(card)
    pen.rectangle((0, 0, SIZE[0], 14), fill=ACCENT)
    for y in (530, 536):
        pen.line((_LEFT, y, _LEFT + _WIDTH, y), fill=LINE, width=2)
    big, small = font(language, 72), font(page, 34)
    if big and small and _has(big, title) and _has(small, over + under):
        pen.text((_LEFT, 80), over, font=small, fill=SOFT)
        pen.text((_LEFT, 562), under, font=small, fill=SOFT)
        for number, line in enumerate(broken(title, big)):
            pen.text((_LEFT, 150 + 92 * number), line, font=big, fill=INK)
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


def _has(using: Font, text: str) -> bool:
    """Whether a font has a sign for every character."""
    nothing = bytes(using.getmask(_MISSING))
    return all(bytes(using.getmask(one)) != nothing for one in set(text) if not one.isspace())


def broken(title: str, using: Font) -> list[str]:
    """A title in lines that fit: between words, and between any two Chinese characters; what is too long ends in dots."""
    lines, line = [], ""
    for piece in _pieces(" ".join(title.split())[:_MOST_CHARACTERS]):
        if line and using.getlength((line + piece).rstrip()) > _WIDTH:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    lines.append(line.rstrip())
    if len(lines) <= _LINES and len(title) <= _MOST_CHARACTERS:
        return lines
    last = lines[:_LINES][-1]
    while using.getlength(f"{last}…") > _WIDTH:
        last = last[:-1]
    return [*lines[: _LINES - 1], f"{last}…"]


def _pieces(text: str) -> list[str]:
    found: list[str] = []
    for one in text:
        closes = one in "，。、；：？！）」』”’》,.;:?!)"
        together = found and (closes or (one.isascii() and found[-1][-1].isascii() and found[-1][-1] != " "))
        if together and len(found[-1]) < 30:
            found[-1] += one
        else:
            found.append(one)
    return found
