"""The register that is sealed while it is killed: everything a batch can hold is in the next one.

Two people were sealed before; one of them took back, and it is due. An earlier total is to be recorded. Handed in are one person who wishes to be
published, one who took back, and a family of three of whom one took back. So the next batch declares 3, voids 1, and ends at a count of 4.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.ledger.register import ORIGIN, Register, decide, declare, index_of, is_pending

from tlog.entry import Kind
from tuidang.intake import queries as handed_in
from tuidang.intake.models import Outcome
from tuidang.kernel.errors import DamagedError
from tuidang.kernel.places import places
from tuidang.ledger import actions, queries, sealing
from tuidang.ledger.models import Batch, Instruction
from tuidang.ops import serving
from tuidang.review.models import Publication
from tuidang.vault import daykeys
from tuidang.vault.codes import Code

COUNT, BASELINE, EARLIER = 4, 466_912_443, 2


@dataclass(frozen=True, slots=True)
class Codes:
    """Those who are to be found in the ledger, and those who are not."""

    counted: list[Code]
    void: Code
    taken_back: list[Code]

    def write(self, file: Path) -> None:
        groups = [self.counted, [self.void], self.taken_back]
        file.write_text(json.dumps([[code.secret.hex() for code in group] for group in groups]))

    @classmethod
    def read(cls, file: Path) -> Codes:
        counted, (void,), taken_back = ([Code(bytes.fromhex(one)) for one in group] for group in json.loads(file.read_text()))
        return cls(counted, void, taken_back)


def folder() -> Path:
    return places().data.parent


def make_tables() -> None:
    """Folder and tables: the first half of founding, which is all that a site has to begin with."""
    serving.prepare_tables()


def found() -> None:
    """Keys and tables, before the first entry."""
    serving.prepare(ORIGIN)


def begin() -> None:
    """Up to the batch that is to be sealed."""
    sealing.seal(force=True)
    register = Register(folder() / "clock")
    stays, leaves = declare("远山"), declare("平安")
    sealing.seal(force=True)
    assert actions.take_back(code=leaves) == "taken_back"
    register.later(7)
    single, gone, family = declare("晨光", publish=True), declare("小河"), declare("长河", "秋叶", "白云")
    actions.take_back(code=gone)
    actions.take_back(code=family.member(2))
    actions.set_baseline(total=BASELINE, source="an earlier register")
    decide()
    Codes([stays, single, family.member(1), family.member(3)], leaves, [gone, family.member(2)]).write(folder() / "codes")


def seal() -> None:
    sealing.seal(force=True)


def finish_and_check() -> None:
    """What a fresh process does after a kill, and what must hold then: nothing lost, nothing twice, nothing left over."""
    sealing.seal(force=True)
    check()


def finish_and_check_restored() -> None:
    """As above, where the database was older than the log: of who took back since, it cannot say whether the record was to be erased."""
    sealing.seal(force=True)
    check(void_opens=False)


def check(*, void_opens: bool = True) -> None:
    """See above."""
    register = Register(folder() / "clock")
    register.check(COUNT)
    codes = Codes.read(folder() / "codes")
    indexes = [index_of(code) for code in codes.counted]
    assert None not in indexes, "lost"
    assert len(set(indexes)) == len(indexes), "twice"
    assert not any(map(is_pending, codes.counted))
    void = queries.opened(codes.void)
    assert (void is not None) == void_opens
    assert void is None or void.void
    assert all(queries.opened(code) is None and is_pending(code) for code in codes.taken_back)
    assert queries.snapshot().baseline == BASELINE
    assert not Outcome.objects.exists()
    assert not Instruction.objects.filter(commitment__isnull=True).exists()
    assert [row.index for row in Publication.objects.all()] == [index_of(codes.counted[1])]
    assert handed_in.accepted_in_all() == COUNT + 1
    assert sealing.seal(force=True).sealed == 0
    assert Batch.objects.count() == 3, "the founding, the earlier two, and one batch with everything"


def goes_on_without_what_waited() -> None:
    """The database is older than the batch, and the day keys of what waited are gone for good.

    Everyone in the log stays counted; what was sealed before opens, what was taken back since does not, and what waited can be read no more.
    The register goes on.
    """
    codes = Codes.read(folder() / "codes")
    before, *sealed_since = codes.counted
    assert index_of(before) is not None
    assert all(queries.opened(code) is None for code in (*sealed_since, codes.void, *codes.taken_back))
    assert not any(map(is_pending, sealed_since))
    for code in codes.taken_back:
        with pytest.raises(DamagedError):
            is_pending(code)
    assert not Publication.objects.exists()
    _goes_on()


def goes_on_with_what_was_sealed() -> None:
    """The day keys are older than the database: what waits can be read no more, all that was sealed opens. The register goes on."""
    codes = Codes.read(folder() / "codes")
    assert None not in [index_of(code) for code in codes.counted]
    assert queries.opened(codes.void).void
    for code in codes.taken_back:
        with pytest.raises(DamagedError):
            is_pending(code)
    _goes_on()


def _goes_on() -> None:
    """What must hold where day keys are gone for good: everyone in the log stays counted, no void is left undone, no key but the living."""
    register = Register(folder() / "clock")
    counted = register.recount()
    assert counted == queries.count_from_tables()
    assert counted["count"] == COUNT
    accept_under_old_key()
    assert not Instruction.objects.filter(kind=Kind.VOID, commitment__isnull=True).exists()
    assert daykeys.old_keys() == [key for key in daykeys.lost_keys() if key != daykeys.UNREADABLE], "kept for their rows alone"
    assert {path.name for path in places().keys.iterdir() if "day-" in path.name} >= {daykeys._name(daykeys.current_key().id)}


def accept_under_old_key() -> None:
    """One more declaration can be handed in and sealed afterwards."""
    daykeys.forget()
    code = declare("以后")
    sealing.seal(force=True)
    assert index_of(code) is not None
