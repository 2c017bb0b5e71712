"""Two calm landscapes, drawn by a program: pictures that are ours, for the demo. The same each time."""

from __future__ import annotations

import io
from collections.abc import Sequence
from math import sin

from PIL import Image, ImageDraw, ImageFilter, ImageOps

WIDTH, HEIGHT = 1280, 720
_FINER = 2
"""Drawn so many times larger, so that no edge is jagged."""
_SIZE = (WIDTH * _FINER, HEIGHT * _FINER)
_WAVES = ((1.9, 1.0), (4.7, 0.42), (11.3, 0.13), (29.0, 0.03))
"""Of a ridge: how often each wave rises over the width of the picture, and how high."""


def hills() -> bytes:
    """Rows of blue hills in the morning, as a PNG."""
    picture = _sky("#6f9bb8", "#a9c0c8", "#f3e7d3", 0.8)
    _sun(picture, at=(0.68, 0.3), radius=0.05, colour="#fffaf0")
    rows = ("#b9cbd3", "#93b0bd", "#6b909f", "#46707f", "#29505d", "#153640")
    for number, colour in enumerate(rows):
        _ridge(picture, base=0.46 + 0.095 * number, height=0.075 + 0.012 * number, shift=2.3 * number, colour=colour, mist="#e9e2d6")
    return _png(picture)


def lake() -> bytes:
    """Still water in the evening, as a PNG."""
    picture = _sky("#43557a", "#a88a98", "#f4c396", 0.58)
    _sun(picture, at=(0.36, 0.47), radius=0.04, colour="#ffe3bf")
    for number, colour in enumerate(("#8e7f8f", "#5f6078", "#363f57")):
        _ridge(picture, base=0.47 + 0.035 * number, height=0.07, shift=1.7 + 2.9 * number, colour=colour, mist="#c79b86")
    shore = int(_SIZE[1] * 0.58)
    mirrored = ImageOps.flip(picture.crop((0, 2 * shore - _SIZE[1], _SIZE[0], shore)))
    water = Image.blend(mirrored.filter(ImageFilter.BoxBlur(9)), Image.new("RGB", mirrored.size, "#2c3a55"), 0.38)
    picture.paste(water, (0, shore))
    _ripples(picture, shore)
    return _png(picture)


def _sky(top: str, middle: str, bottom: str, horizon: float) -> Image.Image:
    grey = Image.new("L", _SIZE, 255)
    grey.paste(Image.linear_gradient("L").resize((_SIZE[0], int(_SIZE[1] * horizon))))
    return ImageOps.colorize(grey, top, bottom, middle)


def _sun(picture: Image.Image, *, at: tuple[float, float], radius: float, colour: str) -> None:
    x, y, r = at[0] * _SIZE[0], at[1] * _SIZE[1], radius * _SIZE[0]
    small = Image.new("L", (_SIZE[0] // 8, _SIZE[1] // 8))
    around = [value / 8 for value in (x - 1.6 * r, y - 1.6 * r, x + 1.6 * r, y + 1.6 * r)]
    ImageDraw.Draw(small).ellipse(around, fill=120)
    glow = small.filter(ImageFilter.GaussianBlur(r / 8)).resize(_SIZE)
    picture.paste(Image.new("RGB", _SIZE, colour), mask=glow)
    ImageDraw.Draw(picture).ellipse((x - r, y - r, x + r, y + r), fill=colour)


def _ridge(picture: Image.Image, *, base: float, height: float, shift: float, colour: str, mist: str) -> None:
    """A row of hills: dark at its ridge, paler below, where the mist lies."""
    line = _line(base, height, shift)
    shape = Image.new("L", _SIZE)
    ImageDraw.Draw(shape).polygon([(0, _SIZE[1]), *line, (_SIZE[0], _SIZE[1])], fill=255)
    top = int(min(y for _, y in line))
    ground = Image.new("RGB", _SIZE, colour)
    fading = Image.linear_gradient("L").resize((_SIZE[0], int(_SIZE[1] * 0.5))).point(lambda value: value * 0.6)
    ground.paste(Image.new("RGB", fading.size, mist), (0, top), fading)
    picture.paste(ground, mask=shape)


def _line(base: float, height: float, shift: float) -> Sequence[tuple[float, float]]:
    def up(x: float) -> float:
        return sum(share * sin(often * x + shift * (1 + number)) for number, (often, share) in enumerate(_WAVES))

    return [(x, _SIZE[1] * (base - height * up(3.14 * x / _SIZE[0]))) for x in range(0, _SIZE[0] + 8, 8)]


def _ripples(picture: Image.Image, shore: int) -> None:
    """Thin bright strokes on the water, farther from one another as they come nearer."""
    strokes = Image.new("L", _SIZE)
    pen = ImageDraw.Draw(strokes)
    for number in range(46):
        depth = (number / 46) ** 1.8
        y = shore + 10 + depth * (_SIZE[1] - shore)
        middle = _SIZE[0] * (0.36 + 0.09 * depth * sin(2.4 * number))
        half = _SIZE[0] * (0.014 + 0.045 * depth) * (1.2 + sin(5.1 * number))
        pen.rectangle((middle - half, y, middle + half, y + 1 + 3 * depth), fill=int(95 - 55 * depth))
    picture.paste(Image.new("RGB", _SIZE, "#ffdcb8"), mask=strokes.filter(ImageFilter.GaussianBlur(2)))


def _png(picture: Image.Image) -> bytes:
    made = io.BytesIO()
    picture.reduce(_FINER).save(made, "PNG", compress_level=1)
    return made.getvalue()
