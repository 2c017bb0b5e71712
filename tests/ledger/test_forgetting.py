"""After sealing, what was handed in opens with its code and with the offline key, and with nothing else that is left anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.db import connection, router
from tests.ledger.register import decide, declare, forget_memory, index_of, is_pending

from tuidang.intake import queries as handed_in
from tuidang.intake.models import Declarant, Declaration
from tuidang.kernel.errors import DamagedError
from tuidang.kernel.places import places
from tuidang.ledger import actions, instructions, queries, sealing, stage
from tuidang.ledger.models import Instruction, SealedRecord, SealedText
from tuidang.review import queries as review
from tuidang.review.models import Case, Publication
from tuidang.vault import daykeys, records
from tuidang.vault.codes import Code
from tuidang.vault.records import EpochKey

NAMES = ("Zqvxhrmkt", "Zqwjpblnd", "Zqkftgsvr")
TEXT = "Zqtextzq leaves the three organisations."


def contents_of_tables() -> Iterator[bytes]:
    """Every value of every row, as bytes."""
    for model in apps.get_models(include_auto_created=True):
        if router.db_for_read(model) != connection.alias:
            continue  # of readers of the newsletter, in another database
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
            for row in cursor.fetchall():
                yield from (bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode() for value in row)


def contents_of_files(*folders: Path) -> Iterator[bytes]:
    yield from (path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file())


def database_files() -> list[Path]:
    if connection.vendor != "sqlite":
        return []
    name = Path(connection.settings_dict["NAME"])
    return list(name.parent.glob(f"{name.name}*"))


def readable() -> set[str]:
    """Which of what was typed stands readable in tables or files."""
    at = places()
    everything = [
        *contents_of_tables(),
        *contents_of_files(at.data, at.keys, at.lock, at.signer),
        *(one.read_bytes() for one in database_files()),
    ]
    return {typed for typed in (*NAMES, "Zqtextzq") if any(typed.encode() in data for data in everything)}


def secrets_on_this_machine() -> list[bytes]:
    """Everything in a file, and in memory, that could be a key of 32 bytes."""
    at = places()
    files = contents_of_files(at.data, at.keys, at.lock, at.signer)
    return [data[begin : begin + 32] for data in files if len(data) <= 4096 for begin in range(max(1, len(data) - 31)) if len(data) >= 32]


def opens(secret: bytes, blob: bytes, bound_to: bytes) -> bool:
    try:
        AESGCM(secret).decrypt(blob[:12], blob[12:], bound_to)
    except InvalidTag:
        return False
    return True


def encrypted_rows() -> list[tuple[bytes, bytes]]:
    rows = [(bytes(one.blob), one.id.bytes) for one in Declaration.objects.all()]
    rows += [(bytes(one.blob), one.lookup.bytes) for one in Declarant.objects.all()]
    return rows + [(bytes(one.blob), one.id.bytes) for one in Instruction.objects.all()]


def test_what_was_typed_is_nowhere_readable_before_and_after(register):
    single, family = declare(NAMES[0], text=TEXT), declare(*NAMES[1:], text=f"{TEXT} {NAMES[1]} {NAMES[2]}")
    assert readable() == set()
    decide()
    sealing.seal(force=True)
    assert readable() == set()
    assert queries.opened(single).content.name == NAMES[0]
    assert queries.opened(family.member(2)).text == f"{TEXT} {{{{1}}}} {{{{2}}}}"
    assert readable() == set()


def test_after_sealing_no_secret_is_left_that_opens_what_was_handed_in(register, monkeypatch):
    declare(NAMES[0], text=TEXT)
    code = declare(*NAMES[1:], text=TEXT)
    actions.take_back(code=code.member(1), erase=True)
    decide()
    rows = encrypted_rows()
    assert len(rows) == 5
    assert all(any(opens(secret, *row) for secret in secrets_on_this_machine()) for row in rows)
    staged = []
    monkeypatch.setattr(stage, "drop_outlived", lambda _: staged.extend(path.read_bytes() for path in places().stage.glob("*.stage")))
    sealing.seal(force=True)
    secrets = secrets_on_this_machine()
    gone = [row for row in rows if row not in encrypted_rows()]
    assert len(gone) == len(rows), "moved, removed, or written anew"
    assert not any(opens(secret, *row) for secret in secrets for row in gone)
    assert staged
    header = stage._HEADER.size
    for data in staged:
        assert not any(opens(secret, data[header:], data[:header] + root.root) for secret in secrets for root in stage.names())


def test_keys_go_from_memory_too(register):
    declare()
    sealing.seal(force=True)
    living = {daykeys.current_key().id}
    assert set(daykeys._cache) == living
    assert not daykeys._remembered or daykeys._remembered[0].id in living


def test_what_still_waits_is_carried_over_and_readable_under_the_next_key_alone(register):
    held, refused, published, wished = declare("甲"), declare("乙"), declare("丙", publish=True), declare("丁")
    decide()
    Case.objects.filter(declaration=held.declaration_id()).update(verdict=3)
    Case.objects.filter(declaration=refused.declaration_id()).update(verdict=2)
    sealing.seal(force=True)
    actions.take_back(code=wished)
    old = daykeys.current_key().id
    for _ in range(2):
        declare()
        sealing.seal(force=True)
        forget_memory()
        with pytest.raises(DamagedError):
            daykeys.key(old)
        old = daykeys.current_key().id
        assert handed_in.by_code(held).persons[0].person.name == "甲"
        assert handed_in.by_code(refused).persons[0].person.name == "乙"
        (text,) = Publication.objects.all()
        assert review.open_text(text).name == "丙"
        (instruction,) = Instruction.objects.all()
        assert instructions.payload_of(instruction).reason == 1
    assert index_of(published) is not None


def test_the_offline_key_opens_every_copy_and_no_key_on_the_site_does(register):
    codes = [declare("远山"), *(declare("平安", "晨光").member(number) for number in (1, 2))]
    sealing.seal(force=True)
    names = {path.name.removeprefix("epoch-"): path.read_bytes() for path in places().offline.iterdir()}
    for code in codes:
        row = SealedRecord.objects.select_related("envelope").get(lookup=code.lookup_id())
        envelope = EpochKey(names[row.envelope.epoch]).open_envelope(row.envelope.epoch, bytes(row.envelope.blob))
        by_epoch = envelope.open(row.lookup.bytes, bytes(row.epoch))
        by_code = records.open_own(code.keys().record_key, row.lookup.bytes, bytes(row.own))
        assert by_epoch == by_code
        assert msgspec.json.decode(by_epoch)["name"] in ("远山", "平安", "晨光")
        others = [name for name in names if name != row.envelope.epoch]
        with pytest.raises(DamagedError):
            EpochKey(names[others[0]]).open_envelope(row.envelope.epoch, bytes(row.envelope.blob))


def test_the_order_of_the_ledger_says_nothing_of_who_came_first(register):
    orders = []
    for _ in range(12):
        codes = [declare() for _ in range(4)]
        sealing.seal(force=True)
        indexes = [index_of(code) for code in codes]
        orders.append(tuple(sorted(range(4), key=indexes.__getitem__)))
    assert len(set(orders)) > 4


def test_erased_after_sealing_a_code_answers_like_one_that_never_was(register):
    family = declare("平安", "晨光")
    sealing.seal(force=True)
    assert actions.take_back(code=family, erase=True) == "taken_back"
    for code in (family, family.member(1), family.member(2), Code(bytes(16))):
        assert queries.opened(code) is None
        assert not is_pending(code)
        assert actions.take_back(code=code) == "unknown"
    assert not SealedRecord.objects.exists()
    assert not SealedText.objects.exists()


def test_a_batch_that_waits_to_be_signed_is_not_readable_either(register, monkeypatch):
    declare(NAMES[0], text=TEXT)
    decide()
    register.stop_signer()
    sealer = sealing._lock
    monkeypatch.setattr(sealing, "_lock", lambda: sealing.Tree(2, sealing.adapters.head().root))
    with pytest.raises(sealing.BusyError):
        sealing.seal(force=True)
    monkeypatch.setattr(sealing, "_lock", sealer)
    assert len(stage.names()) == 1
    commitment = bytes(Declarant.objects.get().commitment)
    assert not any(commitment in data for data in contents_of_files(places().stage))
    assert readable() == set()
    register.start_signer()
    sealing.seal(force=True)
    register.check(1)
