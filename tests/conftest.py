"""What every test gets: a data folder of its own, the chosen database, and a mark on each test that touches it.

`TUIDANG_DATABASE_URL` decides where the tests run: unset, all of them, on SQLite in a file; `postgresql://...`, only those that
touch a database, on that server. The data folder is always a new one: no test reads or writes what a person has collected.
"""

import atexit
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
import psycopg
import pytest
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

DATABASE_FIXTURES = frozenset({"db", "transactional_db", "django_db_setup", "live_server", "database_url"})
DATABASE_MARKS = ("django_db", "journey", "fault")
SLOW_MARKS = ("fault", "journey")
SERVER = os.environ.get("TUIDANG_DATABASE_URL", "")

# Set when this file is imported, before Django reads its settings, and in each worker of pytest-xdist anew: a worker
# inherits its parent's environment, and two workers in one data folder would be two writers.
DATA = Path(tempfile.mkdtemp(prefix="tuidang-tests-"))
atexit.register(shutil.rmtree, DATA, ignore_errors=True)
os.environ["TUIDANG_DATA"] = str(DATA / "data")
NEWSLETTER_URL = "TUIDANG_NEWSLETTER_DATABASE_URL"


def pytest_configure() -> None:
    """Load Django here and not from the ini file: pytest-django would load it before this file chose the data folder."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tuidang.config.settings"
    if SERVER:
        address, _, query = SERVER.partition("?")
        os.environ[NEWSLETTER_URL] = f"{address}_newsletter?{query}"
    django.setup()
    # Sites that tests start keep the newsletter's readers in their data folder: nobody has made them a second database.
    os.environ.pop(NEWSLETTER_URL, None)
    # A worker inherits the environment, and its pytest-django would read the settings before this file is imported.
    del os.environ["DJANGO_SETTINGS_MODULE"]
    if connection.vendor == "sqlite":
        # Django would test on a database in memory, which has no write-ahead log and no second process.
        connection.settings_dict["TEST"]["NAME"] = str(DATA / "test.sqlite3")
        connections["newsletter"].settings_dict["TEST"]["NAME"] = str(DATA / "test-newsletter.sqlite3")
        connection_created.connect(do_not_wait_for_the_disk)


def do_not_wait_for_the_disk(connection: BaseDatabaseWrapper, **_: object) -> None:
    """This process's own database ends with it, and no test cuts the power. Sites that tests start sync as they do anywhere."""
    connection.cursor().execute("PRAGMA synchronous=OFF")


def touches_database(item: pytest.Item) -> bool:
    """Whether a test runs against the chosen database, in this process or in one that it starts, and may come to something else there."""
    if item.get_closest_marker("appearance"):
        return False
    marked = any(item.get_closest_marker(name) for name in DATABASE_MARKS)
    return marked or not DATABASE_FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest first, so that all workers end together. Left out is what the other database's run is for."""
    slow = {item.path for item in items if any(item.get_closest_marker(name) for name in SLOW_MARKS)}
    items.sort(key=lambda item: item.path not in slow)
    chosen = [item for item in items if (touches_database(item) if SERVER else not item.get_closest_marker("overtaking"))]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
    items[:] = chosen


@pytest.fixture
def database_url() -> Iterator[str]:
    """`TUIDANG_DATABASE_URL` for a site that the test starts: empty on SQLite, else that of a new and empty database."""
    if not SERVER:
        yield ""
        return
    name = f"site_{secrets.token_hex(6)}"
    address, _, query = SERVER.partition("?")
    server = address.rpartition("/")[0]
    with psycopg.connect(f"{server}/postgres?{query}", autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{server}/{name}?{query}"
        finally:
            # FORCE: what the test killed may have left connections behind.
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def data_folder(tmp_path: Path) -> Path:
    """`TUIDANG_DATA` for a site that the test starts: not there yet, its neighbours (keys, lock, signer) as empty as it."""
    return tmp_path / "data"
