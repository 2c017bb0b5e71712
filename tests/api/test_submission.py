"""Reading what clients send: exact where they are exact, generous where they slip."""

import base64
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.api.speak import ascii_json, group, submission, wrapped

from tuidang.api.submission import UnusableError, organisations, people, read

PARTY, LEAGUE, PIONEERS = 1, 2, 4


def refused(body: bytes) -> str:
    with pytest.raises(UnusableError) as caught:
        people(read(body))
    return caught.value.message


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("退党", PARTY),
        ("退團", LEAGUE),
        ("退队", PIONEERS),
        ("退党团", PARTY | LEAGUE),
        ("退团队", LEAGUE | PIONEERS),
        ("退黨團隊", 7),
        ("三退", 7),
        ("退出党、团、队", 7),
        ("退出党,团,队", 7),
        ("声明退出曾经加入过的中国共产党、中国共产主义青年团和中国少年先锋队", 7),
        ("聲明退出中國共產黨", PARTY),
        ("退出中国共产主义青年团", LEAGUE),
        ("退出共青团、少先队", LEAGUE | PIONEERS),
        ("退出少先队，我爸爸还在党内", PIONEERS),
        ("我先退队，后退团", LEAGUE | PIONEERS),
        ("我退休了", 0),
        ("他入了党", 0),
        ("退出加入过的一切相关组织", 0),
        ("", 0),
    ],
)
def test_what_a_text_says_someone_leaves(text, left):
    assert organisations(text) == left


def test_everyone_in_a_group_leaves_what_their_own_line_says():
    body = group(("党团队", "甲山"), ("团队", "乙水"), ("队", "丙石"))
    assert people(read(body)) == [("甲山", 7), ("乙水", 6), ("丙石", 4)]


def test_traditional_characters_and_three_withdrawals_are_understood_in_lines():
    lines = "退黨團：甲山\r\n三退：乙水\r\n退隊:丙石"
    body = submission(name="甲山、乙水、丙石", subject=lines, content=lines, smnumber=3)
    assert people(read(body)) == [("甲山", 3), ("乙水", 7), ("丙石", 4)]


def test_two_people_of_one_name_each_have_their_own_line():
    assert people(read(group(("党", "平安"), ("队", "平安")))) == [("平安", 1), ("平安", 4)]


def test_names_decide_where_the_number_differs():
    assert len(people(read(group(("党", "甲山"), ("队", "乙水"), smnumber=77)))) == 2


def test_without_lines_what_the_text_says_holds_for_everyone():
    body = submission(name="甲山、乙水", subject="全家三退", content="我们全家声明三退。", smnumber=2)
    assert people(read(body)) == [("甲山", 7), ("乙水", 7)]


def test_one_line_may_name_several_people():
    body = submission(name="甲山、乙水", subject="", content="退团队：甲山、乙水", smnumber=2)
    assert people(read(body)) == [("甲山", 6), ("乙水", 6)]


def test_a_person_alone_may_write_a_colon():
    body = submission(name="甲山", subject="退党声明", content="退党声明：我从小入队，如今全部退出。")
    assert people(read(body)) == [("甲山", PARTY)]


def test_whoever_lacks_an_organisation_is_asked_for_it():
    assert refused(submission(subject="声明", content="我声明退出。")) == "organisations"
    assert refused(group(("党", "甲山"), name="甲山、乙水")) == "organisations"


@pytest.mark.parametrize("name", ["", "、、", " \r\n ", "\u0000\u202e"])
def test_a_name_is_needed(name):
    assert refused(submission(name=name)) == "names"


def test_a_character_below_u1000_with_a_digit_missing_is_mended():
    raw = ascii_json(name="@", subject="退党", content="一").replace(b"@", rb"\u3b1\u3b2 \u4e2d")
    assert read(wrapped(raw)).name == "αβ 中"


def test_an_escaped_backslash_is_no_escape_to_mend():
    raw = json.dumps({"name": r"C:\u12 \\u3b1", "subject": "", "content": "", "address": ""}).encode()
    assert read(wrapped(raw)).name == r"C:\u12 \\u3b1"


def test_utf8_where_ascii_was_agreed_is_read():
    raw = json.dumps({"name": "阿凡提·José", "subject": "退党", "content": "x"}, ensure_ascii=False).encode("utf-8")
    assert read(wrapped(raw)).name == "阿凡提·José"


def test_a_byte_that_is_no_utf8_stands_for_itself():
    raw = rb'{"name":"\u963f' + b"\xb7" + rb'\u4e70","subject":"","content":""}'
    assert read(wrapped(raw)).name == "阿·买"


def test_other_alphabet_padding_and_line_ends_are_read():
    raw = ascii_json(name="甲山?>~", subject="退党", content="一")
    body = base64.encodebytes(raw).replace(b"\n", b"\r\n")
    assert read(body).name == "甲山?>~"


@pytest.mark.parametrize(
    "body",
    [b"", b"=", b"A", b"{}", b"hello world!", b"\xff\x00", wrapped(b"[]"), wrapped(b"null"), wrapped(b'{"name":'), wrapped(b"[" * 100_000)],
)
def test_what_cannot_be_read_is_said_to_be_so(body):
    with pytest.raises(UnusableError) as caught:
        read(body)
    assert caught.value.message == "unreadable"


def test_fields_of_other_types_do_no_harm():
    sent = read(wrapped(b'{"name":["x"],"address":{"a":1},"subject":12,"content":null}'))
    assert (sent.name, sent.address, sent.subject, sent.content) == ("", "", "12", "")


def test_half_a_character_becomes_the_sign_for_an_unreadable_one():
    assert read(wrapped(rb'{"name":"\ud83d!"}')).name == "\ufffd!"


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fall_over(body):
    for sent in (body, wrapped(body)):
        with suppress(UnusableError):
            assert people(read(sent))


@given(st.text(st.characters(min_codepoint=0x20, exclude_categories=["Cs"]), max_size=60))
def test_every_text_arrives_as_it_was_written(text):
    assert read(submission(content=text)).content == text
