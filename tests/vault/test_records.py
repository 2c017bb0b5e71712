"""Sealed copies: each opens with its own key, for its own record, and with nothing else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuidang.kernel.errors import DamagedError
from tuidang.vault.records import MLKEM_PUBLIC, Envelope, EpochKey, open_own, open_text, seal_own, seal_text

KEY, OTHER = bytes(range(32)), bytes(range(32, 64))
A, B = b"lookup id no. 1.", b"lookup id no. 2."


@given(st.binary(max_size=2_000))
def test_the_own_copy_opens_with_the_record_key(plain):
    assert open_own(KEY, A, seal_own(KEY, A, plain)) == plain


@pytest.mark.parametrize(("key", "lookup"), [(OTHER, A), (KEY, B)])
def test_not_with_another_key_nor_as_another_record(key, lookup):
    blob = seal_own(KEY, A, b"plain")
    with pytest.raises(DamagedError):
        open_own(key, lookup, blob)


def test_a_text_is_not_a_record_and_a_record_no_text():
    with pytest.raises(DamagedError):
        open_own(KEY, A, seal_text(KEY, A, b"plain"))
    with pytest.raises(DamagedError):
        open_text(KEY, A, seal_own(KEY, A, b"plain"))
    assert open_text(KEY, A, seal_text(KEY, A, b"plain")) == b"plain"


@given(st.data())
def test_every_change_of_a_byte_is_noticed(data):
    blob = bytearray(seal_own(KEY, A, b"plain"))
    blob[data.draw(st.integers(0, len(blob) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(DamagedError):
        open_own(KEY, A, bytes(blob))


@pytest.mark.parametrize("blob", [b"", b"\x01", b"\x01" + bytes(12), b"\x02" + bytes(60)])
def test_what_is_no_copy_is_refused(blob):
    with pytest.raises(DamagedError):
        open_own(KEY, A, blob)


def test_sealing_twice_gives_two_ciphertexts():
    assert seal_own(KEY, A, b"plain") != seal_own(KEY, A, b"plain")


@settings(max_examples=10)
@given(st.binary(max_size=500))
def test_an_epoch_copy_opens_through_the_envelope_of_its_epoch(plain):
    epoch, envelope = EpochKey.generate(), Envelope.generate()
    sealed, copy = envelope.sealed_for("2026Q4", epoch.public), envelope.seal(A, plain)
    assert epoch.open_envelope("2026Q4", sealed).open(A, copy) == plain


def test_an_envelope_opens_for_no_other_epoch_and_no_other_key():
    epoch, envelope = EpochKey.generate(), Envelope.generate()
    sealed = envelope.sealed_for("2026Q4", epoch.public)
    with pytest.raises(DamagedError):
        epoch.open_envelope("2027Q1", sealed)
    with pytest.raises(DamagedError):
        EpochKey.generate().open_envelope("2026Q4", sealed)


def test_an_epoch_copy_of_one_record_does_not_open_another():
    envelope = Envelope.generate()
    with pytest.raises(DamagedError):
        envelope.open(B, envelope.seal(A, b"plain"))


def test_the_public_half_follows_from_the_private_one_and_has_its_size():
    epoch = EpochKey.generate()
    assert len(epoch.secret) == 96
    assert len(epoch.public) == MLKEM_PUBLIC + 32
    assert EpochKey(epoch.secret).public == epoch.public


def test_nothing_shows_a_secret_by_accident():
    assert "secret" not in repr(EpochKey(b"secret" * 16))
    assert "secret" not in repr(Envelope(b"secret" * 6))
