"""Two wishes about the same declaration in the same moment come one after the other."""

import threading

import pytest
from django.db import connection
from tests.ledger.erasing import traces
from tests.ledger.register import decide, declare
from tests.ledger.test_correcting import everything_in, settled, stands, to

from tuidang.kernel.errors import BusyError
from tuidang.ledger import actions, sealing
from tuidang.ledger.models import SealedText, TextHolder


def at_once(*wishes) -> None:
    """Each in a thread of its own."""
    failures = []
    ready = threading.Barrier(len(wishes))

    def run(wish) -> None:
        try:
            ready.wait()
            wish()
        except BusyError:
            pass
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is shown
            failures.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(wish,)) for wish in wishes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.parametrize("on_record", [False, True])
@pytest.mark.parametrize("round_", range(4))
def test_taken_back_and_corrected_it_stands_taken_back(register, on_record, round_):
    codes = [declare("远山") for _ in range(6)]
    decide()
    if on_record:
        sealing.seal(force=True)
    wishes = [
        wish
        for code in codes
        for wish in (lambda code=code: actions.correct(code=code, correction=to("远水")), lambda code=code: actions.take_back(code=code))
    ]
    at_once(*(wishes if round_ % 2 else wishes[::-1]))
    assert [stands(code) for code in codes] == [{}] * 6
    everything_in(register)
    settled(register, 0)


@pytest.mark.parametrize("on_record", [False, True])
def test_the_same_correction_twice_at_once_is_one(register, on_record):
    codes = [declare("远山") for _ in range(4)]
    decide()
    if on_record:
        sealing.seal(force=True)
    at_once(*(lambda code=code: actions.correct(code=code, correction=to("远水")) for code in codes for _ in range(3)))
    everything_in(register)
    settled(register, 4)
    assert [set(stands(code)) for code in codes] == [{"远水"}] * 4


@pytest.mark.parametrize("round_", range(3))
def test_corrected_while_a_batch_is_sealed(register, round_):
    codes = [declare("远山") for _ in range(8)]
    family = declare("平安", "晨光")
    decide()
    wishes = [lambda code=code: actions.correct(code=code, correction=to("远水")) for code in codes]
    wishes += [
        lambda: actions.correct(code=family.member(1), correction=to("晨曦")),
        lambda: actions.correct(code=family.member(2), correction=to("小河")),
    ]
    wishes.insert(round_ * 3, lambda: sealing.seal(force=True))
    at_once(*wishes)
    everything_in(register)
    settled(register, 10)
    assert [set(stands(code)) for code in codes] == [{"远水"}] * 8
    assert set(stands(family)) == {"晨曦", "小河"}


@pytest.mark.parametrize("round_", range(4))
def test_the_last_of_a_family_erase_at_once(register, round_):
    families = [declare("平安", "晨光", "小河") for _ in range(3)]
    decide()
    if round_ % 2:
        sealing.seal(force=True)
    members = [family.member(number) for family in families for number in (1, 2, 3)]
    at_once(*(lambda code=code: actions.take_back(code=code, erase=True) for code in members))
    assert [traces(family) for family in families] == [set()] * 3
    assert SealedText.objects.count() == TextHolder.objects.count() == 0
