"""Day keys, copies, envelopes and tokens: each opens what it should and nothing else, and a dead key opens nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from tuidang.intake.models import Declaration
from tuidang.kernel import clock
from tuidang.kernel.errors import DamagedError
from tuidang.kernel.places import places
from tuidang.kernel.randomness import random_id
from tuidang.vault import daykeys, epochs, formkeys, records
from tuidang.vault.formkeys import ExpiredTokenError, FormToken
from tuidang.vault.models import DayKey, DyingKey
from tuidang.vault.records import Envelope, EpochKey

HOUR = 3_600


@pytest.fixture(autouse=True)
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TUIDANG_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("TUIDANG_CLOCK_FILE", str(tmp_path / "clock"))
    daykeys.forget()
    formkeys._keys.clear()
    yield tmp_path
    daykeys.forget()
    formkeys._keys.clear()


def later(folder: Path, seconds: int) -> None:
    (folder / "clock").write_text(str(seconds))


def test_an_own_copy_opens_with_its_key_and_lookup_id_alone() -> None:
    blob = records.seal_own(bytes(32), b"lookup", b"record")
    assert records.open_own(bytes(32), b"lookup", blob) == b"record"
    for secret, lookup, data in (
        (b"1" * 32, b"lookup", blob),
        (bytes(32), b"other", blob),
        (bytes(32), b"lookup", blob[:-1] + bytes([blob[-1] ^ 1])),
    ):
        with pytest.raises(DamagedError):
            records.open_own(secret, lookup, data)


def test_an_epoch_copy_opens_with_the_offline_key_of_its_epoch_alone() -> None:
    epoch, envelope = EpochKey.generate(), Envelope.generate()
    sealed = envelope.sealed_for("2026Q4", epoch.public)
    copy = envelope.seal(b"lookup", b"record")
    assert epoch.open_envelope("2026Q4", sealed).open(b"lookup", copy) == b"record"
    with pytest.raises(DamagedError):
        epoch.open_envelope("2027Q1", sealed)
    with pytest.raises(DamagedError):
        EpochKey.generate().open_envelope("2026Q4", sealed)
    with pytest.raises(DamagedError):
        envelope.open(b"other", copy)


def test_an_epoch_copy_costs_tens_of_bytes_not_a_kilobyte() -> None:
    assert len(Envelope.generate().seal(b"lookup", b"x" * 100)) - 100 < 40


@pytest.mark.django_db
def test_epochs_are_made_ahead_once_and_their_private_halves_lie_apart() -> None:
    made = epochs.make_epochs()
    assert len(made) == epochs.AHEAD
    assert epochs.make_epochs() == []
    assert sorted(path.name for path in places().offline.iterdir()) == sorted(f"epoch-{name}" for name in made)
    name, public = epochs.epoch_for(clock.today())
    assert EpochKey((places().offline / f"epoch-{name}").read_bytes()).public == public


@pytest.mark.django_db(transaction=True)
def test_a_day_key_cannot_die_while_a_row_is_under_it() -> None:
    key = daykeys.current_key()
    row = Declaration.objects.create(id=random_id(), key_id=key.id, day=1, persons=1, blob=b"x")
    with pytest.raises(IntegrityError), transaction.atomic():
        daykeys.let_die([key.id])
    assert DayKey.objects.filter(id=key.id).exists()
    assert not DyingKey.objects.exists()
    row.delete()
    with transaction.atomic():
        daykeys.let_die([key.id])
    assert daykeys.bury() == 1
    assert not list(places().keys.glob("day-*"))
    daykeys.forget()
    with pytest.raises(DamagedError):
        daykeys.key(key.id)


@pytest.mark.django_db(transaction=True)
def test_a_key_whose_burial_was_interrupted_is_buried_later() -> None:
    key = daykeys.current_key()
    with transaction.atomic():
        daykeys.let_die([key.id])
    assert list(places().keys.glob("day-*"))
    daykeys.forget()
    assert daykeys.bury() == 1
    assert not list(places().keys.glob("day-*"))


@pytest.mark.django_db(transaction=True)
def test_there_is_one_current_key_a_day_and_a_new_one_after_each_sealing(fresh: Path) -> None:
    first = daykeys.current_key()
    assert daykeys.current_key().id == first.id
    second = daykeys.rotate()
    assert second.id != first.id
    assert daykeys.old_keys() == [first.id]
    later(fresh, 24 * HOUR)
    third = daykeys.current_key()
    assert third.id not in (first.id, second.id)
    assert DayKey.objects.filter(current=True).count() == 1


def test_a_blob_belongs_to_its_row() -> None:
    key = daykeys.LiveKey(1, 1, daykeys.AESGCM(bytes(32)), bytes(32))
    blob = key.encrypt(b"content", b"row 1")
    assert key.decrypt(blob, b"row 1") == b"content"
    with pytest.raises(DamagedError):
        key.decrypt(blob, b"row 2")
    assert key.encrypt(b"content", b"row 1") != blob


def test_a_token_gives_the_same_code_until_it_expires(fresh: Path) -> None:
    token = FormToken.fresh()
    text, code = str(token), token.code()
    formkeys._keys.clear()
    later(fresh, 47 * HOUR)
    assert FormToken.parse(text).code() == code
    later(fresh, 49 * HOUR)
    with pytest.raises(ExpiredTokenError):
        FormToken.parse(text)


def test_a_token_that_was_changed_invented_or_comes_from_the_future_is_refused(fresh: Path) -> None:
    text = str(FormToken.fresh())
    for wrong in ("", "x", text[:-4], text[:-1] + ("A" if text[-1] != "A" else "B"), "é" * 48, "A" * 48, text[1:] + text[0]):
        with pytest.raises(ExpiredTokenError):
            FormToken.parse(wrong)
    later(fresh, 5 * HOUR)
    ahead = str(FormToken.fresh())
    later(fresh, 0)
    with pytest.raises(ExpiredTokenError):
        FormToken.parse(ahead)


def test_a_code_says_nothing_of_its_token_without_the_key(fresh: Path) -> None:
    token = FormToken.fresh()
    code = token.code()
    for path in places().keys.iterdir():
        path.unlink()
    formkeys._keys.clear()
    assert FormToken(token.random, token.hour).code() != code


def test_the_same_body_gets_the_same_code_for_two_minutes_and_another_after_four(fresh: Path) -> None:
    later(fresh, 0)
    codes = [formkeys.client_codes(b"body")]
    for seconds in (formkeys.CLIENT_SECONDS, 3 * formkeys.CLIENT_SECONDS):
        later(fresh, seconds)
        codes.append(formkeys.client_codes(b"body"))
    assert codes[1][1] == codes[0][0]
    assert not set(codes[2]) & set(codes[0])
    assert formkeys.client_codes(b"other")[0] != codes[2][0]


def test_old_keys_of_forms_and_clients_are_destroyed(fresh: Path) -> None:
    FormToken.fresh().code()
    formkeys.client_codes(b"body")
    later(fresh, 5 * 24 * HOUR)
    FormToken.fresh().code()
    formkeys.drop_old()
    assert len(list(places().keys.glob("form-*"))) == 1
    assert not list(places().keys.glob("client-*"))
