"""What a database was told survives a power cut: the settings say so, although the tests' own database does not wait for the disk."""

import sqlite3

import pytest
from django.conf import settings
from django.db import connection

FULL = 2


@pytest.mark.django_db
def test_a_commit_waits_for_the_disk(tmp_path):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            assert cursor.fetchone() == ("on",)
        return
    database = sqlite3.connect(tmp_path / "db.sqlite3")
    try:
        database.executescript(settings.DATABASES["default"]["OPTIONS"]["init_command"])
        assert database.execute("PRAGMA synchronous").fetchone() == (FULL,)
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    finally:
        database.close()
