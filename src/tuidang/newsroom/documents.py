"""Documents to download: PDF, EPUB or plain text, as they were sent, named by their digest, and never opened in a page of ours."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile

from tlog.store import write_durably
from tuidang.kernel.errors import InvalidInputError
from tuidang.kernel.places import places, private_folder
from tuidang.newsroom.content import File

LARGEST = 12 * 1024 * 1024
"""It is held in memory whole, and nothing of it in a temporary file."""
LONGEST_NAME = 80
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def keep(*, data: bytes, name: str, language: str) -> File:
    """Keeps a document and returns what is to stand among the facts of its publication. Raises InvalidInputError.

    `name` is what readers will save it as; its ending is set by what the file is. Problems of `document`: `too_large`, `unknown`.
    """
    if len(data) > LARGEST:
        raise InvalidInputError({"document": "too_large"})
    form = form_of(data)
    if not form:
        raise InvalidInputError({"document": "unknown"})
    digest = hashlib.sha256(data).hexdigest()
    write_durably(private_folder(places().media) / f"{digest}.{form}", data)
    stem = re.sub(r"[^\w-]+", "-", name.rpartition(".")[0] or name).strip("-_")[:LONGEST_NAME] or "document"
    return File(language=language, name=f"{stem}.{form}", digest=digest, size=len(data))


def form_of(data: bytes) -> str:
    """`pdf`, `epub` or `txt` by what is in it; empty for anything else."""
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        return "epub" if _is_epub(data) else ""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return ""
    looks_like_markup = text.lstrip()[:1] == "<"
    return "txt" if text.strip() and not looks_like_markup and not _CONTROLS.search(text) else ""


def _is_epub(data: bytes) -> bool:
    """An EPUB begins with a member that says so, stored as it is."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            first = archive.infolist()[0]
            stored = first.compress_type == zipfile.ZIP_STORED and first.file_size <= 64
            return first.filename == "mimetype" and stored and archive.read(first).strip() == b"application/epub+zip"
    except (zipfile.BadZipFile, IndexError, OSError, ValueError, NotImplementedError, RuntimeError):
        return False
