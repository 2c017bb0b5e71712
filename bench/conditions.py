"""What every benchmark says of the machine it ran on, and how it gets a fresh register."""

from __future__ import annotations

import argparse
import os
import platform
from pathlib import Path


def add_database(parser: argparse.ArgumentParser) -> None:
    """Adds `--database URL`."""
    parser.add_argument("--database", default="", metavar="URL", help="postgresql://… of an empty database (default: SQLite)")


def setup_django(data: Path, database: str = "") -> None:
    """Sets Django up for a fresh data folder. Before anything of the application is imported."""
    os.environ.update(TUIDANG_DATA=str(data), TUIDANG_DATABASE_URL=database, DJANGO_SETTINGS_MODULE="tuidang.config.settings")
    import django

    django.setup()


def conditions(what: str, url: str | None = None) -> None:
    """Prints what was measured and on what. `url` is that of the database, where it is not the register's."""
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "?"
    )
    database = "PostgreSQL" if (os.environ.get("TUIDANG_DATABASE_URL") if url is None else url) else "SQLite"
    load = os.getloadavg()[0]
    print(f"{what}\n{database}, Python {platform.python_version()}, {os.cpu_count()} cores, {model}, load {load:.1f}\n")
