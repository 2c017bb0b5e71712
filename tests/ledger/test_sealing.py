"""Sealing: what is accepted is counted once, what the tables say is what a stranger recounts, and nothing is left over."""

import pytest
from tests.ledger.register import as_another_process, decide, declare, index_of, is_pending

from tlog.entry import Kind
from tuidang.intake.models import Outcome
from tuidang.kernel.errors import BusyError, DamagedError
from tuidang.kernel.places import places
from tuidang.kernel.randomness import random_bytes, random_id
from tuidang.ledger import actions, adapters, batch, gathering, instructions, queries, sealing, stage
from tuidang.ledger.models import Instruction
from tuidang.vault import daykeys


class KilledError(BaseException):
    """Stands for kill -9: nothing that handles errors sees it."""


def be_killed(*_):
    raise KilledError


def test_each_person_is_counted_once_and_every_code_opens_its_entry(register):
    single, family = declare("远山"), declare("平安", "晨光", "小河")
    decide()
    assert sealing.seal(force=True).sealed == 4
    register.check(4)
    members = queries.codes_opened_by(family)
    assert sorted(index_of(code) for code in [single, *members]) == [2, 3, 4, 5]
    assert not any(map(is_pending, [single, family]))


def test_with_nothing_to_seal_nothing_is_signed(register):
    size = adapters.head().size
    assert sealing.seal(force=True).sealed == 0
    assert adapters.signer().lock().size == size
    register.check(0)


def test_what_another_sealer_seals_after_we_gathered_is_not_sealed_again(register, monkeypatch):
    codes = [declare() for _ in range(12)]  # of three, one shuffle in six would be the other sealer's, and the batch the same
    decide()
    gather = gathering.candidates

    def gather_and_be_overtaken(*arguments):
        found = gather(*arguments)
        monkeypatch.setattr(gathering, "candidates", gather)
        with as_another_process():
            assert sealing.seal(force=True).sealed == 12
        return found

    monkeypatch.setattr(gathering, "candidates", gather_and_be_overtaken)
    with pytest.raises(BusyError):
        sealing.seal(force=True)
    sealing.seal(force=True)
    register.check(12)
    assert len({index_of(code) for code in codes}) == 12


def test_a_stage_outlives_the_day_key_that_another_sealer_lets_die(register, monkeypatch):
    code = declare()
    decide()
    sign = sealing.sign

    def sign_and_be_killed(*arguments):
        with as_another_process():
            sealing.end_day()
        sign(*arguments)
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(sealing, "sign", sign_and_be_killed)
        with pytest.raises(KilledError):
            sealing.seal(force=True)
    with as_another_process():
        assert sealing.recover() == 1
    register.check(1)
    assert index_of(code) == 2


def test_a_stage_that_is_written_under_a_key_just_dead_is_written_again(register, monkeypatch):
    declare()
    decide()
    write = stage.write_durably

    def be_overtaken_and_write(path, data, **more):
        monkeypatch.setattr(stage, "write_durably", write)
        with as_another_process():
            sealing.end_day()
        write(path, data, **more)

    monkeypatch.setattr(stage, "write_durably", be_overtaken_and_write)
    monkeypatch.setattr(sealing, "sign", be_killed)
    with pytest.raises(KilledError):
        sealing.seal(force=True)
    (name,) = stage.names()
    assert daykeys.alive(name.key)
    assert stage.read(name.root) is not None


def test_the_site_goes_on_after_another_process_sealed_and_its_key_died(register):
    declare()
    decide()
    with as_another_process():
        assert sealing.seal(force=True).sealed == 1
    code = declare()
    actions.set_baseline(total=1_000, source="an earlier register")
    assert actions.take_back(code=code) == "taken_back"
    declare(publish=True)
    decide()
    assert sealing.seal(force=True).sealed == 3
    register.check(2)


def test_rows_read_a_moment_before_their_key_dies_are_read_again(register, monkeypatch):
    code = declare()
    decide()
    key = daykeys.key

    def be_overtaken(key_id):
        monkeypatch.setattr(daykeys, "key", key)
        with as_another_process():
            sealing.end_day()
        daykeys.forget()
        return key(key_id)

    daykeys.forget()
    monkeypatch.setattr(daykeys, "key", be_overtaken)
    assert is_pending(code)


def test_a_sealer_overtaken_while_recovering_looks_again(register, monkeypatch):
    declare()
    decide()
    lock = sealing._lock

    def be_overtaken():
        monkeypatch.setattr(sealing, "_lock", lock)
        with as_another_process():
            sealing.seal(force=True)
        return lock()

    monkeypatch.setattr(sealing, "_lock", be_overtaken)
    sealing.seal(force=True)
    register.check(1)


