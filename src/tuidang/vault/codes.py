"""The one secret a declarant gets: 128 bits, in every form a person may write it, and what is derived from it.

Forms and derivations are docs/log-format.md, section 7. A code is never stored, logged or put into a URL.
"""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from typing import Literal
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand
from mnemonic import Mnemonic

from tuidang.kernel.errors import TuidangError

Unit = Literal["character", "word", "sign"]
Script = Literal["english", "chinese_simplified", "chinese_traditional"]
SCRIPTS: dict[str, Script] = {"en": "english", "zh-hans": "chinese_simplified", "zh-hant": "chinese_traditional"}
WORDS = 12
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {symbol: value for value, symbol in enumerate(CROCKFORD)} | {"O": 0, "I": 1, "L": 1}
_SYMBOLS = 26
_CHECK = 1021
_LATIN = 0x2E7F
"""No character of the Chinese lists is before it."""
LONGEST_TYPED = 1000
MOST_VERSIONS = 20
"""How often what is on the record can be corrected."""


class UnreadableCodeError(TuidangError):
    """What was typed is not a code. `hint` is `length`, `symbol`, `check`, or `long` where it is far too long: which help fits.

    `unit` is what it was taken for: characters, words, or letters and digits (`sign`). `place`: of the first that no code has, from 1. `there`:
    how many there are.
    """

    exit_code = 1

    def __init__(self, hint: Literal["length", "symbol", "check", "long"], unit: Unit = "sign", *, place: int = 0, there: int = 0) -> None:
        super().__init__(f"not a code: {hint}")
        self.hint, self.unit, self.place, self.there = hint, unit, place, there


@cache
def _words(script: Script) -> tuple[str, ...]:
    return tuple(Mnemonic(script).wordlist)


@cache
def _positions(script: Literal["english", "chinese"]) -> dict[str, int]:
    """Word to position. The two Chinese lists are aligned, so one map takes both and any mixture of them."""
    lists: list[Script] = ["english"] if script == "english" else ["chinese_traditional", "chinese_simplified"]
    return {word: position for name in lists for position, word in enumerate(_words(name))}


def traditional_to_simplified() -> dict[int, int]:
    """For `str.translate`: the characters of the one Chinese list to those of the other, where they differ."""
    return str.maketrans("".join(_words("chinese_traditional")), "".join(_words("chinese_simplified")))


def _without_marks(typed: str) -> str:
    """Full-width forms folded, upper case, everything but letters and digits gone."""
    return "".join(char for char in unicodedata.normalize("NFKC", typed).upper() if char.isalnum())


@dataclass(frozen=True, slots=True)
class Code:
    """128 bits. Equality compares them; repr does not show them."""

    secret: bytes = field(repr=False)

    def words(self, script: Script) -> list[str]:
        """The twelve words or characters of BIP-39."""
        bits = int.from_bytes(self.secret + sha256(self.secret).digest()[:1], "big") >> 4
        return [_words(script)[bits >> (11 * place) & 2047] for place in reversed(range(WORDS))]

    def base32(self) -> str:
        """26 Crockford symbols and two check symbols, in groups of four."""
        number = int.from_bytes(self.secret, "big")
        digits = [number >> (5 * place) & 31 for place in reversed(range(_SYMBOLS))] + list(divmod(number % _CHECK, 32))
        symbols = "".join(CROCKFORD[digit] for digit in digits)
        return "-".join(symbols[at : at + 4] for at in range(0, len(symbols), 4))

    def shown(self, language: str) -> str:
        """As it is shown first to a reader of `language`: twelve characters in groups of four, or base32."""
        if language not in ("zh-hans", "zh-hant"):
            return self.base32()
        characters = "".join(self.words(SCRIPTS[language]))
        return " ".join(characters[at : at + 4] for at in range(0, WORDS, 4))

    def derive(self, info: bytes, length: int) -> bytes:
        """HKDF-SHA256 without salt over the code."""
        return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=info).derive(self.secret)

    def keys(self) -> CodeKeys:
        """All that is derived from a code alone, with one extraction."""
        extracted = HKDF.extract(hashes.SHA256(), None, self.secret)

        def expand(info: bytes, length: int) -> bytes:
            return HKDFExpand(algorithm=hashes.SHA256(), length=length, info=info).derive(extracted)

        return CodeKeys(
            lookup=UUID(bytes=expand(b"tuidang/v1/lookup", 16)),
            declaration=UUID(bytes=expand(b"tuidang/v1/declaration", 16)),
            record_key=expand(b"tuidang/v1/record", 32),
        )

    def lookup_id(self) -> UUID:
        """Under which the declarant's row is kept."""
        return UUID(bytes=self.derive(b"tuidang/v1/lookup", 16))

    def declaration_id(self) -> UUID:
        """Under which the declaration is kept until it is sealed."""
        return UUID(bytes=self.derive(b"tuidang/v1/declaration", 16))

    def void_key(self, salt_p: bytes) -> bytes:
        """`v`: whoever shows it can take the entry back. 32 bytes."""
        return self.derive(b"tuidang/v1/void" + salt_p, 32)

    def content_mark(self, content: bytes) -> bytes:
        """Tells the same content from other content to whoever has the code; says nothing to anyone else. 32 bytes."""
        return hmac.digest(self.secret, b"tuidang/v1/content" + content, sha256)

    def member(self, number: int) -> Code:
        """The code of the `number`-th person (from 1) of the group that this code opens."""
        return Code(self.derive(b"tuidang/v1/member" + number.to_bytes(4, "big"), 16))

    def successor(self, number: int) -> Code:
        """The code under which the `number`-th correction (from 1) of what is on the record under this one stands; this code opens it too."""
        return Code(self.derive(b"tuidang/v1/successor" + number.to_bytes(4, "big"), 16))

    def versions(self) -> list[Code]:
        """This code and all its successors, in their order."""
        return [self, *map(self.successor, range(1, MOST_VERSIONS + 1))]


