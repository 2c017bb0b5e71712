"""Django's own secret key: it signs staff sessions and one-time links, nothing about declarants."""

from __future__ import annotations

import contextlib
import os

from tuidang.kernel.places import Places, private_folder
from tuidang.kernel.randomness import random_bytes


def django_secret(at: Places) -> str:
    """Reads `DATA.keys/django`, making it at first use. Two processes at once agree: the file is linked into place by one of them."""
    path = private_folder(at.keys) / "django"
    if not path.exists():
        temporary = path.with_name(f".django.{random_bytes(6).hex()}")
        temporary.touch(mode=0o600)
        temporary.write_text(random_bytes(32).hex())
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
        temporary.unlink()
    return path.read_text()