def test_one_who_finishes_late_neither_complains_nor_drops_the_next_stage(register, monkeypatch):
    declare()
    decide()
    made = []
    finish = sealing.finish

    with monkeypatch.context() as patch:
        patch.setattr(sealing, "finish", lambda *arguments: made.append(arguments))
        sealing.seal(force=True)
    with as_another_process():
        sealing.recover()
        for _ in range(2):
            declare()
            decide()
            sealing.seal(force=True)
        declare()
        decide()
        with monkeypatch.context() as patch:
            patch.setattr(sealing, "sign", be_killed)
            with pytest.raises(KilledError):
                sealing.seal(force=True)
    (name,) = stage.names()
    finish(*made[0])
    assert stage.names()[0].root == name.root
    sealing.seal(force=True)
    register.check(4)


def test_a_signer_that_refuses_for_its_clock_leaves_no_stage_behind(register):
    declare()
    decide()
    register.later(40)
    for _ in range(3):
        with pytest.raises(DamagedError, match="clock-ahead"):
            sealing.seal(force=True)
    assert stage.names() == []
    register.later(-40)
    daykeys.forget()
    sealing.seal(force=True)
    register.check(1)


def test_a_signer_that_is_not_there_loses_nothing(register):
    code = declare()
    decide()
    register.stop_signer()
    with pytest.raises(BusyError):
        sealing.seal(force=True)
    register.start_signer()
    sealing.seal(force=True)
    register.check(1)
    assert index_of(code) == 2


def test_an_instruction_that_no_longer_holds_is_dropped_and_one_that_holds_is_not(register):
    first, second = declare(), declare()
    decide()
    sealing.seal(force=True)
    ref, other = index_of(first), index_of(second)
    assert actions.instruct_void(ref=ref, reason=3)
    assert sealing.seal(force=True).sealed == 1
    instructions.leave(kind=Kind.VOID, ref=ref, payload=instructions.Payload(reason=3), not_before=0)
    assert sealing.seal(force=True).dropped == 1
    assert not Instruction.objects.exists()
    instructions.leave(kind=Kind.VOID, ref=ref, payload=instructions.Payload(reason=3), not_before=0)
    assert actions.instruct_void(ref=other, reason=3)
    report = sealing.seal(force=True)
    assert (report.sealed, report.dropped) == (1, 1)
    assert not Instruction.objects.exists()
    register.check(0)


def test_instructions_tried_against_tables_that_moved_on_are_not_dropped(register, monkeypatch):
    code = declare()
    decide()
    sealing.seal(force=True)
    assert actions.instruct_void(ref=index_of(code), reason=3)
    declare()
    decide()
    make = batch.make

    def make_of_older_tables(**given):
        with as_another_process():
            monkeypatch.setattr(batch, "make", make)
            sealing.seal(force=True)
        actions.set_baseline(total=5, source="x")
        made = make(**{**given, "candidates": [], "due": [], "outcomes": []})
        return batch.replace(made, dropped=list(Instruction.objects.values_list("id", flat=True)))

    monkeypatch.setattr(batch, "make", make_of_older_tables)
    sealing.seal(force=True)
    assert Instruction.objects.count() == 1
    sealing.seal(force=True)
    assert register.check(1)["baseline"] == 5


def test_a_hundred_thousand_outcomes_fit_into_statements_of_both_databases(register):
    Outcome.objects.bulk_create([Outcome(id=random_id(), mark=random_bytes(32)) for _ in range(70_000)], batch_size=5_000)
    assert sealing.seal(force=True).sealed == 1
    assert not Outcome.objects.exists()
    register.check(0)


def test_a_ledger_folder_of_another_state_stops_the_sealing_before_anything_is_signed(register):
    declare()
    decide()
    checkpoint = places().ledger / "checkpoint"
    before = checkpoint.read_bytes()
    sealing.seal(force=True)
    now, size = checkpoint.read_bytes(), adapters.signer().lock().size
    declare()
    decide()
    for data, message in ((before, "ledger/ is an older copy"), (None, "ledger/ is an older copy")):
        checkpoint.unlink(missing_ok=True)
        if data:
            checkpoint.write_bytes(data)
        with pytest.raises(DamagedError, match=message):
            sealing.seal(force=True)
        assert adapters.signer().lock().size == size
    checkpoint.write_bytes(now)
    sealing.seal(force=True)
    register.check(2)
