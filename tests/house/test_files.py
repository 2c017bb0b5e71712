"""How files are named and how long they may be. A folder tells what it does before it is opened."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "tuidang"
FOLDERS = ("src", "tests", "setup", "bench")
MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 50

VOCABULARY = {"urls", "views", "commands", "loops", "tasks", "forms", "actions", "queries", "adapters", "models", "policies", "states"}
DJANGO = {"__init__", "apps", "migrations", "templates", "templatetags", "static", "management", "locale"}
# Foundations, not stages: their files are named by what they are.
FREE = {"config", "cli", "demo", "design", "kernel", "locale"}
# What a stage adds to the vocabulary: things of its own, each in the words of the product.
OWN_WORDS = {
    "accounts": {"gate"},
    "archive": {"carrying"},
    "api": {"clients", "feed", "messages", "submission"},
    "declarant": {"contacting", "objecting", "supporting"},
    "intake": {
        "claims",
        "contact",
        "content",
        "correspondence",
        "layout",
        "letters",
        "mail",
        "mail_pages",
        "mailbox",
        "passages",
        "questions",
        "support",
    },
    "ledger": {"batch", "departures", "founding", "gathering", "instructions", "moving", "restoring", "rows", "sealing", "stage", "totals"},
    "newsletter": {"composing", "consents", "content", "delivering", "importing", "letters", "mailings", "posting", "returns", "signing"},
    "newsroom": {
        "addresses",
        "calendars",
        "cards",
        "content",
        "desk",
        "documents",
        "events",
        "facts",
        "feeds",
        "mailings",
        "milestones",
        "pictures",
        "showing",
        "words",
        "zones",
    },
    "ops": {"doctor", "serving", "standing"},
    "public": {"consents", "context", "errors", "languages", "messages", "pages", "plain", "stored"},
    "reference": {"pack", "switches"},
    "review": {"content", "messages"},
    "statistics": {"figures"},
    "vault": {"codes", "daykeys", "epochs", "formkeys", "mailkeys", "records", "rolekeys"},
}
SAYS_NOTHING = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc", "shared", "lib"}


def python_files(*folders: str) -> list[Path]:
    """Every module written by hand: migrations are made by a program."""
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if "migrations" not in path.parts]


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """(name, lines) of every function in a file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def stages() -> list[Path]:
    return [folder for folder in sorted(SRC.iterdir()) if (folder / "__init__.py").exists() and folder.name not in FREE]


def test_there_are_files_to_check():
    assert len(python_files("src")) > 20
    assert len(stages()) > 3


@pytest.mark.parametrize("stage", stages(), ids=lambda stage: stage.name)
def test_a_stage_is_made_of_files_with_known_names(stage):
    names = {path.stem for path in stage.iterdir() if path.suffix == ".py" or path.is_dir()} - {"__pycache__"}
    assert names - VOCABULARY - DJANGO - OWN_WORDS.get(stage.name, set()) == set()


def test_no_stage_claims_a_word_that_it_does_not_use():
    unused = {f"{stage}/{word}" for stage, words in OWN_WORDS.items() for word in words if not list((SRC / stage).glob(f"{word}*"))}
    assert unused == set()


def test_no_file_has_a_name_that_says_nothing():
    assert [str(path) for path in python_files(*FOLDERS) if path.stem in SAYS_NOTHING] == []


def test_no_file_is_too_long_to_read():
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in python_files(*FOLDERS)}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_no_function_is_too_long_to_see_at_once():
    long = {
        f"{path.relative_to(ROOT)}:{name}": lines
        for path in python_files("src", "setup")
        for name, lines in functions(path)
        if lines > MOST_LINES_OF_A_FUNCTION
    }
    assert long == {}


def test_every_module_says_what_it_is_for():
    written = [path for path in python_files("src") if path.read_text().strip()]
    silent = [str(path.relative_to(ROOT)) for path in written if not ast.get_docstring(ast.parse(path.read_text()))]
    assert silent == []


def imported(path: Path) -> set[str]:
    """The packages that a file imports, absolutely."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_the_log_needs_little_and_nothing_of_the_application():
    packages = set().union(*(imported(path) for path in python_files("src/tlog")))
    assert packages - sys.stdlib_module_names <= {"tlog", "cryptography", "numpy", "rfc8785"}


def test_nothing_is_left_open():
    word = re.compile("|".join(("TO" + "DO", "FIX" + "ME", "X" * 3)))
    assert [str(path.relative_to(ROOT)) for path in python_files(*FOLDERS) if word.search(path.read_text())] == []


def test_every_exception_to_the_linter_has_a_reason():
    bare = re.compile(r"#\s*noqa(:\s*[A-Z0-9, ]+)?\s*$", re.MULTILINE)
    assert [str(path.relative_to(ROOT)) for path in python_files(*FOLDERS) if bare.search(path.read_text())] == []


def test_what_is_packaged_is_what_is_there():
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["*"]
    endings = {pattern.removeprefix("*") for pattern in patterns} | {".py"}
    made = ("__pycache__", ".egg-info")
    files = [path for path in (ROOT / "src").rglob("*") if path.is_file() and not any(part.endswith(made) for part in path.parts)]
    present = {path.suffix for path in files if path.name != "LICENSE"}
    assert present <= endings
