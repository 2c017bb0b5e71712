"""Keys that turn a form token, or a client's body, into a code: outside database and backups, and short-lived.

A form token is 16 random bytes, the hour of its making and a MAC. Its code is an HMAC of it under the key of its day, so a token alone
opens nothing. For clients that cannot carry a token the code is an HMAC of what they sent, under a key that changes every two minutes.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from tuidang.kernel import clock
from tuidang.kernel.errors import TuidangError
from tuidang.kernel.places import places
from tuidang.kernel.randomness import random_bytes
from tuidang.vault.adapters import KeyFiles
from tuidang.vault.codes import Code

TOKEN_HOURS = 48
CLIENT_SECONDS = 120
_keys: dict[str, bytes] = {}
_period: list[int] = []
"""The last period in which this process used a key."""


class ExpiredTokenError(TuidangError):
    """The token is too old, or not ours. What was typed is kept on the page and a new one is given."""

    exit_code = 1


def _key(kind: str, period: int) -> bytes:
    name = f"{kind}-{period:010d}"
    _drop_after_turns()
    if name not in _keys:
        _keys[name] = _file(name)
    return _keys[name]


def _file(name: str) -> bytes:
    files = KeyFiles(places().keys)
    return files.read(name) if files.has(name) else files.make(name, random_bytes(32))


def _drop_after_turns() -> None:
    """Where a period began since the last use, what is too old goes before any key is used."""
    period = clock.seconds() // CLIENT_SECONDS
    if _period != [period]:
        _period[:] = [period]
        drop_old()


def make_next() -> None:
    """Makes the keys of now and of the next period, by the clock alone: their files say nothing of whether and when somebody came."""
    day, period = clock.today(), clock.seconds() // CLIENT_SECONDS
    for name in (f"form-{day:010d}", f"form-{day + 1:010d}", f"client-{period:010d}", f"client-{period + 1:010d}"):
        _file(name)


def drop_old() -> None:
    """Destroys keys that no valid token or repeated body can need any more: the files, and what this process holds."""
    forget_old()
    files = KeyFiles(places().keys)
    for name in _too_old(files.names("")):
        files.destroy(name)


def forget_old() -> None:
    """As `drop_old` in the memory of this process alone, which others that destroy files do not reach."""
    for name in _too_old(list(_keys)):
        _keys.pop(name, None)


def _too_old(names: Iterable[str]) -> list[str]:
    oldest = {"form": clock.today() - 3, "client": clock.seconds() // CLIENT_SECONDS - 1}
    parts = [(name, *name.partition("-")[::2]) for name in names]
    return [name for name, kind, period in parts if kind in oldest and int(period) < oldest[kind]]


@dataclass(frozen=True, slots=True)
class FormToken:
    """What a form carries so that sending it twice is one declaration."""

    random: bytes = field(repr=False)
    hour: int

    @classmethod
    def fresh(cls) -> FormToken:
        """A token of this hour."""
        return cls(random_bytes(16), clock.hour())

    def _body(self) -> bytes:
        return self.random + self.hour.to_bytes(4, "big")

    def _mac(self, purpose: bytes) -> bytes:
        return hmac.digest(_key("form", self.hour // 24), purpose + self._body(), sha256)[:16]

    def __str__(self) -> str:
        return urlsafe_b64encode(self._body() + self._mac(b"token")).decode()

    @classmethod
    def parse(cls, text: str) -> FormToken:
        """Raises ExpiredTokenError if `text` is no token of ours, or older than two days."""
        try:
            raw = urlsafe_b64decode(text.encode("ascii", "replace"))
        except (binascii.Error, ValueError):
            raw = b""
        if len(raw) != 36:
            raise ExpiredTokenError("not a token")
        token = cls(raw[:16], int.from_bytes(raw[16:20], "big"))
        if not 0 <= clock.hour() - token.hour < TOKEN_HOURS:
            raise ExpiredTokenError("too old")
        if not hmac.compare_digest(raw[20:], token._mac(b"token")):
            raise ExpiredTokenError("not ours")
        return token

    def code(self) -> Code:
        """The code that this form's declaration gets."""
        return Code(self._mac(b"code"))


def client_codes(body: bytes) -> list[Code]:
    """The codes that `body` gets now and would have got in the two minutes before, in this order."""
    period = clock.seconds() // CLIENT_SECONDS
    return [Code(hmac.digest(_key("client", at), body, sha256)[:16]) for at in (period, period - 1)]
