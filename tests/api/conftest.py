"""Each test begins without day keys in memory: those of the test before are gone from the database."""

import pytest


@pytest.fixture(autouse=True)
def forgotten_keys():
    from tuidang.vault import daykeys

    daykeys.forget()
    yield
    daykeys.forget()


@pytest.fixture
def clock_file(tmp_path, monkeypatch):
    """A clock that the test moves: write seconds into it."""
    path = tmp_path / "clock"
    monkeypatch.setenv("TUIDANG_CLOCK_FILE", str(path))
    return path
