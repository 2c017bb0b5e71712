"""kill -9 at every single write of founding, sealing, recovery and signer: one consistent ledger, nothing lost, nothing twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.fault
REPOSITORY = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("way", "on_sqlite", "on_postgresql"),
    [("seal", 100, 50), ("recover", 80, 40), ("signer", 6, 6), ("tables", 10, 2), ("found", 90, 45)],
)
def test_killed_before_every_write_another_process_finishes(tmp_path, database_url, way, on_sqlite, on_postgresql):
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tuidang.config.settings", "TUIDANG_DATABASE_URL": database_url}
    command = [sys.executable, "-m", "tests.faults.killing", str(tmp_path), way]
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["failures"] == [], "\n".join(result["failures"])
    assert result["kills"] >= (on_postgresql if database_url else on_sqlite)


def test_a_code_that_was_shown_is_there_after_ten_kills(tmp_path, database_url):
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tuidang.config.settings", "TUIDANG_DATABASE_URL": database_url}
    command = [sys.executable, "-m", "tests.faults.accepting", str(tmp_path), "10"]
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["lost"] == 0
    assert result["shown"] > 100


def test_days_end_while_another_process_goes_on_accepting(tmp_path, database_url):
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tuidang.config.settings", "TUIDANG_DATABASE_URL": database_url}
    command = [sys.executable, "-m", "tests.faults.days", str(tmp_path), "5"]
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["lost"] == 0
    assert [day["one_key"] for day in result["days"]] == [True] * 5
    assert sum(day["shown"] for day in result["days"]) > 0, "it did go on"
    assert all(day["seconds"] < 60 for day in result["days"]), result["days"]
