"""What is an address, and what would become something else in a letter's head."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuidang.newsletter.policies import Address, NoAddress, read_address


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("anna@mail.example", "anna@mail.example"),
        ("  Anna+news@Mail.Example ", "Anna+news@mail.example"),
        ("用户@例子.中国", "用户@xn--fsqu00a.xn--fiqs8s"),
        ("ａｎｎａ＠mail．example", "ａｎｎａ@mail.example"),
        ("o'neill@mail.example", "o'neill@mail.example"),
        (f"{'a' * 64}@mail.example", f"{'a' * 64}@mail.example"),
    ],
)
def test_what_people_write_is_read(typed, written):
    assert str(read_address(typed)) == written


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("anna", "form"),
        ("anna@", "form"),
        ("@mail.example", "form"),
        ("anna@localhost", "form"),
        ("anna@127.0.0.1", "form"),
        ("anna@[127.0.0.1]", "form"),
        (".anna@mail.example", "form"),
        ("an..na@mail.example", "form"),
        ("anna@-mail.example", "form"),
        ("anna@mail..example", "form"),
        ("anna@mail.example\r\nBcc: other@mail.example", "characters"),
        ("anna@mail.example\n", "characters"),
        ("anna\x00@mail.example", "characters"),
        ("anna\u202e@mail.example", "characters"),
        ("anna@mail.example, other@mail.example", "characters"),
        ("Anna <anna@mail.example>", "characters"),
        ('"an na"@mail.example', "characters"),
        ("an@na@mail.example", "characters"),
        (f"{'a' * 65}@mail.example", "too_long"),
        (f"{'用' * 22}@mail.example", "too_long"),
        (f"a@{'b' * 63}.{'c' * 63}.{'d' * 63}.{'e' * 61}.example", "too_long"),
        ("a" * 100_000, "too_long"),
    ],
)
def test_what_is_none_is_refused(typed, problem):
    assert read_address(typed) == NoAddress(problem)


@given(st.text(max_size=80) | st.from_regex(r"[^@\s]{1,20}@[a-z.]{3,20}"))
def test_nothing_that_is_read_can_become_another_header_or_recipient(typed):
    found = read_address(typed)
    if isinstance(found, Address):
        assert not set(str(found)) & set('\r\n\0 ,;:<>()[]"\\')
        assert read_address(str(found)) == found


def test_large_and_small_letters_are_one_mailbox():
    assert read_address("Anna@Mail.EXAMPLE").key == read_address("anna@mail.example").key
    assert read_address("ａｎｎａ@mail.example").key == read_address("anna@mail.example").key
    assert read_address("anna@mail.example").key != read_address("anna@mail2.example").key


@pytest.mark.parametrize(
    ("typed", "within"),
    [
        ("a@qq.com", True),
        ("a@vip.qq.com", True),
        ("a@x.gov.cn", True),
        ("用户@例子.中国", True),
        ("a@notqq.com", False),
        ("a@mail.tw", False),
    ],
)
def test_mailboxes_within_reach_are_known(typed, within):
    assert read_address(typed).within_reach is within
