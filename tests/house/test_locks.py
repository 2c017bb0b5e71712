"""The locks and pyproject.toml agree: every package is pinned, has a hash, and what runs the register brings nothing of the tests."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = ("runtime", "test")


def blocks(lock: str) -> Iterator[str]:
    """Each pinned requirement of a lock with its hashes, on one line."""
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    lines = [line for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    yield from "\n".join(lines).replace("\\\n", " ").splitlines()


def pins(lock: str) -> dict[str, set[str]]:
    """Name of each package -> versions it is pinned at; more than one where they depend on the Python."""
    found: dict[str, set[str]] = {}
    for block in blocks(lock):
        requirement = Requirement(block.partition("--hash")[0])
        found.setdefault(canonicalize_name(requirement.name), set()).add(str(requirement.specifier).removeprefix("=="))
    return found


def wanted() -> list[tuple[str, str]]:
    """(lock, requirement) of all that pyproject.toml names."""
    project = PYPROJECT["project"]
    runtime = [*project["dependencies"], *project["optional-dependencies"]["fast"], *PYPROJECT["dependency-groups"]["build"]]
    return [("runtime", each) for each in runtime] + [("test", each) for each in PYPROJECT["dependency-groups"]["test"]]


@pytest.mark.parametrize(("lock", "line"), wanted())
def test_what_the_project_names_is_locked_at_a_version_it_allows(lock, line):
    requirement = Requirement(line)
    versions = pins(lock)[canonicalize_name(requirement.name)]
    assert all(requirement.specifier.contains(version) for version in versions)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_is_pinned_and_has_a_hash(lock):
    loose = [block for block in blocks(lock) if not re.search(r"==\S+.*--hash=sha256:[0-9a-f]{64}", block)]
    assert loose == []


def test_tests_run_on_the_versions_that_are_run():
    runtime, test = pins("runtime"), pins("test")
    assert {name for name in runtime.keys() & test.keys() if not test[name] <= runtime[name]} == set()


def test_the_register_runs_without_the_packages_of_the_tests():
    named = {canonicalize_name(Requirement(each).name) for each in PYPROJECT["dependency-groups"]["test"]}
    assert pins("runtime").keys() & named == set()