@dataclass(frozen=True, slots=True)
class CodeKeys:
    """What a code opens. `record_key` is a secret of 32 bytes."""

    lookup: UUID
    declaration: UUID
    record_key: bytes = field(repr=False)


def read_code(typed: str) -> Code:
    """A code from anything a person typed: words in three scripts or mixed Chinese, or base32; spaces and marks do not matter.

    A label before it does not matter either, nor that two of its forms stand there, if they are of one code. Raises UnreadableCodeError.
    """
    if len(typed) > LONGEST_TYPED:
        raise UnreadableCodeError("long")
    plain = unicodedata.normalize("NFKC", typed)
    try:
        return _read_form(plain)
    except UnreadableCodeError:
        if code := _in_two_forms(plain):
            return code
        label, colon, rest = plain.partition(":")
        if not (colon and _is_label(label)) or ":" in rest:
            raise
    return _read_form(rest)


def _is_label(before: str) -> bool:
    """Whether what stands before the one colon is too short for a code: a few words that were copied with it."""
    plain = _without_marks(before)
    return 0 < len(plain) < _SYMBOLS + 2 and sum(ord(char) > _LATIN for char in plain) < WORDS


def _in_two_forms(plain: str) -> Code | None:
    """The one code that stands there in two forms or more, whatever stands around them: that two agree by chance cannot be."""
    characters = [char for char in plain if ord(char) > _LATIN and char.isalnum()]
    latin = "".join(char if ord(char) <= _LATIN else " " for char in plain)
    forms = [
        set(_windows(characters, _positions("chinese"))),
        set(_windows(_split(latin), _positions("english"))),
        set(_base32_windows(_without_marks(latin))),
    ]
    twice = {code for at, some in enumerate(forms) for others in forms[at + 1 :] for code in some & others}
    return twice.pop() if len(twice) == 1 else None


def _windows(words: list[str], positions: dict[str, int]) -> Iterator[Code]:
    for at in range(len(words) - WORDS + 1):
        with suppress(UnreadableCodeError):
            yield _from_words(words[at : at + WORDS], positions, "word")


def _base32_windows(symbols: str) -> Iterator[Code]:
    for at in range(len(symbols) - _SYMBOLS - 1):
        with suppress(UnreadableCodeError):
            yield _from_base32(symbols[at : at + _SYMBOLS + 2])


def _split(plain: str) -> list[str]:
    """What stands between words, an apostrophe too, is no part of any."""
    return "".join(char if char.isalnum() else " " for char in plain.lower()).split()


def _read_form(plain: str) -> Code:
    folded = _without_marks(plain)
    if folded and all(ord(char) > _LATIN for char in folded):
        return _from_words(list(folded), _positions("chinese"), "character")
    words = _split(plain)
    if _are_words(words):
        return _from_words(words, _positions("english"), "word")
    return _from_base32(folded)


def _are_words(typed: list[str]) -> bool:
    """Whether it is meant as English words: so many of them are, that it is nothing else."""
    known = sum(word in _positions("english") for word in typed)
    return known >= min(WORDS // 2, max(1, len(typed) - 1)) and all(word.isalpha() for word in typed)


def _from_words(words: list[str], positions: dict[str, int], unit: Unit) -> Code:
    for place, word in enumerate(words, 1):
        if word not in positions:
            raise UnreadableCodeError("symbol", unit, place=place, there=len(words))
    if len(words) != WORDS:
        raise UnreadableCodeError("length", unit, there=len(words))
    bits = 0
    for word in words:
        bits = bits << 11 | positions[word]
    secret = (bits >> 4).to_bytes(16, "big")
    if sha256(secret).digest()[0] >> 4 != bits & 15:
        raise UnreadableCodeError("check", unit)
    return Code(secret)


def _from_base32(symbols: str) -> Code:
    if len(symbols) != _SYMBOLS + 2:
        raise UnreadableCodeError("length", there=len(symbols))
    number = 0
    for place, symbol in enumerate(symbols, 1):
        if symbol not in _VALUES:
            raise UnreadableCodeError("symbol", place=place, there=len(symbols))
        number = number << 5 | _VALUES[symbol]
    value, check = divmod(number, 1024)
    if value >> 128 or value % _CHECK != check:
        raise UnreadableCodeError("check")
    return Code(value.to_bytes(16, "big"))
