"""A code in every form a person may write it is the same code, and slips are caught."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mnemonic import Mnemonic

from tuidang.vault.codes import CROCKFORD, MOST_VERSIONS, SCRIPTS, Code, UnreadableCodeError, read_code

codes = st.binary(min_size=16, max_size=16).map(Code)
BLANKS = st.sampled_from(["", " ", "　", "-", "\n", " · ", "，", "\t"])


def full_width(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


@given(codes, st.sampled_from(["english", "chinese_simplified", "chinese_traditional"]))
def test_its_words_are_read_back(code, script):
    words = code.words(script)
    assert len(words) == 12
    assert read_code(" ".join(words)) == code
    assert read_code("\n".join(words).upper()) == code


@given(codes, st.data())
def test_chinese_characters_of_both_scripts_may_be_mixed_and_spaced_in_any_way(code, data):
    simplified, traditional = code.words("chinese_simplified"), code.words("chinese_traditional")
    typed = "".join(data.draw(st.sampled_from(pair)) + data.draw(BLANKS) for pair in zip(simplified, traditional, strict=True))
    assert read_code(typed) == code


@given(codes, st.data())
def test_base32_is_read_in_any_case_width_and_grouping(code, data):
    symbols = code.base32().replace("-", "")
    assert len(symbols) == 28
    typed = "".join(data.draw(st.sampled_from([char, char.lower(), full_width(char)])) + data.draw(BLANKS) for char in symbols)
    assert read_code(typed) == code


@given(codes)
def test_letters_that_look_like_digits_are_taken_for_them(code):
    assert read_code(code.base32().replace("0", "O").replace("1", "l")) == code
    assert read_code(code.base32().replace("0", "o").replace("1", "I")) == code


@given(codes, st.sampled_from([*SCRIPTS, "en-GB", "fr"]))
def test_what_is_shown_first_is_read_back(code, language):
    assert read_code(code.shown(language)) == code


@given(codes, st.integers(0, 27), st.integers(1, 31))
def test_every_wrong_symbol_in_base32_is_caught(code, place, other):
    symbols = list(code.base32().replace("-", ""))
    symbols[place] = CROCKFORD[(CROCKFORD.index(symbols[place]) + other) % 32]
    with pytest.raises(UnreadableCodeError) as caught:
        read_code("".join(symbols))
    assert caught.value.hint == "check"


@given(codes, st.integers(0, 26))
def test_two_symbols_that_changed_places_are_caught(code, place):
    symbols = list(code.base32().replace("-", ""))
    symbols[place], symbols[place + 1] = symbols[place + 1], symbols[place]
    typed = "".join(symbols)
    if symbols[place] == symbols[place + 1]:
        assert read_code(typed) == code
    else:
        with pytest.raises(UnreadableCodeError):
            read_code(typed)


def hint_of(typed: str) -> str | None:
    """What reading says is wrong; None if it is a code."""
    try:
        read_code(typed)
    except UnreadableCodeError as error:
        return error.hint
    return None


def test_fifteen_of_sixteen_wrong_characters_are_caught():
    code, list_ = Code(bytes(range(16))), Mnemonic("chinese_simplified").wordlist
    words = code.words("chinese_simplified")
    others = [[*words[:place], other, *words[place + 1 :]] for place in range(12) for other in list_[::17] if other != words[place]]
    hints = [hint_of("".join(typed)) for typed in others]
    assert set(hints) == {None, "check"}
    assert 0.92 < hints.count("check") / len(hints) < 0.955


@pytest.mark.parametrize(
    ("typed", "hint"),
    [("", "length"), ("A" * 27, "length"), ("U" * 28, "symbol"), ("x" * 1001, "long"), ("一" * 11, "length"), ("龘" * 12, "symbol")],
)
def test_what_cannot_be_a_code_is_told_by_what_is_wrong(typed, hint):
    with pytest.raises(UnreadableCodeError) as caught:
        read_code(typed)
    assert caught.value.hint == hint


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_code_or_refused(typed):
    try:
        code = read_code(typed)
    except UnreadableCodeError:
        return
    assert len(code.secret) == 16


def test_nothing_shows_the_secret_by_accident():
    code = Code(b"sixteen bytes!!!")
    assert "sixteen" not in repr(code)
    assert "sixteen" not in repr(code.keys())
    assert unicodedata.is_normalized("NFKC", code.base32())


@given(codes)
def test_what_is_derived_together_is_what_is_derived_apart(code):
    keys = code.keys()
    assert keys.lookup == code.lookup_id()
    assert keys.declaration == code.declaration_id()
    assert keys.record_key == code.derive(b"tuidang/v1/record", 32)
    assert len({keys.lookup, keys.declaration, code.member(1).lookup_id(), code.member(2).lookup_id()}) == 4


def test_derivations_are_those_of_the_format():
    code = Code(bytes(16))
    assert code.base32() == "0000-0000-0000-0000-0000-0000-0000"
    assert code.words("english") == ["abandon"] * 11 + ["about"]
    assert code.words("chinese_simplified") == ["的"] * 11 + ["在"]
    assert code.void_key(b"a" * 32) != code.void_key(b"b" * 32)
    assert code.content_mark(b"one") != code.content_mark(b"other")


@given(codes, st.integers(0, 11), st.sampled_from(["chinese_simplified", "chinese_traditional", "english"]))
def test_the_first_that_no_list_has_is_named_by_its_place(code, place, script):
    words = code.words(script)
    words[place] = "龘" if script != "english" else "qqq"
    with pytest.raises(UnreadableCodeError) as caught:
        read_code(" ".join(words))
    assert (caught.value.hint, caught.value.place) == ("symbol", place + 1)
    assert caught.value.unit == ("word" if script == "english" else "character")


@given(codes, st.integers(0, 27))
def test_a_sign_that_base32_does_not_have_is_named_by_its_place(code, place):
    symbols = list(code.base32().replace("-", ""))
    symbols[place] = "U"
    with pytest.raises(UnreadableCodeError) as caught:
        read_code("".join(symbols))
    assert (caught.value.hint, caught.value.place, caught.value.unit) == ("symbol", place + 1, "sign")


@given(codes, st.integers(1, 11), st.sampled_from(["chinese_simplified", "english"]))
def test_how_many_there_are_is_said(code, count, script):
    with pytest.raises(UnreadableCodeError) as caught:
        read_code(" ".join(code.words(script)[:count]))
    assert caught.value.hint == "length"
    if script != "english" or count > 1:
        assert caught.value.there == count


@given(codes, st.sampled_from([", ", ". ", "; ", "、", " / ", "’ ", "\n"]))
def test_marks_between_words_do_not_matter(code, mark):
    assert read_code(mark.join(code.words("english"))) == code
    assert read_code(full_width(mark.join(code.words("english")))) == code
    assert read_code(mark.join(code.words("chinese_traditional"))) == code


def test_successors_are_codes_of_their_own_and_counted_from_the_first():
    code = Code(bytes(range(16)))
    versions = code.versions()
    assert len({one.secret for one in versions}) == MOST_VERSIONS + 1
    assert versions[2] == code.successor(2) != code.successor(1).successor(1)
    assert code.successor(1) != code.member(1)
    assert code.successor(1).secret.hex() == "6fc8886cd8127dc936c8d1af7a0e59d5"


@pytest.mark.parametrize("first", ["chinese_simplified", "chinese_traditional", "english", "base32"])
@pytest.mark.parametrize("second", ["chinese_simplified", "english", "base32"])
def test_two_forms_typed_together_are_one_code_and_forms_of_two_codes_are_none(first, second):
    def form(code, name):
        return code.base32() if name == "base32" else " ".join(code.words(name))

    code, other = Code(bytes(range(16))), Code(bytes(range(1, 17)))
    alike = first == second or {first, second} == {"chinese_simplified", "chinese_traditional"}
    if not alike:
        for between in ("" if "chinese" in first + second else " ", "\n", "同一密码的字母写法：", " The same code in words: "):
            assert read_code(form(code, first) + between + form(code, second)) == code
    for between in (" ", "密码：", "code:"):
        with pytest.raises(UnreadableCodeError):
            read_code(form(code, first) + between + form(other, second))


@pytest.mark.parametrize("label", ["查询密码：", "密碼: ", "code: ", "The same code in words:\n"])
def test_a_label_before_a_code_does_not_count_for_it_nor_for_the_hint(label):
    code = Code(bytes(range(16)))
    assert {read_code(label + form) for form in (code.base32(), code.shown("zh-hans"), " ".join(code.words("english")))} == {code}
    with pytest.raises(UnreadableCodeError) as caught:
        read_code(label + code.shown("zh-hant")[:-1])
    assert (caught.value.hint, caught.value.unit, caught.value.there) == ("length", "character", 11)
