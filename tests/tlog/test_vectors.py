"""The golden vectors are what their generator makes, and `src/tlog`, written apart from it, says the same."""

from __future__ import annotations

import hmac
import json
from datetime import date
from enum import IntEnum
from hashlib import sha256
from pathlib import Path

import pytest
from tests.tlog.vectors import generate

from tlog import commitment
from tlog.checkpoint import SignedCheckpoint
from tlog.clock import day_date
from tlog.entry import SIZE, Assurance, Entry, Kind, Organisations, Voice
from tlog.history import VOID
from tlog.lists import NOT_STATED
from tlog.merkle import consistency_proof, inclusion_proof, leaf_hash, root_of_size, subtree_root, verify_consistency, verify_inclusion
from tlog.note import Note, SignerKey, VerifierKey
from tlog.promise import Outcome, Promise, verify_promise
from tlog.proof import Proof
from tlog.receipt import verify_receipt
from tlog.receipt_file import Receipt
from tlog.replay import Replay
from tlog.tally import without_zeros
from tlog.tiles import Tile, tiles_between

HERE = Path(generate.__file__).parent
LEAVES = 70_000


def vector(name: str):
    return json.loads((HERE / f"{name}.json").read_text())


def unhex(parts):
    return [bytes.fromhex(part) for part in parts]


@pytest.fixture(scope="module")
def nodes():
    """All complete nodes of the large tree, by level, from the formula in the vector."""
    levels = [[leaf_hash(generate.tree_entry(index)) for index in range(LEAVES)]]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([subtree_root(below[at : at + 2]) for at in range(0, len(below) - 1, 2)])
    return lambda level, index: levels[level][index]


def test_making_the_vectors_again_changes_no_byte():
    made = generate.vectors()
    assert {file.name: file.read_text() for file in HERE.glob("*.json")} == made


@pytest.mark.parametrize("case", vector("ledger")["entries"], ids=lambda case: f"{case['index']}-{case['name']}")
def test_entries_of_every_kind(case):
    hashes = {name: bytes.fromhex(case["fields"][name]) for name in ("commitment", "second") if name in case["fields"]}
    entry = Entry(**{**case["fields"], **hashes})
    data = bytes.fromhex(case["entry"])
    assert entry.encode() == data
    assert Entry.decode(data) == entry
    assert leaf_hash(data).hex() == case["leaf"]
    assert Kind(entry.kind).name.lower() == case["name"]


def test_every_kind_has_an_entry():
    assert {case["fields"]["kind"] for case in vector("ledger")["entries"]} == {*Kind}


def test_the_checkpoint_of_the_history():
    golden = vector("ledger")
    leaves = unhex(case["leaf"] for case in golden["entries"])
    signed = SignedCheckpoint.parse(golden["checkpoint"].encode())
    signed.require(VerifierKey.parse(golden["key"]))
    assert signed.checkpoint.size == len(leaves)
    assert signed.checkpoint.root == bytes.fromhex(golden["root"]) == subtree_root(leaves)


