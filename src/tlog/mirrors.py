"""The signed list of a register's addresses (docs/log-format.md, section 9.1; `tlog-verify mirrors`).

Whoever has it from anywhere can see that it is this register's, and of which day. No promise can be taken for one: that begins with its
own header.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from tlog.errors import CannotCheckError, InvalidError
from tlog.note import LARGEST, Note, SignerKey, VerifierKey
from tlog.promise import key_name
from tlog.store import Folder, Reader, is_address, open_store

PATH = "mirrors.txt"
"""Where a register has it, below its address."""
_HEADER = "/mirrors"
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_SITE = re.compile(rf"(?:https://(?:{_LABEL}\.)*{_LABEL}|http://(?:{_LABEL}\.)+onion)(?::[1-9][0-9]{{0,4}})?")
_LONGEST_HOST = 253


@dataclass(frozen=True, slots=True)
class Mirrors:
    """What a list says: `addresses` are `https://HOST` or `http://NAME.onion`, the first the one to try first; there may be none."""

    origin: str
    day: date
    addresses: tuple[str, ...]

    @property
    def text(self) -> str:
        """What is signed."""
        return "".join(f"{line}\n" for line in (f"{self.origin}{_HEADER}", self.day.isoformat(), *self.addresses))

    def sign(self, key: SignerKey) -> bytes:
        """The signed note. Raises ValueError if `key` is not named as the promise key of this log, or an address is none."""
        if key.name != key_name(self.origin):
            raise ValueError(f"the addresses of {self.origin} are signed by {key_name(self.origin)}")
        if not all(map(is_site, self.addresses)):
            raise ValueError("an address is a scheme and a host, and nothing after them")
        return f"{self.text}\n{key.sign(self.text)}".encode()

    @classmethod
    def parse(cls, text: str) -> Mirrors:
        """Reads the lines. Raises InvalidError("mirrors") unless they are what `text` gives, byte for byte."""
        header, *rest = text.removesuffix("\n").split("\n")
        if not header.endswith(_HEADER) or header == _HEADER or not rest:
            raise InvalidError("mirrors", f"this is not a list of addresses: its first lines are not NAME{_HEADER} and a day")
        try:
            found = cls(header.removesuffix(_HEADER), date.fromisoformat(rest[0]), tuple(rest[1:]))
        except ValueError as error:
            raise InvalidError("mirrors", f"this is not a list of addresses: {error}") from None
        for address in found.addresses:
            if not is_site(address):
                raise InvalidError("mirrors", f"this is not the address of a site: {address}")
        if found.text != text:
            raise InvalidError("mirrors", "not a list of addresses as this format writes it")
        return found


def verify_mirrors(data: bytes, keys: Sequence[VerifierKey]) -> Mirrors:
    """The list in the signed note `data`, signed by one of `keys`: the promise keys of the log's key sets.

    Raises InvalidError: "mirrors" if it is none, "signature" if none of the keys signed it or it speaks for another log than its key.
    """
    try:
        note = Note.parse(data)
    except InvalidError as error:
        raise InvalidError("mirrors", f"this is not a list of addresses: {error.message}") from None
    found = Mirrors.parse(note.text)
    if not any(key.name == key_name(found.origin) and note.signed_by(key) for key in keys):
        raise InvalidError("signature", "not signed by a promise key of this log")
    return found


def read_mirrors(where: str) -> bytes:
    """What lies in a file, or at an address; of a site's address alone, what lies at PATH below it. Raises CannotCheckError."""
    if not is_address(where):
        path = Path(where)
        return _read(Folder(path.parent), path.name, where)
    try:
        whole = urlsplit(where).path.strip("/")
    except ValueError:
        raise CannotCheckError("bad-argument", f"this is not a web address: {where}") from None
    site, _, name = where.rstrip("/").rpartition("/") if whole else (where, "", PATH)
    return _read(open_store(site), name, where)


def is_site(address: str) -> bool:
    """Whether it is a scheme and a host in lower case, with a port at most, encrypted on its way."""
    if not _SITE.fullmatch(address):
        return False
    try:
        parts = urlsplit(address)
        return len(parts.hostname or "") <= _LONGEST_HOST and parts.port != 0
    except ValueError:
        return False  # a port above 65,535


def _read(store: Reader, name: str, where: str) -> bytes:
    try:
        return store.read(name, LARGEST)
    except CannotCheckError as error:
        error.path = where
        raise
