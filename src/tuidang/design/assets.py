"""What is served besides pages: an icon, a word to robots, the stylesheets, and scripts for staff.

These are joined from the files in `styles`, without comments, under a name that changes with the content. A journey of six requests is lighter
with one file that is fetched once than with its 2 KB in each page. The name carries a hash of the content, so it may be cached for ever: other
content has another name.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

SHEETS: Mapping[str, tuple[str, ...]] = {
    "public": ("tokens", "page", "parts", "forms"),
    "staff": ("tokens", "page", "parts", "forms", "staff"),
    "newsroom": ("newsroom",),
    "desk": ("desk",),
}
SCRIPTS = ("staff", "desk", "vendor/markdown-toolbar")
"""For pages of staff, which work without them too. Public pages have no script, and their policy lets none run."""
CACHE_CONTROL = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent: its path from the root, its bytes, the same compressed, and the headers it needs."""

    path: str
    body: bytes
    compressed: bytes
    content_type: str = "text/css; charset=utf-8"
    cache_control: str = CACHE_CONTROL


@cache
def sheet(name: str) -> Asset:
    """The stylesheet of `public` or `staff` pages, or what pages of the `newsroom` need besides. Raises KeyError."""
    source = "\n".join(files(__package__).joinpath("styles", f"{part}.css").read_text("utf-8") for part in SHEETS[name])
    body = squeeze(source).encode()
    digest = hashlib.sha256(body).hexdigest()[:12]
    return Asset(f"/style/{name}.{digest}.css", body, gzip.compress(body, 9, mtime=0))


@cache
def script(name: str) -> Asset:
    """A script of staff pages. Raises FileNotFoundError."""
    body = files(__package__).joinpath("scripts", f"{name}.js").read_bytes()
    digest = hashlib.sha256(body).hexdigest()[:12]
    return Asset(f"/script/{name.rpartition('/')[2]}.{digest}.js", body, gzip.compress(body, 9, mtime=0), "text/javascript; charset=utf-8")


def icon() -> Asset:
    """The sign in a browser's tab. Browsers ask for it at this address by themselves, so no page needs to name it."""
    body = files(__package__).joinpath("icon.ico").read_bytes()
    return Asset("/favicon.ico", body, gzip.compress(body, 9, mtime=0), "image/x-icon", "public, max-age=604800")


def robots() -> Asset:
    """What robots may read: all but the pages of staff, and the ledger, which is for programs and large."""
    body = b"User-agent: *\nDisallow: /staff/\nDisallow: /ledger/\n"
    return Asset("/robots.txt", body, gzip.compress(body, 9, mtime=0), "text/plain; charset=utf-8", "public, max-age=86400")


@cache
def assets() -> Mapping[str, Asset]:
    """Every asset by its path, for whatever answers requests before Django does."""
    return {one.path: one for one in (*map(sheet, SHEETS), *map(script, SCRIPTS), icon(), robots())}


def squeeze(source: str) -> str:
    """CSS without comments and needless blanks. Blanks inside a declaration stay single: `calc(1px + 2px)` needs its own."""
    plain = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    tight = re.sub(r"\s*([{};,>])\s*|(:)\s+", lambda found: found[1] or found[2], plain)
    return re.sub(r"\s+", " ", tight).replace(";}", "}").strip()