class Remembered:
    """A `tlog.history.History` in a dict."""

    def __init__(self) -> None:
        self.entries: dict[int, bytes] = {}
        self.live: dict[int, int] = {}

    def entry(self, index: int) -> bytes:
        return self.entries[index]

    def assurance(self, index: int) -> int:
        return self.live.get(index, VOID)

    def declare(self, first: int, entries: bytes) -> None:
        for at in range(0, len(entries), SIZE):
            self.live[first + at // SIZE] = Entry.decode(entries[at : at + SIZE]).assurance

    def set_assurance(self, index: int, assurance: int) -> None:
        self.live[index] = assurance


def test_the_history_is_valid_and_counts_as_stated():
    golden = vector("ledger")
    lists = {bytes.fromhex(name): bytes.fromhex(data) for name, data in golden["lists"].items()}
    remembered = Remembered()
    replay = Replay(remembered, lambda named, _: lists.get(named), vectorised=False)
    for index, data in enumerate(unhex(case["entry"] for case in golden["entries"])):
        remembered.entries[index] = data
        replay.feed(data)
    assert counted(replay) == golden["expected"]
    assert [index for index, assurance in remembered.live.items() if assurance != VOID] == [5]
    assert replay.missing_lists == 0
    (claim,) = replay.claims
    assert (claim.size, claim.later, claim.rule) == (17, 19, "successor")
    claim.require(subtree_root([leaf_hash(entry) for entry in list(remembered.entries.values())[:17]]))
    assert [one.members() for one in replay.successions] == golden["successors"]


def counted(replay: Replay) -> dict[str, object]:
    """What a recount prints, by name, as docs/log-format.md has it in section 4."""
    tally, codes = replay.tally, replay.standing.codes

    def by(column: str, names: dict[int, str]) -> dict[str, int]:
        return {names[code]: number for code, number in without_zeros(tally.columns[column]).items()}

    def of_all(column: str, names: type[IntEnum]) -> dict[str, int]:
        return {name.name.lower(): tally.columns[column][name] for name in names}

    return {
        "entries": replay.standing.size,
        "count": tally.count,
        "baseline": replay.baseline,
        "by_day": {day_date(day).isoformat(): number for day, number in without_zeros(tally.by_day).items()},
        "by_organisation": {name.name.lower(): tally.organisations(name) for name in Organisations},
        "by_assurance": of_all("assurance", Assurance),
        "by_voice": of_all("voice", Voice),
        "by_channel": by("channel", {0: NOT_STATED, **codes.channels}),
        "by_source": by("source", {0: NOT_STATED, **codes.sources}),
        "by_region": by("region", {0: NOT_STATED, **codes.regions}),
    }


def test_entries_and_leaves_of_the_large_tree(nodes):
    golden = vector("tree")
    for index, leaf in golden["leaves"].items():
        assert generate.tree_entry(int(index)).hex() == golden["entries"][index]
        assert nodes(0, int(index)).hex() == leaf


@pytest.mark.parametrize(("size", "root"), vector("tree")["roots"].items())
def test_roots(nodes, size, root):
    assert root_of_size(int(size), nodes).hex() == root


def test_inclusion_proofs(nodes):
    golden = vector("tree")
    for case in golden["inclusion"]:
        index, size, proof = case["index"], case["size"], unhex(case["proof"])
        root = root_of_size(size, nodes)
        assert inclusion_proof(index, size, nodes) == proof
        verify_inclusion(nodes(0, index), index, size, proof, root)


def test_consistency_proofs(nodes):
    for case in vector("tree")["consistency"]:
        old, new, proof = case["old"], case["new"], unhex(case["proof"])
        assert consistency_proof(old, new, nodes) == proof
        verify_consistency(old, root_of_size(old, nodes), new, root_of_size(new, nodes), proof)


def test_tile_paths():
    for case in vector("tiles"):
        assert Tile(case["level"], case["index"], case["width"]).path == case["path"]


def test_the_files_of_257_entries(nodes):
    files = {}
    for tile in tiles_between(0, 257):
        first, width = tile.index * 256, range(tile.width)
        if tile.level is None:
            content = b"".join(b"\x00\x60" + generate.tree_entry(first + at) for at in width)
        else:
            content = b"".join(nodes(8 * tile.level, first + at) for at in width)
        files[tile.path] = sha256(content).hexdigest()
    assert files == vector("tree")["files_257"]


@pytest.mark.parametrize("case", vector("notes"), ids=lambda case: str(case["size"]))
def test_keys_and_signed_checkpoints(case):
    signer, key = SignerKey.parse(case["signer"]), VerifierKey.parse(case["verifier"])
    assert (signer.export(), str(key), signer.verifier) == (case["signer"], case["verifier"], key)
    signed = SignedCheckpoint.parse(case["note"].encode())
    signed.require(key)
    assert signed.checkpoint.size == case["size"]
    assert f"{signed.checkpoint.text}\n{signer.sign(signed.checkpoint.text)}" == case["note"]


@pytest.mark.parametrize("case", vector("commitments"), ids=lambda case: case["public"]["name"])
def test_commitments(case):
    public, rest = commitment.PublicPart(**case["public"]), commitment.Rest(**case["rest"])
    assert commitment.statement_hash(case["title"], case["text"]).hex() == case["statement"] == public.statement
    assert (public.encode().decode(), rest.encode().decode()) == (case["public_json"], case["rest_json"])
    salts = unhex(case[name] for name in ("salt_p", "salt_q", "void_hash"))
    record = commitment.Record(public, rest, *salts)
    assert (public.hash(record.salt_p).hex(), rest.hash(record.salt_q).hex()) == (case["p"], case["q"])
    assert (record.inner.hex(), record.commitment.hex()) == (case["inner"], case["commitment"])
    assert sha256(bytes.fromhex(case["void_key"])).hexdigest() == case["void_hash"]


def hkdf(key: bytes, length: int, info: bytes) -> bytes:
    """RFC 5869 with an empty salt, for up to 32 bytes."""
    return hmac.digest(hmac.digest(bytes(32), key, "sha256"), info + b"\x01", "sha256")[:length]


@pytest.mark.parametrize("case", vector("codes"), ids=lambda case: case["code"])
def test_codes_of_declarants(case):
    code = bytes.fromhex(case["code"])
    label = b"tuidang/v1/"
    assert hkdf(code, 16, label + b"lookup").hex() == case["lookup_id"]
    assert hkdf(code, 32, label + b"record").hex() == case["record_key"]
    assert hkdf(code, 16, label + b"declaration").hex() == case["declaration_id"]
    assert hkdf(code, 32, label + b"void" + bytes.fromhex(case["salt_p"])).hex() == case["void_key"]
    for number, member in case["members"].items():
        assert hkdf(code, 16, label + b"member" + int(number).to_bytes(4, "big")).hex() == member
    digits = [generate.spec.SYMBOLS.index(symbol) for symbol in case["written"]]
    number = 0
    for digit in digits[:26]:
        number = 32 * number + digit
    assert number == int.from_bytes(code, "big")
    assert 32 * digits[26] + digits[27] == number % 1021
    assert {len(words.split()) for words in case["words"].values()} == {12}


def test_a_promise_and_its_outcomes():
    golden = vector("promise")
    n = bytes.fromhex(golden["n"])
    days = date.fromisoformat(golden["accepted"]), date.fromisoformat(golden["due"])
    promise = Promise(golden["origin"], bytes.fromhex(golden["commitment"]), n, *days)
    assert promise.sign(SignerKey.parse(golden["signer"])).decode() == golden["note"]
    assert verify_promise(golden["note"].encode(), [VerifierKey.parse(golden["verifier"])]) == promise
    assert {outcome.value: outcome.hash(n).hex() for outcome in Outcome} == golden["outcomes"]


@pytest.mark.parametrize("case", vector("receipt")["receipts"], ids=lambda case: str(case["index"]))
def test_receipts(case):
    data = case["receipt"].encode()
    report = verify_receipt(data, VerifierKey.parse(vector("receipt")["key"]))
    assert report.registry_number == case["index"]
    assert Receipt.parse(data).encode() == data


def test_proofs():
    for case in vector("receipt")["receipts"]:
        text = json.loads(case["receipt"])["proof"].encode()
        proof = Proof.parse(text)
        assert (proof.encode(), proof.index) == (text, case["index"])
        assert Note.parse(proof.checkpoint.raw).signed_by(VerifierKey.parse(vector("receipt")["key"]))
