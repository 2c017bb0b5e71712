"""Audit epochs: quarters, made ahead, their private halves beside the data folder and nowhere in it."""

import pytest

from tuidang.kernel import clock
from tuidang.kernel.errors import SetUpError
from tuidang.kernel.places import places
from tuidang.vault import epochs
from tuidang.vault.records import Envelope, EpochKey


@pytest.fixture
def folder(db, tmp_path, monkeypatch):
    monkeypatch.setenv("TUIDANG_DATA", str(tmp_path / "data"))
    return places().offline


@pytest.mark.parametrize(
    ("day", "name"), [("2026-01-01", "2026Q1"), ("2026-03-31", "2026Q1"), ("2026-04-01", "2026Q2"), ("2026-12-31", "2026Q4")]
)
def test_an_epoch_is_the_quarter_of_a_day(day, name):
    from datetime import date

    assert epochs.epoch_name(clock.as_day(date.fromisoformat(day))) == name


def test_two_years_are_made_ahead_and_once(folder):
    made = epochs.make_epochs()
    assert len(made) == 8
    assert made == sorted(made)
    assert made[0] == epochs.epoch_name(clock.today())
    assert epochs.make_epochs() == []
    assert sorted(path.name for path in folder.iterdir()) == [f"epoch-{name}" for name in made]


def test_a_kill_between_key_and_row_is_healed_with_the_same_key(folder):
    from tuidang.vault.models import Epoch

    made = epochs.make_epochs(count=1)
    Epoch.objects.all().delete()
    secret = (folder / f"epoch-{made[0]}").read_bytes()
    epochs.make_epochs(count=1)
    assert epochs.public_epochs() == [(made[0], EpochKey(secret).public)]


def test_what_is_sealed_for_a_day_opens_with_the_key_of_its_quarter(folder):
    epochs.make_epochs(count=2)
    name, public = epochs.epoch_for(clock.today())
    envelope = Envelope.generate()
    key = EpochKey((folder / f"epoch-{name}").read_bytes())
    assert key.open_envelope(name, envelope.sealed_for(name, public)) == envelope


def test_a_day_without_an_epoch_says_what_to_run(folder):
    with pytest.raises(SetUpError, match="tuidang keys epochs"):
        epochs.epoch_for(clock.today())


def test_private_halves_are_for_this_user_alone(folder):
    epochs.make_epochs(count=1)
    assert folder.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())
