"""Signed notes, keys and checkpoints: what is accepted, and that rubbish is named and never crashes."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tlog.build import KEY, ORIGIN, OTHER_KEY, opening

from tlog.checkpoint import Checkpoint, SignedCheckpoint
from tlog.errors import CannotCheckError, InvalidError, TlogError
from tlog.note import Note, SignerKey, VerifierKey

# The key and the note of the documentation of Go's sumdb/note.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)

PRIME = 2**255 - 19
D = -121_665 * pow(121_666, -1, PRIME) % PRIME
EIGHTH = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
WEAK = {0, 1, PRIME - 1, EIGHTH, PRIME - EIGHTH, PRIME, PRIME + 1}


def root(square: int) -> int:
    """A square root modulo the prime."""
    found = pow(square, (PRIME + 3) // 8, PRIME)
    return found if found * found % PRIME == square % PRIME else found * pow(2, (PRIME - 1) // 4, PRIME) % PRIME


def doubled(point: tuple[int, int]) -> tuple[int, int]:
    """A point of the curve added to itself."""
    x, y = point
    both = D * x * x * y * y
    return 2 * x * y * pow(1 + both, -1, PRIME) % PRIME, (y * y + x * x) * pow(1 - both, -1, PRIME) % PRIME


def test_a_note_signed_by_go_is_accepted():
    key = VerifierKey.parse(GO_KEY)
    assert Note.parse(GO_NOTE.encode()).signed_by(key)
    assert str(key) == GO_KEY


def test_a_changed_text_is_refused():
    with pytest.raises(InvalidError, match="signature"):
        Note.parse(GO_NOTE.replace("answer", "Answer").encode()).signed_by(VerifierKey.parse(GO_KEY))


def test_keys_survive_being_written_and_read():
    assert SignerKey.parse(KEY.export()) == KEY
    assert VerifierKey.parse(str(KEY.verifier)) == KEY.verifier
    assert SignerKey.generate("a.name").verifier.name == "a.name"


def test_a_signer_key_is_not_shown_by_accident():
    assert KEY.seed.hex() not in repr(KEY)
    assert str(KEY.seed) not in repr(KEY)


@given(
    st.text(max_size=200) | st.builds("{}+{}+{}".format, st.text(max_size=5), st.text("0123456789abcdef", max_size=8), st.text(max_size=60))
)
def test_what_is_no_key_is_named(text):
    with pytest.raises(CannotCheckError, match="bad-argument"):
        VerifierKey.parse(text)
    with pytest.raises(CannotCheckError, match="bad-argument"):
        SignerKey.parse(f"PRIVATE+KEY+{text}")


@pytest.mark.parametrize("place", range(len(GO_KEY)))
def test_a_slip_in_a_key_is_noticed(place):
    slip = "B" if GO_KEY[place] != "B" else "C"
    with pytest.raises(CannotCheckError):
        VerifierKey.parse(GO_KEY[:place] + slip + GO_KEY[place + 1 :])


@given(st.binary(max_size=300) | st.text(string.printable + "—é", max_size=300).map(str.encode))
def test_rubbish_is_no_checkpoint(data):
    with pytest.raises(InvalidError, match="checkpoint"):
        SignedCheckpoint.parse(data)


@given(st.data())
def test_a_flipped_bit_in_a_checkpoint_is_found(data):
    raw = bytearray(opening().checkpoint())
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(TlogError):
        SignedCheckpoint.parse(bytes(raw)).require(KEY.verifier)


@pytest.mark.parametrize(
    "text",
    [
        f"{ORIGIN}\n1\n",
        f"{ORIGIN}\n01\n{'A' * 43}=\n",
        f"{ORIGIN}\n-1\n{'A' * 43}=\n",
        f"{ORIGIN}\n1\nAAAA\n",
        f"{ORIGIN}\n1\n{'A' * 42}B=\n",
        f"{ORIGIN}\n1\n{'é' * 43}=\n",
        f"\n1\n{'A' * 43}=\n",
        f"{ORIGIN}\n1\n{'A' * 43}=\nextension\n",
    ],
)
def test_only_origin_size_and_root_make_a_checkpoint(text):
    with pytest.raises(InvalidError, match="checkpoint"):
        SignedCheckpoint.parse(f"{text}\n{KEY.sign(text)}".encode())


def test_a_checkpoint_is_read_as_it_was_signed():
    checkpoint = Checkpoint(ORIGIN, 12, bytes(32))
    signed = SignedCheckpoint.parse(f"{checkpoint.text}\n{KEY.sign(checkpoint.text)}".encode())
    signed.require(KEY.verifier)
    assert signed.checkpoint == checkpoint


@pytest.mark.parametrize("key", [OTHER_KEY, SignerKey("another.example", KEY.seed)])
def test_another_key_is_refused(key):
    with pytest.raises(InvalidError, match="signature"):
        SignedCheckpoint.parse(opening().checkpoint()).require(key.verifier)


def keyed(public: bytes) -> str:
    return str(VerifierKey(ORIGIN, public))


def test_keys_that_are_worth_nothing_are_refused():
    """Of a point whose order divides 8, a signature can be made by anyone: all eight, in every way of writing them."""
    for y in WEAK:
        for sign in (0, 1 << 255):
            with pytest.raises(CannotCheckError, match="bad-argument"):
                VerifierKey.parse(keyed((y | sign).to_bytes(32, "little")))
    identity = (1).to_bytes(32, "little")
    assert VerifierKey(ORIGIN, identity).accepts(b"anything", identity + bytes(32))


def test_the_weak_points_are_those_whose_order_divides_8():
    for y in WEAK - {PRIME, PRIME + 1}:
        x = root((y * y - 1) * pow(D * y * y + 1, -1, PRIME))
        point = (x, y)
        for _ in range(3):
            point = doubled(point)
        assert point == (0, 1)


def test_a_second_way_of_writing_a_key_is_refused():
    for y in range(PRIME, 1 << 255):
        with pytest.raises(CannotCheckError, match="bad-argument"):
            VerifierKey.parse(keyed(y.to_bytes(32, "little")))


@pytest.mark.parametrize("name", ["a\x01b", "a\x7fb", "a\u202eb", "a\udcffb", "a b", "a+b", "", "a\u2028b"])
def test_a_key_has_a_name_that_can_be_seen(name):
    with pytest.raises(CannotCheckError, match="bad-argument"):
        VerifierKey.parse(f"{name}+00000000+{'A' * 44}")
    with pytest.raises(ValueError):
        SignerKey.generate(name)


def test_sizes_end_where_a_signed_number_of_64_bits_does():
    for size in (2**63, 10**19 - 1):
        text = f"{ORIGIN}\n{size}\n{'A' * 43}=\n"
        with pytest.raises(InvalidError, match="checkpoint"):
            SignedCheckpoint.parse(f"{text}\n{KEY.sign(text)}".encode())


def test_every_signature_of_a_key_must_fit():
    text = Checkpoint(ORIGIN, 0, bytes(32)).text
    good, bad = KEY.sign(text), KEY.sign(text + "x\n")
    assert Note.parse(f"{text}\n{good}{good}".encode()).signed_by(KEY.verifier)
    for lines in (good + bad, bad + good):
        with pytest.raises(InvalidError, match="signature"):
            Note.parse(f"{text}\n{lines}".encode()).signed_by(KEY.verifier)


@pytest.mark.parametrize("line", ["— w AAAAAAAAAAA\n", "— w AAAAAAAAAB==\n", "- w AAAAAAAAAA==\n", "— w  AAAAAAAAAA==\n", "\n"])
def test_a_malformed_line_of_a_witness_spoils_the_note(line):
    text = Checkpoint(ORIGIN, 0, bytes(32)).text
    with pytest.raises(InvalidError, match="checkpoint"):
        Note.parse(f"{text}\n{KEY.sign(text)}{line}".encode())


def test_a_note_has_at_most_100_signatures():
    text = Checkpoint(ORIGIN, 0, bytes(32)).text
    Note.parse(f"{text}\n{KEY.sign(text) * 100}".encode())
    with pytest.raises(InvalidError, match="too many"):
        Note.parse(f"{text}\n{KEY.sign(text) * 101}".encode())


def test_signatures_of_other_types_are_carried_and_ignored():
    text = Checkpoint(ORIGIN, 0, bytes(32)).text
    note = f"{text}\n— witness.example AAAAAAQBAgM=\n{KEY.sign(text)}"
    assert Note.parse(note.encode()).signed_by(KEY.verifier)
