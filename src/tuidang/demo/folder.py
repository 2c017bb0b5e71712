"""The demo's own data folder: whether there is a demo in it, whether it is whole, and making room for another.

Nothing is ever removed that is not a demo by its own log's name.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from django.conf import settings

from tuidang.kernel.errors import SetUpError
from tuidang.kernel.places import places
from tuidang.ledger import adapters, founding
from tuidang.ops.serving import RUNNING, prepare_tables
from tuidang.ops.standing import DEMO

DEFAULT = 2_000


def _marker() -> Path:
    return places().data / "demo.json"


def declarations() -> int | None:
    """How many declarations the demo here was filled with; None if there is none, or its filling was interrupted."""
    try:
        return int(json.loads(_marker().read_text())["declarations"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def codes() -> dict[str, str]:
    """A few codes of the invented people here, by what they open: they are kept, as no register keeps any, so that they can be tried."""
    try:
        found = json.loads(_marker().read_text())["invented_codes"]
        return {str(name): str(code) for name, code in found.items()}
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def finished(number: int, invented: dict[str, str]) -> None:
    """Notes that the demo is whole, and codes of invented people. Raises SetUpError if this is no demo: a register keeps no codes."""
    key = founding.log_key(places())
    if key is None or not key.name.startswith(DEMO):
        raise SetUpError("only a demo keeps codes")
    _marker().write_text(json.dumps({"declarations": number, "invented_codes": invented}, ensure_ascii=False))


def check_is_ours() -> None:
    """Raises SetUpError if the folder holds something that is not a demo, or if this is no place for one."""
    if settings.ENVIRONMENT.hosts:
        raise SetUpError("a demo is for this machine alone: unset TUIDANG_HOSTS")
    at = places()
    key = founding.log_key(at)
    if key is not None and not key.name.startswith(DEMO):
        raise SetUpError(f"{at.data} holds the register {key.name}, which is no demo; choose another folder with --data")
    if key is None and any(path.name != RUNNING for path in at.data.iterdir()):
        raise SetUpError(f"{at.data} is not empty and holds no demo; choose another folder with --data")


def make_room() -> None:
    """Removes the demo that is here, finished or not. Call `check_is_ours` first. Raises SetUpError if its tables are on a server."""
    at = places()
    for beside in (at.keys, at.lock, at.signer, at.offline):
        shutil.rmtree(beside, ignore_errors=True)
    for path in at.data.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != RUNNING:
            path.unlink()
    prepare_tables()
    if adapters.head().size:
        raise SetUpError("the database of TUIDANG_DATABASE_URL holds a ledger already; give a new demo an empty one")
