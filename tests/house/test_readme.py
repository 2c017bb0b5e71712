"""The commands of the documents, run as they stand, in a copy of the tree with nothing set up."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SET_UP_SECONDS = 300
PORT = "8931"
SHORTENED = {"./run demo": "./run demo --once --declarations 30"}
"""What would serve until it is ended."""
MAY_FIND_SOMETHING = {"./tuidang --data demo doctor"}


def commands(document: str = "README.md") -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```", (ROOT / document).read_text(), re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The files of the repository alone, as a clone has them."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    for name in filter(None, listed):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, tmp_path / name)
    return tmp_path


def environment() -> dict[str, str]:
    """A stranger's: without what the tests set."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("TUIDANG_", "DJANGO_", "PYTHON"))}


def test_the_readme_has_its_two_commands_and_a_picture() -> None:
    assert commands()[:2] == ["./run", "./run demo"]
    for picture in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", (ROOT / "README.md").read_text()):
        assert (ROOT / picture).is_file()


def test_the_commands_of_the_readme_do_what_it_says(tree: Path) -> None:
    for command in commands():
        if command == "./run":
            _serves(tree)
            continue
        words = SHORTENED.get(command, command).split()
        done = subprocess.run(words, cwd=tree, env=environment(), capture_output=True, text=True, timeout=SET_UP_SECONDS, check=False)
        assert done.returncode == 0 or (done.returncode == 1 and command in MAY_FIND_SOMETHING), (command, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr, command


def _serves(tree: Path) -> None:
    """`./run` sets up, says where it serves, and ends in order."""
    with (tree / "said").open("wb") as said:
        process = subprocess.Popen(["./run", "--port", PORT], cwd=tree, env=environment(), stdout=said, stderr=said)
        try:
            deadline = time.monotonic() + SET_UP_SECONDS
            while "Ctrl-C" not in (tree / "said").read_text():
                assert process.poll() is None, (tree / "said").read_text()
                assert time.monotonic() < deadline, (tree / "said").read_text()
                time.sleep(0.2)
            for command in commands("docs/interfaces.md"):
                words = command.replace(":8000/", f":{PORT}/").split()
                assert "<TOTAL>" in subprocess.run(words, capture_output=True, text=True, check=True).stdout
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def test_every_page_that_the_documents_name_exists() -> None:
    for document in [ROOT / "README.md", ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", document.read_text()):
            assert (document.parent / target).exists(), (document.name, target)
