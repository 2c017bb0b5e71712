"""Pictures as we make them anew from what was sent: upright, in sRGB, in several widths, without a word that a camera or a program wrote into them.

What a file says of its size is read before a pixel of it is decoded. JPEG, PNG and WebP come in; JPEG goes out, and PNG for few colours: every
browser shows both, and a choice of formats would need an element that turns to garbage in Tor's safest mode.
"""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Mapping
from uuid import UUID

from django.db import IntegrityError, transaction
from PIL import Image, ImageCms, ImageOps

from tlog.store import write_durably
from tuidang.accounts import actions as accounts
from tuidang.kernel.errors import InvalidInputError
from tuidang.kernel.places import places, private_folder
from tuidang.newsroom import policies
from tuidang.newsroom.models import Picture

LARGEST = 12 * 1024 * 1024
MOST_PIXELS = 40_000_000
"""Decoded, some 160 MB; one picture is decoded at a time. Telephones send 12 to 24 million."""
LONGEST_SIDE = 20_000
FEW_COLOURS = 256
QUALITY = 80
LONGEST_ALT = 500
_KINDS = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG"}
_ONE_AT_A_TIME = threading.Lock()


def add(*, data: bytes, alt: Mapping[str, str], rights: str, credit: str, by: UUID) -> UUID:
    """Keeps a picture with its words and returns its id; the same picture with the same words is kept once.

    `alt` says by language what is to be seen on it. Raises InvalidInputError, with `picture` for what cannot be shown: `too_large`,
    `too_many_pixels`, `unknown` (no JPEG, PNG or WebP), `animated`, `damaged`.
    """
    words = _words(alt, rights, credit)
    with _ONE_AT_A_TIME:
        upright = _decoded(data)
        form, copies = _copies(upright)
    widest = max(copies)
    height = _height(upright, widest)
    digest = hashlib.sha256(b"\0".join([*copies.values(), repr(words).encode()])).hexdigest()
    folder = private_folder(places().media)
    for width, copy in copies.items():
        write_durably(folder / f"{digest}-{width}.{form}", copy)
    made = Picture(digest=digest, width=widest, height=height, form=form, alt=words[0], rights=words[1], credit=words[2], added_by_id=by)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            accounts.record(member=by, verb="newsroom.add_picture", subject=str(made.id))
    except IntegrityError:
        return Picture.objects.get(digest=digest).id
    return made.id


def _words(alt: Mapping[str, str], rights: str, credit: str) -> tuple[dict[str, str], str, str]:
    said = {language: alt[language].strip() for language in policies.LANGUAGES if alt.get(language, "").strip()}
    bounds = {"alt": max(map(len, said.values()), default=0) > LONGEST_ALT, "rights": len(rights) > 300, "credit": len(credit) > 200}
    problems = {name: "too_long" for name, beyond in bounds.items() if beyond}
    problems |= {name: "missing" for name, given in (("alt", bool(said)), ("rights", bool(rights.strip()))) if not given}
    if problems:
        raise InvalidInputError(problems)
    return said, rights.strip(), credit.strip()


def _decoded(data: bytes) -> Image.Image:
    """The picture as it is meant to be seen. Raises InvalidInputError."""
    if len(data) > LARGEST:
        raise InvalidInputError({"picture": "too_large"})
    kind = next((one for magic, one in _KINDS.items() if data.startswith(magic)), "WEBP" if data[8:12] == b"WEBP" else "")
    if not kind:
        raise InvalidInputError({"picture": "unknown"})
    try:
        return _loaded(data, kind)
    except InvalidInputError:
        raise
    except Image.DecompressionBombError:  # the library's own bound, far above ours, is found first
        raise InvalidInputError({"picture": "too_many_pixels"}) from None
    except Exception:  # noqa: BLE001  a decoder fails in many ways at what is damaged, and means to
        raise InvalidInputError({"picture": "damaged"}) from None


def _loaded(data: bytes, kind: str) -> Image.Image:
    with Image.open(io.BytesIO(data), formats=(kind,)) as opened:  # the head alone
        if problem := _problem(opened):
            raise InvalidInputError({"picture": problem})
        opened.draft("RGB", (2 * policies.WIDTHS[-1], 2 * policies.WIDTHS[-1]))
        opened.load()
        return _plain(ImageOps.exif_transpose(opened))


def _problem(opened: Image.Image) -> str:
    if opened.width * opened.height > MOST_PIXELS or max(opened.size) > LONGEST_SIDE:
        return "too_many_pixels"
    # Telephones put several pictures into one JPEG; the first is the one that was taken.
    return "animated" if opened.format in {"PNG", "WEBP"} and getattr(opened, "is_animated", False) else ""


def _plain(picture: Image.Image) -> Image.Image:
    """Eight bits a colour in sRGB, on white where it was transparent."""
    profile = picture.info.get("icc_profile")
    if picture.mode.startswith("I"):
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if profile and picture.mode in {"RGB", "CMYK"}:
        picture = _in_srgb(picture, profile)
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        seen = picture.convert("RGBA")
        ground = Image.new("RGB", seen.size, "white")
        ground.paste(seen, mask=seen.getchannel("A"))
        return ground
    return picture.convert("RGB")


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    try:
        made = ImageCms.profileToProfile(
            picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError):
        return picture  # a profile that nobody can read: as it stands
    return picture if made is None else made


def _height(picture: Image.Image, width: int) -> int:
    return max(1, round(picture.height * width / picture.width))


def _copies(picture: Image.Image) -> tuple[str, dict[int, bytes]]:
    """The ending of the files, and the bytes by width."""
    few = picture.getcolors(FEW_COLOURS) is not None
    found = {}
    for width in policies.widths(min(picture.width, policies.WIDTHS[-1])):
        # Pasted into a new one: `info` with what was in the file stays behind.
        clean = Image.new("RGB", (width, _height(picture, width)))
        clean.paste(picture.resize(clean.size, Image.Resampling.LANCZOS))
        kept = io.BytesIO()
        if few:
            clean.quantize(FEW_COLOURS).save(kept, "PNG", optimize=True)
        else:
            clean.save(kept, "JPEG", quality=QUALITY, optimize=True, progressive=True)
        found[width] = kept.getvalue()
    return "png" if few else "jpg", found
