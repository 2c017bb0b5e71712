"""A living code opens what it opens, also while a row move brings that from intake to the record."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http import HTTPStatus
from types import ModuleType

import pytest
from django.db import connection
from django.test import Client
from tests.archive.test_leaving import days_pass
from tests.ledger.register import Register, decide, declare

from tuidang.intake import queries as intake
from tuidang.intake.content import Correction, NewPerson
from tuidang.ledger import actions, sealing
from tuidang.ledger import queries as record
from tuidang.vault.codes import Code

pytestmark = pytest.mark.django_db(transaction=True)
READS = ((intake, "of_codes"), (intake, "by_code"), (record, "_rows_of"), (record, "_open"))


class SealedBefore:
    """Seals in another thread before the `nth` call of one of the reads."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, nth: int = 1) -> None:
        self._read: Callable[..., object] = getattr(module, name)
        self._left = nth
        monkeypatch.setattr(module, name, self._answer)

    def _answer(self, *args: object) -> object:
        if threading.current_thread() is threading.main_thread():
            self._left -= 1
            if self._left == 0:
                thread = threading.Thread(target=self._seal)
                thread.start()
                thread.join(60)
        return self._read(*args)

    @staticmethod
    def _seal() -> None:
        sealing.seal(force=True)
        connection.close()


@pytest.mark.parametrize("read", READS, ids=[name for _, name in READS])
@pytest.mark.parametrize("names", [("远山",), ("远山", "平安")])
def test_everyone_is_found_once_whatever_the_moment(
    register: Register, monkeypatch: pytest.MonkeyPatch, read: tuple[ModuleType, str], names: tuple[str, ...]
) -> None:
    code = declare(*names)
    decide()
    SealedBefore(monkeypatch, *read)
    found = record.opened_by(code)
    assert len(found) == len(names)
    assert all(bool(one.sealed) != bool(one.pending) for one in found)


@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize("read", READS[::2], ids=[name for _, name in READS[::2]])
def test_who_of_a_group_was_corrected_is_found(
    register: Register, monkeypatch: pytest.MonkeyPatch, read: tuple[ModuleType, str], nth: int
) -> None:
    code = declare("平安", "远山")
    decide()
    sealing.seal(force=True)
    assert actions.correct(code=code.member(1), correction=Correction((NewPerson("远云", 7),))) == "replaced"
    for _ in range(7):
        register.later(1)
    decide()
    SealedBefore(monkeypatch, *read, nth=nth)
    one, other = record.opened_by(code)
    standing = [bool(one.pending), *(not (found.void or found.void_wished) for _, found in one.sealed)]
    assert sum(standing) == 1
    assert (len(other.sealed), other.pending) == (1, None)
    days_pass(register)
    assert [len(found.sealed) for found in record.opened_by(code)] == [2, 1]


def test_the_page_of_a_living_code_never_says_that_nothing_is_found(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    code: Code = declare("远山")
    decide()
    SealedBefore(monkeypatch, intake, "of_codes")
    assert Client().post("/en/lookup/", {"code": code.base32()}).status_code == HTTPStatus.OK
