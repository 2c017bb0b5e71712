"""What `./test` runs: checks of the source, then the tests on SQLite, then those that touch a database on PostgreSQL.

Everything runs even where something failed, so that one run tells all. The last line says how many tests passed and failed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from postgres import ClusterError, private_cluster

HERE = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
STEP_SECONDS = 40 * 60
NOTHING_COLLECTED = 5
# Not by the number of tests in a file: the slow ones have few, and would run alone at the end.
WORKERS = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
DROPPED = ("TUIDANG_", "PYTEST_", "DJANGO_", "PYTHONDONTWRITEBYTECODE")

SOURCE_CHECKS: dict[str, tuple[str, ...]] = {
    "ruff check": ("ruff", "check", "."),
    "ruff format": ("ruff", "format", "--check", "."),
    "mypy": ("mypy",),
    "import-linter": ("lint-imports", "--no-cache"),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one step came to. Tests are (passed, failed, skipped); None where it runs none."""

    name: str
    ok: bool
    seconds: float
    tests: tuple[int, int, int] | None = None


def environment(scratch: Path, **more: str) -> dict[str, str]:
    """The environment of a step: what is set outside decides nothing, and no step touches a person's data folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(DROPPED)}
    # Tests start some hundred processes: where no bytecode is kept, each compiles the whole program once more.
    ours = {"PYTHONPYCACHEPREFIX": str(scratch / "bytecode"), "TUIDANG_DATA": str(scratch / "data")}
    return kept | ours | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"} | more


def run(name: str, command: Sequence[str], env: Mapping[str, str]) -> tuple[int, float]:
    """Runs one step with its output shown as it comes; returns exit code and seconds. A step that hangs is ended with its children."""
    print(f"\n=== {name}", flush=True)
    began = time.monotonic()
    process = subprocess.Popen(command, cwd=HERE, env=env, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        code = process.wait(STEP_SECONDS)
    except BaseException as interruption:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)
        if not isinstance(interruption, subprocess.TimeoutExpired):
            raise
        print(f"{name}: ended after {STEP_SECONDS // 60} minutes", flush=True)
        code = 1
    return code, time.monotonic() - began


def counts(report: Path) -> tuple[int, int, int]:
    """(passed, failed, skipped) of pytest's XML report; a run that wrote none failed as a whole."""
    if not report.exists():
        return (0, 1, 0)
    suites = list(ET.parse(report).getroot().iter("testsuite"))  # noqa: S314  see above
    keys = ("tests", "failures", "errors", "skipped")
    total, failed, errors, skipped = (sum(int(suite.get(key, "0")) for suite in suites) for key in keys)
    return (total - failed - errors - skipped, failed + errors, skipped)


def run_pytest(name: str, arguments: Sequence[str], scratch: Path, **more: str) -> Outcome:
    """Runs pytest once. That nothing was collected is said by the counts, and judged at the end over both databases."""
    report = scratch / f"{name.replace(' ', '-')}.xml"
    command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", "--durations=10", "--durations-min=2", *arguments]
    code, seconds = run(name, command, environment(scratch, **more))
    return Outcome(name, code in (0, NOTHING_COLLECTED), seconds, counts(report))


def check_source(scratch: Path, names: Sequence[str]) -> list[Outcome]:
    """Runs the named checks of the source."""
    outcomes = []
    for name in names:
        program, *arguments = SOURCE_CHECKS[name]
        code, seconds = run(name, [str(BIN / program), *arguments], environment(scratch))
        outcomes.append(Outcome(name, code == 0, seconds))
    return outcomes


def on_postgresql(arguments: Sequence[str], scratch: Path) -> Outcome:
    """Runs the tests that touch a database against a private cluster."""
    name = "tests on PostgreSQL"
    try:
        # Tests kill our processes, never the server: what it has been told, it has, on the disk or not.
        with private_cluster(syncs=False) as url:
            return run_pytest(name, arguments, scratch, TUIDANG_DATABASE_URL=url)
    except ClusterError as error:
        print(error, flush=True)
        return Outcome(name, ok=False, seconds=0.0, tests=(0, 1, 0))


def all_outcomes(arguments: Sequence[str], scratch: Path) -> list[Outcome]:
    """Runs what the arguments of `./test` ask for."""
    if arguments[:1] == ["--quick"]:
        chosen = [*WORKERS, "-m", "not journey and not fault", *arguments[1:]]
        return [*check_source(scratch, ["ruff check", "ruff format", "import-linter"]), run_pytest("tests on SQLite", chosen, scratch)]
    checks = [] if arguments else check_source(scratch, list(SOURCE_CHECKS))
    chosen = list(arguments) or list(WORKERS)
    return [*checks, run_pytest("tests on SQLite", chosen, scratch), on_postgresql(chosen, scratch)]


def summary(outcomes: Sequence[Outcome]) -> int:
    """Prints a table, and last the number of tests; returns the exit code. That no test ran, or one was skipped, is a failure."""
    print("\n=== summary")
    for outcome in outcomes:
        tests = "{} passed, {} failed, {} skipped".format(*outcome.tests) if outcome.tests else ""
        print(f"{'ok' if outcome.ok else 'FAILED':<8}{outcome.name:<22}{outcome.seconds:7.1f} s  {tests}".rstrip())
    passed, failed, skipped = (sum(column) for column in zip(*(outcome.tests for outcome in outcomes if outcome.tests), strict=True))
    good = all(outcome.ok for outcome in outcomes) and passed > 0 and failed == skipped == 0
    print(f"{'Everything is in order.' if good else 'Something failed: see above.'}\n")
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 0 if good else 1


def main() -> int:
    """Runs everything and returns the exit code."""
    # Ended by a signal, the cluster must end as well: leave through the context managers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="tuidang-checks-") as scratch:
        return summary(all_outcomes(sys.argv[1:], Path(scratch)))


if __name__ == "__main__":
    sys.exit(main())
