"""What every test gets: a data folder of its own, the chosen database, and a mark on each test that touches it.

`TUIDANG_DATABASE_URL` decides where the tests run: unset, SQLite in the data folder; `postgresql://...`, that server. The data
folder is always a new one, so that no test reads or writes what a person has collected.
"""

import atexit
import os
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pytest

DATABASE_FIXTURES = frozenset({"db", "transactional_db", "django_db_setup", "live_server", "database_url"})

# Set when this file is imported, before Django reads its settings, and in each worker of pytest-xdist anew: a worker
# inherits its parent's environment, and two workers in one data folder would be two writers.
DATA = Path(tempfile.mkdtemp(prefix="tuidang-tests-"))
atexit.register(shutil.rmtree, DATA, ignore_errors=True)
os.environ["TUIDANG_DATA"] = str(DATA / "data")
os.environ["DJANGO_SETTINGS_MODULE"] = "tuidang.config.settings"


def pytest_configure() -> None:
    """Load Django here and not from the ini file: pytest-django would load it before this file chose the data folder."""
    if find_spec("tuidang.config") is not None:
        import django

        django.setup()


def touches_database(item: pytest.Item) -> bool:
    """Whether a test runs against the chosen database, in this process or in one that it starts."""
    marked = any(item.get_closest_marker(name) for name in ("django_db", "journey", "fault", "database"))
    return marked or not DATABASE_FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what touches the database, so that the run on PostgreSQL can leave out what would only repeat itself."""
    for item in items:
        if touches_database(item):
            item.add_marker(pytest.mark.database)
