"""A code is read in whatever form a person writes it, and a slip is noticed rather than taken for another code."""

from __future__ import annotations

import contextlib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuidang.vault.codes import CROCKFORD, SCRIPTS, Code, UnreadableCodeError, _words, read_code

codes = st.binary(min_size=16, max_size=16).map(Code)
SIMPLIFIED, TRADITIONAL = _words("chinese_simplified"), _words("chinese_traditional")


def hint(typed: str) -> str:
    with pytest.raises(UnreadableCodeError) as caught:
        read_code(typed)
    return caught.value.hint


@given(codes)
def test_every_form_that_is_shown_is_read_back(code: Code) -> None:
    assert read_code(code.base32()) == code
    for script in SCRIPTS.values():
        assert read_code(" ".join(code.words(script))) == code
        assert read_code("".join(code.words(script)) if script != "english" else ", ".join(code.words(script))) == code
    for language in SCRIPTS:
        assert read_code(code.shown(language)) == code


@given(codes, st.lists(st.booleans(), min_size=12, max_size=12))
def test_simplified_and_traditional_may_be_mixed(code: Code, which: list[bool]) -> None:
    both = zip(code.words("chinese_simplified"), code.words("chinese_traditional"), which, strict=True)
    assert read_code("".join(first if take else second for first, second, take in both)) == code


@given(codes)
def test_case_spaces_marks_full_width_and_look_alikes_do_not_matter(code: Code) -> None:
    plain = code.base32().replace("-", "")
    wide = "".join(chr(ord(char) + 0xFEE0) for char in plain)
    for typed in (plain.lower(), f"  {' '.join(plain)}\n", wide, plain.replace("0", "O").replace("1", "l"), f"«{plain}»."):
        assert read_code(typed) == code


@given(codes, st.integers(0, 27), st.sampled_from(CROCKFORD))
def test_one_wrong_symbol_is_always_noticed(code: Code, place: int, symbol: str) -> None:
    plain = code.base32().replace("-", "")
    if plain[place] != symbol:
        assert hint(plain[:place] + symbol + plain[place + 1 :]) == "check"


@given(codes, st.integers(0, 26))
def test_two_symbols_that_changed_places_are_always_noticed(code: Code, place: int) -> None:
    plain = list(code.base32().replace("-", ""))
    if plain[place] != plain[place + 1]:
        plain[place], plain[place + 1] = plain[place + 1], plain[place]
        assert hint("".join(plain)) == "check"


def test_most_wrong_characters_are_noticed() -> None:
    words = Code(bytes(range(16))).words("chinese_simplified")
    read = 0
    for other in SIMPLIFIED:
        if other != words[5]:
            with contextlib.suppress(UnreadableCodeError):
                read_code("".join([*words[:5], other, *words[6:]]))
                read += 1
    assert read < len(SIMPLIFIED) / 12


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", "length"),
        ("短", "length"),
        ("一" * 11, "length"),
        ("U" * 28, "symbol"),
        ("饕" * 12, "symbol"),
        ("A" * 27, "length"),
        ("Z" * 28, "check"),
        ("x" * 5_000, "length"),
        ("\x00\ufffd🙂", "length"),
    ],
)
def test_nonsense_gets_the_hint_that_helps(typed: str, expected: str) -> None:
    assert hint(typed) == expected


@given(st.text())
def test_nothing_that_can_be_typed_does_anything_else(typed: str) -> None:
    with contextlib.suppress(UnreadableCodeError):
        assert isinstance(read_code(typed), Code)


def test_the_lists_are_aligned_and_share_no_word_at_different_places() -> None:
    places = {word: place for place, word in enumerate(SIMPLIFIED)}
    assert all(places.get(word, place) == place for place, word in enumerate(TRADITIONAL))
    assert all(unicodedata.normalize("NFKC", word) == word for word in (*SIMPLIFIED, *TRADITIONAL))


@given(codes, codes)
def test_what_is_derived_differs_by_purpose_and_code(one: Code, other: Code) -> None:
    keys = one.keys()
    derived = [keys.lookup.bytes, keys.declaration.bytes, keys.record_key, one.void_key(bytes(32)), one.void_key(bytes(31) + b"1")]
    derived += [one.member(1).secret, one.member(2).secret, one.secret]
    assert len(set(derived)) == len(derived)
    assert (keys.lookup, keys.declaration) == (one.lookup_id(), one.declaration_id())
    assert (one.keys() == other.keys()) == (one == other)


def test_a_code_does_not_show_itself() -> None:
    code = Code(b"secretsecretsecr")
    assert "secret" not in repr(code).replace("secret=", "")
    assert "secret" not in str(code)
    assert "secret" not in f"{code.keys()!r}"
