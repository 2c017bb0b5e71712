"""kill -9 between any two steps of a mail: it is counted once, answered with one and the same link, and deleted."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.intake.mailing import deliver, left, maildir, sending, written

pytestmark = pytest.mark.fault
REPOSITORY = Path(__file__).parents[2]
SCRIPT = REPOSITORY / "tests" / "faults" / "mailing_killed.py"
ANSWERED_BEFORE = {"answered", "before it is deleted", "deleted"}


def moments() -> list[str]:
    """From the script, which may not be imported here: it sets Django up on a database of its own."""
    found = next(node for node in ast.parse(SCRIPT.read_text()).body if isinstance(node, ast.AnnAssign))
    assert isinstance(found.value, ast.Dict)
    return [key.value for key in found.value.keys if isinstance(key, ast.Constant)]


def test_whenever_it_is_killed_a_mail_counts_once_and_has_one_link(tmp_path, data_folder, database_url):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tuidang.config.settings",
        "TUIDANG_DATA": str(data_folder),
        "TUIDANG_DATABASE_URL": database_url,
    }
    data_folder.mkdir()
    folder = maildir(tmp_path / "mail")
    with sending() as (server, outbox):

        def work(moment: str) -> subprocess.CompletedProcess[str]:
            command = [sys.executable, "-m", "tests.faults.mailing_killed", str(folder), str(server.port), moment]
            return subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False, timeout=120)

        assert len(moments()) == 8
        for number, moment in enumerate(moments(), 1):
            outbox.raw.clear()
            deliver(folder, written(Message_ID=f"<{number}@mail.example>"))
            assert work(moment).returncode == -9, moment
            assert left(folder) == [] or moment != "deleted"
            assert bool(outbox.raw) == (moment in ANSWERED_BEFORE), moment
            done = work("never")
            assert done.returncode == 0, done.stderr
            assert json.loads(done.stdout) == {"declarations": number, "claims": number}, moment
            links = {re.search(rb"/claim/[\w-]+/", raw)[0] for raw in outbox.raw}
            assert len(links) == 1, moment
            assert len(outbox.raw) <= 2
            assert left(folder) == [], moment
