"""Parts of a register restored from an older copy: one consistent ledger, or a refusal that says why before anything is signed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.fault
REPOSITORY = Path(__file__).parents[2]
ANSWERS = {
    "the database": "",
    "the database and the day keys": "",
    "the database and the ledger": "it was restored from an older copy. Nothing was sealed. Bring ledger/ from a mirror",
    "the ledger": "ledger/ is an older copy. Nothing was sealed. Bring ledger/ from a mirror",
    "the lock": "the lock store was replaced by an older one. Nothing was sealed",
    "database, keys and lock": "the lock store was replaced by an older one. Nothing was sealed",
    "ledger and lock": "the lock store was replaced by an older one. Nothing was sealed",
    "all of it": "",
    "the log key, which was not there": "its log key is not in data.signer. Bring the key back",
    "the day keys": "",
}


def test_what_is_restored_is_one_ledger_or_a_refusal_that_says_why(tmp_path, database_url):
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tuidang.config.settings", "TUIDANG_DATABASE_URL": database_url}
    command = [sys.executable, "-m", "tests.faults.restoring", str(tmp_path)]
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout.splitlines()[-1])
    assert results.keys() == ANSWERS.keys()
    for case, expected in ANSWERS.items():
        found = results[case]
        assert expected in found["answer"], case
        assert bool(found["answer"]) == bool(expected), (case, found["answer"])
        assert found["fine"] == "", case
        # Only a register that is older as a whole signs again; nobody but a witness or a mirror could tell that it is.
        assert found["signed"] == (case == "all of it"), case
        assert found["ledger_changed"] == (case == "all of it"), case
