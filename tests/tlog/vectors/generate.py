"""Writes the golden vectors: `python -m tests.tlog.vectors.generate`. Nothing in them is random, so nothing may change."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

from mnemonic import Mnemonic
from tests.tlog.vectors import history, spec

HERE = Path(__file__).parent
SIZES = (0, 1, 255, 256, 257, 65_536, 70_000)
INCLUSIONS = ((0, 1), (0, 257), (255, 257), (256, 257), (0, 70_000), (65_535, 70_000), (65_536, 70_000), (69_999, 70_000))
CONSISTENCIES = ((0, 257), (1, 255), (255, 256), (256, 257), (257, 65_536), (65_536, 70_000), (69_999, 70_000), (257, 257))
TILES = ((0, 0, 256), (0, 0, 1), (0, 273, 112), (1, 1, 17), (0, 999, 256), (0, 1000, 256), (2, 1_234_067, 255), (5, 4_294_967_295, 256))


def tree_entry(index: int) -> bytes:
    """Entry `index` of the large trees: three hashes one after the other, 96 bytes; no tree cares what is in its leaves."""
    return b"".join(spec.sha(b"tuidang/v1/vector/tree", index.to_bytes(4, "big"), bytes([part])) for part in range(3))


def hexed(parts: list[bytes]) -> list[str]:
    return [part.hex() for part in parts]


def ledger() -> dict[str, object]:
    log = history.build()
    entries = [
        {
            "index": index,
            "name": history.KINDS[int(fields["kind"]) - 1],
            "fields": fields,
            "entry": data.hex(),
            "leaf": spec.leaf(data).hex(),
        }
        for index, (fields, data) in enumerate(zip(log.fields, log.entries, strict=True))
    ]
    return {
        "about": "A valid log with every kind. Fields that are not named are zero; version is 1. Lists by their SHA-256, in hex.",
        "key": history.SUCCESSOR.verifier,
        "predecessor_key": history.LOG.verifier,
        "entries": entries,
        "lists": {name: data.hex() for name, data in sorted(log.lists.items())},
        "root": history.root_of(log),
        "checkpoint": history.SUCCESSOR.checkpoint(log.leaves),
        "expected": history.expected(),
        "successors": [{"index": 17, "predecessor": history.LOG.name, "predecessor_size": 19, "lost": 2, "proven": True}],
    }


def tree() -> dict[str, object]:
    entries = [tree_entry(index) for index in range(SIZES[-1])]
    leaves = list(map(spec.leaf, entries))
    return {
        "about": "Entry i = H(i, 0) || H(i, 1) || H(i, 2) with H(i, part) = SHA-256('tuidang/v1/vector/tree' || u32 i || u8 part).",
        "entries": {str(index): entries[index].hex() for index in (0, 1, 255, 69_999)},
        "leaves": {str(index): leaves[index].hex() for index in (0, 1, 255, 69_999)},
        "roots": {str(size): spec.root(leaves[:size]).hex() for size in SIZES},
        "inclusion": [{"index": at, "size": size, "proof": hexed(spec.inclusion(at, leaves[:size]))} for at, size in INCLUSIONS],
        "consistency": [{"old": old, "new": new, "proof": consistency(old, leaves[:new])} for old, new in CONSISTENCIES],
        "files_257": {path: spec.sha(data).hex() for path, data in files_257(entries, leaves).items()},
    }


def consistency(old: int, leaves: list[bytes]) -> list[str]:
    return [] if old == 0 else hexed(spec.consistency(old, leaves))


def files_257(entries: list[bytes], leaves: list[bytes]) -> dict[str, bytes]:
    """Every tile and bundle of a log that was published at 257 entries and never before."""
    packed = [b"\x00\x60" + entry for entry in entries]
    return {
        spec.tile_path("entries", 0, 256): b"".join(packed[:256]),
        spec.tile_path("entries", 1, 1): packed[256],
        spec.tile_path("0", 0, 256): b"".join(leaves[:256]),
        spec.tile_path("0", 1, 1): leaves[256],
        spec.tile_path("1", 0, 1): spec.root(leaves[:256]),
    }


def tiles() -> list[dict[str, object]]:
    hashes = [{"level": at, "index": n, "width": w, "path": spec.tile_path(str(at), n, w)} for at, n, w in TILES]
    bundle = {"level": None, "index": 1_067, "width": 3, "path": spec.tile_path("entries", 1_067, 3)}
    return [*hashes, bundle]


def notes() -> list[dict[str, object]]:
    leaves = [spec.leaf(tree_entry(index)) for index in range(257)]
    key = history.LOG
    return [{"signer": key.signer, "verifier": key.verifier, "size": size, "note": key.checkpoint(leaves[:size])} for size in (0, 1, 257)]


def codes() -> list[dict[str, object]]:
    values = (bytes(16), b"\xff" * 16, bytes(range(16)), history.RECORDS[0].code)
    return [code(value, spec.seed("salt_p declarant 0")) for value in values]


def code(value: bytes, salt_p: bytes) -> dict[str, object]:
    languages = ("english", "chinese_simplified", "chinese_traditional")
    return {
        "code": value.hex(),
        "written": spec.written(value),
        "words": {language: Mnemonic(language).to_mnemonic(value) for language in languages},
        "salt_p": salt_p.hex(),
        "lookup_id": spec.hkdf(value, 16, b"tuidang/v1/lookup").hex(),
        "record_key": spec.hkdf(value, 32, b"tuidang/v1/record").hex(),
        "declaration_id": spec.hkdf(value, 16, b"tuidang/v1/declaration").hex(),
        "void_key": spec.hkdf(value, 32, b"tuidang/v1/void" + salt_p).hex(),
        "members": {str(i): spec.hkdf(value, 16, b"tuidang/v1/member" + i.to_bytes(4, "big")).hex() for i in (1, 2, 500)},
    }


def commitments() -> list[dict[str, object]]:
    return [
        {
            "title": it.title,
            "text": it.text,
            "statement": it.statement.hex(),
            "public": it.public,
            "public_json": spec.canonical(it.public).decode(),
            "rest": it.rest,
            "rest_json": spec.canonical(it.rest).decode(),
            "salt_p": it.salt_p.hex(),
            "salt_q": it.salt_q.hex(),
            "void_key": it.void_key.hex(),
            "void_hash": spec.sha(it.void_key).hex(),
            "p": it.p.hex(),
            "q": it.q.hex(),
            "inner": it.inner.hex(),
            "commitment": it.commitment.hex(),
        }
        for it in history.RECORDS
    ]


def promise() -> dict[str, object]:
    accepted = date(1970, 1, 1) + timedelta(days=history.DAY)
    n, commitment = spec.seed("n")[:16], history.RECORDS[0].commitment
    days = (accepted.isoformat(), (accepted + timedelta(days=30)).isoformat())
    lines = ("tuidang/v1/promise", history.LOG.name, spec.base64(commitment), spec.base64(n), *days, "")
    statuses = ("refused", "superseded", "held", "taken_back")
    return {
        "signer": history.PROMISE.signer,
        "verifier": history.PROMISE.verifier,
        "origin": history.LOG.name,
        "commitment": commitment.hex(),
        "n": n.hex(),
        "accepted": days[0],
        "due": days[1],
        "note": history.PROMISE.note("\n".join(lines)),
        "outcomes": {status: spec.sha(b"tuidang/v1/list", status.encode(), n).hex() for status in statuses},
    }


def receipt() -> dict[str, object]:
    log = history.build()
    return {
        "key": history.LOG.verifier,
        "receipts": [{"index": index, "receipt": spec.canonical(history.receipt(log, index=index)).decode()} for index in range(2, 7)],
    }


def vectors() -> dict[str, str]:
    """File name to content."""
    made = (ledger, tree, tiles, notes, codes, commitments, promise, receipt)
    return {f"{make.__name__}.json": json.dumps(make(), ensure_ascii=True, indent=1) + "\n" for make in made}


if __name__ == "__main__":
    for name, content in vectors().items():
        (HERE / name).write_text(content)
