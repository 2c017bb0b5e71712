"""One clock for every process, which a file can move."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tlog import clock


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(clock.VARIABLE, str(tmp_path / "clock"))
    return tmp_path / "clock"


def test_without_the_variable_or_the_file_it_is_the_machine_s(file, monkeypatch):
    assert clock.offset() == timedelta()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    monkeypatch.delenv(clock.VARIABLE)
    assert clock.offset() == timedelta()


@pytest.mark.parametrize(("text", "seconds"), [("86400", 86_400), ("-86400\n", -86_400), ("+1.5", 1.5), ("0", 0)])
def test_the_file_moves_it_at_every_call(file, text, seconds):
    file.write_text(text)
    assert clock.offset().total_seconds() == seconds
    file.write_text("7")
    assert clock.offset().total_seconds() == 7


def test_another_process_sees_the_same(file):
    file.write_text(str(40_000 * 86_400))
    other = subprocess.run(
        [sys.executable, "-c", "from tlog import clock; print(clock.today())"], capture_output=True, text=True, check=True
    )
    assert int(other.stdout) - clock.today() in (-1, 0)
    assert clock.now().year > 2100


@pytest.mark.parametrize("text", ["", "tomorrow", "1e9", "nan", "0x10", "1 2", "２", "99999999999", "\x00"])
def test_a_file_that_is_no_number_is_an_error_and_not_the_machine_s_time(file, text):
    file.write_text(text)
    with pytest.raises(clock.ClockError):
        clock.now()


def test_a_file_that_cannot_be_read_is_an_error(file):
    file.mkdir()
    with pytest.raises(clock.ClockError):
        clock.now()


@pytest.mark.parametrize(("text", "year"), [("-9999999999", 1709), ("9999999999", 2342)])
def test_the_largest_offsets_stay_within_the_calendar(file, text, year):
    file.write_text(text)
    assert clock.now().year >= year


def test_day_numbers():
    assert (clock.day_number(date(1970, 1, 1)), clock.day_number(date(2026, 11, 22))) == (0, 20_779)
    assert clock.day_date(20_779) == date(2026, 11, 22)
