"""A register in this process, for tests: tables, folders, and a signer at its real socket. What it must always be is `check`."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from tlog import report, signer
from tlog.receipt import verify_receipt
from tlog.verify import recount
from tuidang.intake import actions as intake
from tuidang.intake import queries as handed_in
from tuidang.intake.content import NewDeclaration, NewPerson
from tuidang.kernel.places import places
from tuidang.kernel.randomness import random_bytes
from tuidang.ledger import adapters, founding, queries, sealing
from tuidang.review import actions as review
from tuidang.screening import actions as screening
from tuidang.vault import daykeys, formkeys
from tuidang.vault.codes import Code
from tuidang.vault.models import DayKey, DyingKey

FIRST_HAND, LISTED = 1, 2
DAY = 86_400
ORIGIN = "localhost/TRIAL-tests"


def declaration(*names: str, text: str = "我声明退出。", organisations: int = 7, publish: bool = False) -> NewDeclaration:
    """What a form hands in; more than one name is a group."""
    return NewDeclaration(
        title="",
        text=text,
        language="zh-Hans",
        persons=tuple(NewPerson(name, organisations) for name in names),
        voice=FIRST_HAND if len(names) == 1 else LISTED,
        channel=1,
        region=0,
        source=0,
        publish=publish,
        consent="1",
    )


def declare(*names: str, code: Code | None = None, **more: object) -> Code:
    """Hands a declaration in; returns its code."""
    code = code or Code(random_bytes(16))
    assert intake.accept(declaration=declaration(*(names or ("远山",)), **more), code=code).result == "new"
    return code


def decide() -> None:
    """Everything that was handed in reaches review, and counts if it is clear."""
    while screening.screen_new():
        pass
    while review.take_in():
        pass


def forget_memory() -> None:
    """As after a restart: keys are read again."""
    daykeys.forget()
    formkeys._keys.clear()


class Register:
    """One register in `TUIDANG_DATA` and the test's database. Its clock stands `days` after the machine's."""

    def __init__(self, clock_file: Path) -> None:
        self._clock_file = clock_file
        self.days = 0
        self._stop = contextlib.ExitStack()

    def __enter__(self) -> Self:
        forget_memory()
        places().data.mkdir(parents=True)
        founding.found(origin=ORIGIN)
        self.start_signer()
        sealing.seal(force=True)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop_signer()
        forget_memory()

    def start_signer(self) -> None:
        at = places()
        the = signer.load(at.signer, at.lock)
        listener = self._stop.enter_context(signer.listening(at.signer_socket))
        thread = threading.Thread(target=_answer, args=(the, listener), daemon=True)
        thread.start()
        self._stop.callback(thread.join)
        self._stop.callback(listener.shutdown, socket.SHUT_RDWR)

    def stop_signer(self) -> None:
        self._stop.close()

    def later(self, days: int) -> None:
        """Moves the clock of every process on by whole days."""
        self.days += days
        self._clock_file.write_text(str(self.days * DAY))

    def recount(self) -> dict[str, object]:
        """What a stranger finds: `tlog-verify recount`, without what only it says."""
        found = report.as_json(recount(adapters.store(), adapters.verifier(), processes=1))
        return {name: value for name, value in found.items() if name not in ("valid", "origin", "missing_lists")}

    def check(self, expected: int | None = None) -> dict[str, object]:
        """One consistent ledger: the recount is valid and says what the tables say, lock and ledger are where the tables are, and
        nothing is left over: no stage, no key file that is neither alive nor dying."""
        counted = self.recount()
        assert counted == queries.count_from_tables()
        assert counted["count"] == queries.snapshot().totals.count
        if expected is not None:
            assert counted["count"] == expected
        lock, head, there = adapters.signer().lock(), adapters.head(), adapters.published()
        assert there is not None
        assert (lock.size, lock.root) == (head.size, head.root) == (there.checkpoint.size, there.checkpoint.root)
        assert not list(places().stage.glob("*.stage"))
        files = {path.name for path in places().keys.iterdir() if "day-" in path.name}
        living = {*DayKey.objects.values_list("id", flat=True), *DyingKey.objects.values_list("id", flat=True)}
        assert files == {f"day-{key:016x}" for key in living - {daykeys.UNREADABLE}}
        return counted


def _answer(the: signer.Signer, listener: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            with connection:
                signer._serve_one(the, connection)


def index_of(code: Code) -> int | None:
    """Where the one person of `code` is in the ledger, with a receipt that holds; None if not sealed."""
    found = queries.opened(code)
    if found is None:
        return None
    receipt = queries.receipt(code)
    assert receipt is not None
    assert verify_receipt(receipt, adapters.verifier()).registry_number == found.index
    return found.index


def is_pending(code: Code) -> bool:
    """Whether `code` opens someone who is not sealed yet."""
    return handed_in.by_code(code) is not None or handed_in.by_member_code(code) is not None


@contextlib.contextmanager
def as_another_process() -> Iterator[None]:
    """What is done inside knows only what another process would know: its own memory of keys.

    For what comes one after the other: other threads of this process have the same memory meanwhile. With a process of its own: tests/faults/days.
    """
    remembered = dict(daykeys._cache), list(daykeys._remembered)
    forget_memory()
    try:
        yield
    finally:
        forget_memory()
        daykeys._cache.update(remembered[0])
        daykeys._remembered[:] = remembered[1]
