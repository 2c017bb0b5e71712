"""Audit epochs: quarters of entry days, with their keys made ahead and their private halves kept off this machine."""

from __future__ import annotations

from tuidang.kernel import clock
from tuidang.kernel.errors import SetUpError
from tuidang.kernel.places import places
from tuidang.vault.adapters import KeyFiles
from tuidang.vault.models import Epoch
from tuidang.vault.records import EpochKey

AHEAD = 8


def epoch_name(day: int) -> str:
    """The quarter of a day, like `2026Q4`."""
    when = clock.as_date(day)
    return f"{when.year}Q{(when.month + 2) // 3}"


def _following(name: str) -> str:
    year, quarter = int(name[:4]), int(name[5])
    return f"{year}Q{quarter + 1}" if quarter < 4 else f"{year + 1}Q1"


def make_epochs(count: int = AHEAD) -> list[str]:
    """Makes the keys of this quarter and the next ones up to `count` in all, where they are missing; returns the names that are new.

    Private halves go to `DATA.offline`.
    """
    files = KeyFiles(places().offline)
    made = []
    name = epoch_name(clock.today())
    for _ in range(count):
        if not Epoch.objects.filter(name=name).exists():
            secret = EpochKey(files.make(f"epoch-{name}", EpochKey.generate().secret))
            Epoch.objects.create(name=name, public=secret.public)
            made.append(name)
        name = _following(name)
    return made


def public_epochs() -> list[tuple[str, bytes]]:
    """All epochs by name with their public keys."""
    return [(row.name, bytes(row.public)) for row in Epoch.objects.order_by("name")]


def epoch_for(day: int) -> tuple[str, bytes]:
    """Name and public key of the epoch of `day`. Raises SetUpError if it was not made ahead."""
    name = epoch_name(day)
    row = Epoch.objects.filter(name=name).first()
    if row is None:
        raise SetUpError(f"there is no key for the audit epoch {name}; run: tuidang keys epochs")
    return name, bytes(row.public)
