"""A founded register for each test. This file is read before Django is set up, so what needs Django is imported late."""

import os

import pytest


@pytest.fixture
def register(transactional_db, tmp_path, monkeypatch):
    """A founded register in this process, with its signer; the disk is not waited for."""
    from tests.accounts.append_only import empty_protected
    from tests.ledger.register import Register

    monkeypatch.setenv("TUIDANG_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("TUIDANG_CLOCK_FILE", str(tmp_path / "clock"))
    monkeypatch.setattr(os, "fsync", lambda _: None)
    with Register(tmp_path / "clock") as the:
        yield the
    empty_protected()


@pytest.fixture
def index(register):
    """The number of a published statement by one person."""
    from tests.archive.test_archive import published
    from tests.ledger.register import index_of

    return index_of(published("远山"))
