"""What is sealed to a role or to a code opens there and nowhere else, and does not show how long it is."""

from uuid import UUID

import pytest

from tuidang.kernel.errors import DamagedError, RefusedError
from tuidang.vault import rolekeys
from tuidang.vault.codes import Code
from tuidang.vault.rolekeys import KeyFile, SealedFile

SECRET = rolekeys.new_secret()
PUBLIC = rolekeys.public_of(SECRET)
MESSAGE = UUID(int=7)
BOUND = rolekeys.bound_to("press", MESSAGE)


def test_it_opens_with_the_private_half_alone():
    sealed = rolekeys.seal(PUBLIC, "您好".encode(), BOUND)
    assert rolekeys.unseal(SECRET, sealed, BOUND) == "您好".encode()
    with pytest.raises(DamagedError):
        rolekeys.unseal(rolekeys.new_secret(), sealed, BOUND)


@pytest.mark.parametrize("bound", [rolekeys.bound_to("points", MESSAGE), rolekeys.bound_to("press", UUID(int=8)), b""])
def test_it_opens_as_no_other_message_and_for_no_other_role(bound):
    with pytest.raises(DamagedError):
        rolekeys.unseal(SECRET, rolekeys.seal(PUBLIC, b"x", BOUND), bound)


@pytest.mark.parametrize("cut", [0, 1, 100, -1])
def test_what_was_altered_does_not_open(cut):
    sealed = rolekeys.seal(PUBLIC, b"x", BOUND)
    with pytest.raises(DamagedError):
        rolekeys.unseal(SECRET, sealed[:cut], BOUND)


def test_lengths_show_whole_kilobytes_alone():
    lengths = {len(rolekeys.seal(PUBLIC, b"x" * length, BOUND)) for length in (0, 1, 500, 1020)}
    assert len(lengths) == 1
    assert len(rolekeys.seal(PUBLIC, b"x" * 1021, BOUND)) == lengths.pop() + 1024


def test_an_answer_opens_with_the_code_that_it_is_for():
    code, other = Code(bytes(16)), Code(bytes(range(16)))
    sealed = rolekeys.seal(rolekeys.public_of(rolekeys.answer_secret(code)), b"yes", BOUND)
    assert rolekeys.unseal(rolekeys.answer_secret(code), sealed, BOUND) == b"yes"
    with pytest.raises(DamagedError):
        rolekeys.unseal(rolekeys.answer_secret(other), sealed, BOUND)


def test_files_are_read_as_they_were_written():
    assert rolekeys.read_secret(KeyFile("press", SECRET).secret_text()) == KeyFile("press", SECRET)
    assert rolekeys.read_public(KeyFile("press", PUBLIC).public_text()) == KeyFile("press", PUBLIC)
    file = SealedFile("press", rolekeys.mark(PUBLIC), MESSAGE, b"\n\x00\n sealed \n")
    assert rolekeys.read_sealed(file.content()) == file


def test_a_private_key_is_never_taken_for_a_public_one():
    with pytest.raises(RefusedError, match="private key"):
        rolekeys.read_public(KeyFile("press", SECRET).secret_text())


@pytest.mark.parametrize(
    "text", ["", "x", "tuidang-contact-public/v1 press", "tuidang-contact-public/v1 press\nAAAA", "平安\n平安", "\n" * 50]
)
def test_what_is_no_key_is_refused(text):
    for read in (rolekeys.read_secret, rolekeys.read_public):
        with pytest.raises(RefusedError):
            read(text)
    with pytest.raises(RefusedError):
        rolekeys.read_sealed(text.encode())
