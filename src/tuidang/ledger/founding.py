"""The first keys of a register, and what the log says of them. Every step may be done again: a crash between two is healed by the next start."""

from __future__ import annotations

from typing import Any

import rfc8785

from tlog.entry import Kind
from tlog.errors import MissingError
from tlog.lists import KeySet
from tlog.note import SignerKey
from tlog.promise import key_name
from tlog.signer import create
from tlog.store import write_durably
from tuidang.kernel.errors import SetUpError
from tuidang.kernel.places import Places, places
from tuidang.ledger import actions, adapters
from tuidang.reference import queries as reference
from tuidang.vault import daykeys, epochs
from tuidang.vault.adapters import KeyFiles
from tuidang.vault.records import public_text

PROMISE = "promise"


def found(*, origin: str) -> None:
    """Makes what is missing of log key, promise key, epochs and folders for the log `origin`, and has the log say so.

    Raises SetUpError if there is a log of another origin here: a trial's ledger never becomes a public one; or a log without its key.
    """
    at = places()
    key = log_key(at)
    if key is None:
        if (at.ledger / "log.vkey").exists() or adapters.head().size:
            raise SetUpError(
                f"there is a ledger here, and its log key is not in {at.signer.name}. Bring the key back, or start a successor log"
            )
        key = create(at.signer, at.lock, origin)
    if key.name != origin:
        raise SetUpError(f"the log in this folder is {key.name}; it cannot become {origin}. Start with an empty data folder")
    KeyFiles(at.keys).make(PROMISE, SignerKey.generate(key_name(origin)).export().encode())
    at.ledger.mkdir(parents=True, exist_ok=True)
    write_durably(at.ledger / "log.vkey", f"{key.verifier}\n".encode())
    if not epochs.public_epochs():
        # Later ones are made at an operator's word: their private halves must not appear on a machine from which they were moved away.
        epochs.make_epochs()
    daykeys.current_key()
    announce_changes()


def log_key(at: Places) -> SignerKey | None:
    """The log key of this installation, if it has been made. On a machine of its own only the signer can read it."""
    path = at.signer / "log.key"
    return SignerKey.parse(path.read_text()) if path.exists() else None


def promise_key() -> SignerKey:
    """The key that signs promises."""
    return SignerKey.parse(KeyFiles(places().keys).read(PROMISE).decode())


def announce_changes() -> list[Kind]:
    """Leaves instructions for the key set and the code list where the log does not say what is so; returns their kinds. Raises SetUpError."""
    changed = []
    for kind, content in ((Kind.KEYS, key_set()), (Kind.CODES, reference.code_list())):
        if _in_force(kind) == rfc8785.dumps(content):
            continue
        actions.announce(kind=kind, content=content)
        changed.append(kind)
    return changed


def _in_force(kind: Kind) -> bytes | None:
    try:
        return adapters.list_in_force(kind)
    except MissingError as error:
        raise SetUpError(f"the ledger lacks what the database names, {error}. Bring ledger/ from a mirror") from error


def key_set() -> dict[str, Any]:
    """The key set as it is now (docs/log-format.md, section 5.2): what the log once named stays in it. Raises SetUpError."""
    key = adapters.verifier()
    data = _in_force(Kind.KEYS)
    former = KeySet.parse(data) if data else None
    if former is not None and former.origin != key.name:
        former = None
    promise = [promise_key().verifier]
    public = dict(epochs.public_epochs())
    if former is not None:
        promise += [one for one in former.promise if one not in promise]
        differing = [name for name, there in former.epochs.items() if public.setdefault(name, there) != there]
        if differing:
            raise SetUpError(
                f"the ledger names other keys for the audit epochs {', '.join(differing)}. Bring the database back from a backup"
            )
    return {
        "type": "tuidang/v1/keys",
        "origin": key.name,
        "log": str(key),
        "promise": [str(one) for one in promise],
        "epochs": [{"name": name, "kem": "MLKEM768-X25519", "public": public_text(raw)} for name, raw in sorted(public.items())],
    }
