"""Receipts: what proves, offline, that a declarant is in the log (docs/log-format.md, section 10).

A receipt is valid under a key if

1. the statement's hash, and the commitment, are what the record and its salts give;
2. both proofs carry the same checkpoint, it is signed by the key, and both entries are in its tree;
3. the code list is named by a kind 6 entry before the declarant's;
4. the declarant's entry is a valid kind 1 under that list (that no earlier one commits to the same, only a recount can tell);
5. it says nothing that the record does not: organisations are equal, the region is the record's or one around it or left out, channel,
   source and voice are equal or left out, the day is not before the record's.

It proves that the entry was made, not that it still counts; assurance is the register's claim.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256

from tlog.clock import day_date
from tlog.commitment import Record, statement_hash
from tlog.entry import VERSION, Assurance, Entry, Kind, Organisations, Voice
from tlog.errors import CannotCheckError, InvalidError, TlogError
from tlog.fields import check_declaration, check_delta, check_zero
from tlog.lists import NOT_STATED, CodeList
from tlog.note import VerifierKey
from tlog.receipt_file import Receipt, wrong


@dataclass(frozen=True, slots=True)
class ReceiptReport:
    """What a valid receipt says, for a person to read. Codes are given by the names of the list in it.

    `regions` are the record's own region and those around it, from small to large; empty if it states none. `accepted` is the record's
    day, `sealed` the entry's. `title` and `text` hold placeholders where names of declarants stood.
    """

    origin: str
    registry_number: int
    checkpoint_size: int
    checkpoint_root: str
    name: str
    language: str
    organisations: tuple[str, ...]
    regions: tuple[str, ...]
    channel: str
    source: str
    voice: str
    assurance: str
    accepted: date
    sealed: date
    title: str
    text: str

    def members(self) -> dict[str, object]:
        """As JSON, with dates as YYYY-MM-DD."""
        return {**asdict(self), "accepted": self.accepted.isoformat(), "sealed": self.sealed.isoformat()}


def verify_receipt(data: bytes, key: VerifierKey) -> ReceiptReport:
    """What the receipt file says, if it is valid under the log key `key`.

    Raises InvalidError, by the rule that is broken; CannotCheckError if it is of a version that this program does not know.
    """
    receipt = Receipt.parse(data)
    if statement_hash(receipt.title, receipt.text).hex() != receipt.record.public.statement:
        raise wrong("title and text are not those that the record was made of")
    if receipt.proof.checkpoint.raw != receipt.codes_proof.checkpoint.raw:
        raise wrong("the two proofs carry different checkpoints")
    receipt.proof.require(receipt.entry, key)
    receipt.codes_proof.require(receipt.codes_entry, key)
    with _at(receipt.codes_proof.index):
        codes = _codes_in_force(receipt)
    with _at(receipt.proof.index):
        entry = _decode(receipt.entry, Kind.DECLARE)
        check_declaration(entry, codes)
    if entry.commitment != receipt.record.commitment:
        raise wrong("the record is not the one that the entry commits to")
    _check_agrees(entry, receipt.record, codes)
    return _report(receipt, entry, codes)


@contextmanager
def _at(index: int) -> Iterator[None]:
    try:
        yield
    except TlogError as error:
        error.index = index
        raise


def _decode(data: bytes, kind: Kind) -> Entry:
    """An entry of `kind`, with nothing in the fields that the kind does not name."""
    entry = Entry.decode(data)
    if entry.version != VERSION:
        raise CannotCheckError("version", f"version {entry.version} is not known to this verifier")
    if entry.kind not in {*Kind}:
        raise CannotCheckError("kind", f"kind {entry.kind} is not known to this verifier")
    if entry.kind != kind:
        raise wrong(f"an entry of kind {kind} was expected, not {entry.kind}")
    check_zero(entry, data)
    check_delta(entry)
    return entry


def _codes_in_force(receipt: Receipt) -> CodeList:
    entry = _decode(receipt.codes_entry, Kind.CODES)
    if receipt.codes_proof.index >= receipt.proof.index:
        raise wrong("the code list came after the entry")
    if sha256(receipt.codes).digest() != entry.commitment:
        raise InvalidError("list-hash", "the code list is not the one that its entry names")
    return CodeList.parse(receipt.codes)


def _check_agrees(entry: Entry, record: Record, codes: CodeList) -> None:
    """That the entry says nothing but what the record says, or less."""
    rest = record.rest
    differing = [name for name in ("channel", "source", "voice") if getattr(entry, name) not in (0, getattr(rest, name))]
    if entry.organisations != record.public.organisations:
        differing.append("organisations")
    if entry.region not in (0, *_upwards(rest.region, codes)):
        differing.append("region")
    if entry.day < rest.day:
        differing.append("day")
    if differing:
        raise wrong(f"entry and record differ in {', '.join(differing)}")


def _upwards(region: int, codes: CodeList) -> Iterator[int]:
    """A region and those around it; nothing for 0. The list was checked to end."""
    while region:
        yield region
        region = codes.parents.get(region, 0)


def _name(code: int, names: Mapping[int, str]) -> str:
    # The record may be more exact than the list in force: the entry then leaves the code out, and the number is all there is.
    return names.get(code, str(code)) if code else NOT_STATED


def _report(receipt: Receipt, entry: Entry, codes: CodeList) -> ReceiptReport:
    public, rest = receipt.record.public, receipt.record.rest
    tree = receipt.proof.checkpoint.checkpoint
    return ReceiptReport(
        origin=tree.origin,
        registry_number=receipt.proof.index,
        checkpoint_size=tree.size,
        checkpoint_root=tree.root.hex(),
        name=public.name,
        language=public.language,
        organisations=tuple(one.name.lower() for one in Organisations if one.name and public.organisations & one),
        regions=tuple(_name(code, codes.regions) for code in _upwards(rest.region, codes)),
        channel=_name(rest.channel, codes.channels),
        source=_name(rest.source, codes.sources),
        voice=Voice(rest.voice).name.lower(),
        assurance=Assurance(entry.assurance).name.lower(),
        accepted=day_date(rest.day),
        sealed=day_date(entry.day),
        title=receipt.title,
        text=receipt.text,
    )
