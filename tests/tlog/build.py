"""Builds small logs for tests: entries and lists in, a signed folder out. Nothing is checked, so that broken logs can be built too.

log = opening()                       # entry 0 names the keys, entry 1 the codes
log.add(declare(1), declare(2))       # returns the index of the first
log.void(2)                           # a void at the wish of the holder of the code
folder = log.publish(tmp_path)        # -> tlog.store.Folder
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import rfc8785

from tlog.checkpoint import Checkpoint
from tlog.entry import SELF_VOID, ZERO, Entry, Kind, u64_field
from tlog.errors import InvalidError, MissingError
from tlog.merkle import leaf_hash, node_hash, root_of_size
from tlog.note import SignerKey
from tlog.store import LARGEST, Folder
from tlog.tiles import tiles_between

ORIGIN = "log.example/ledger"
KEY = SignerKey(ORIGIN, bytes(range(32)))
OTHER_KEY = SignerKey(ORIGIN, bytes(range(1, 33)))
DAY = 20_000
VOID_DOMAIN = b"tuidang/v1/declarant"


def promise_key(origin: str = ORIGIN, number: int = 0) -> SignerKey:
    """A promise key of the log `origin`; `number` tells them apart."""
    return SignerKey(f"{origin}/promise", bytes(range(2 + number, 34 + number)))


def epoch(name: str = "2026Q4", fill: int = 0) -> dict[str, str]:
    """One epoch of a key set; its key is 1,216 bytes `fill`."""
    return {"name": name, "kem": "MLKEM768-X25519", "public": b64encode(bytes([fill]) * 1216).decode()}


def canonical(value: Any) -> bytes:
    """`value` as the format's JSON."""
    return rfc8785.dumps(value)


def named(code: int, name: str, **more: object) -> dict[str, Any]:
    """One code of a code list."""
    return {"code": code, "name": name, "label": {"en": name.title()}, **more}


def codes(**changes: Any) -> dict[str, Any]:
    """A code list: regions 1 to 3 (2 and 3 within 1), channels 1 and 2, reasons 1 to 3, sources 1 to 2."""
    return {
        "type": "tuidang/v1/codes",
        "regions": [named(1, "china", parent=0), named(2, "hebei", parent=1), named(3, "hunan", parent=1)],
        "channels": [named(1, "web"), named(2, "phone")],
        "reasons": [named(1, "own_wish"), named(2, "disputed"), named(3, "flood")],
        "sources": [named(1, "1"), named(2, "flushing")],
        **changes,
    }


def keys(key: SignerKey = KEY, **changes: Any) -> dict[str, Any]:
    """A key set whose log key is `key`."""
    return {
        "type": "tuidang/v1/keys",
        "origin": key.name,
        "log": str(key.verifier),
        "promise": [str(promise_key(key.name).verifier)],
        "epochs": [epoch()],
        **changes,
    }


def void_key(number: int) -> bytes:
    """The `v` of the declarant `number` of `declare`."""
    return sha256(b"v%d" % number).digest()


def inner(number: int) -> bytes:
    """The `inner` of the declarant `number` of `declare`."""
    return sha256(b"inner%d" % number).digest()


def commitment_of(number: int) -> bytes:
    """The commitment of the declarant `number` of `declare`."""
    return sha256(VOID_DOMAIN + sha256(void_key(number)).digest() + inner(number)).digest()


def declare(number: int, **changes: Any) -> Entry:
    """A valid kind 1 under the codes of `codes()`; `number` makes its commitment unlike others."""
    usual: dict[str, Any] = {
        "kind": Kind.DECLARE,
        "day": DAY,
        "assurance": 1 + number % 3,
        "channel": number % 3,
        "region": number % 4,
        "organisations": 1 + number % 7,
        "source": number % 3,
        "voice": number % 3,
        "delta": 1,
        "commitment": commitment_of(number),
    }
    return Entry(**{**usual, **changes})


def void_of(entry: Entry, index: int, **changes: Any) -> Entry:
    """A kind 2 with reason 2 for `entry`, which stands at `index`."""
    return entry._replace(**{"kind": Kind.VOID, "delta": -1, "ref": index, "reason": 2, "commitment": ZERO, **changes})


def self_void_of(entry: Entry, index: int, number: int, **changes: Any) -> Entry:
    """A kind 2 with reason 1 for `entry` = `declare(number)`, which stands at `index`."""
    own = {"reason": SELF_VOID, "commitment": void_key(number), "second": inner(number)}
    return void_of(entry, index, **{**own, **changes})


@dataclass
class Log:
    """Entries, and everything that lies beside them. `lists` is by content; `turns` by index."""

    entries: list[Entry | bytes] = field(default_factory=list)
    lists: list[bytes] = field(default_factory=list)
    turns: dict[int, bytes] = field(default_factory=dict)
    key: SignerKey = KEY

    def add(self, *entries: Entry | bytes) -> int:
        """Appends; returns the index of the first."""
        first = len(self.entries)
        self.entries.extend(entries)
        return first

    def listed(self, kind: Kind, content: dict[str, Any] | bytes, **fields: Any) -> int:
        """Appends an entry that names the list `content`, and keeps the list. Returns its index."""
        data = content if isinstance(content, bytes) else canonical(content)
        self.lists.append(data)
        return self.add(Entry(**{"kind": kind, "day": DAY, "commitment": sha256(data).digest(), **fields}))

    def succeed(self, last: bytes, new: SignerKey, **changes: Any) -> int:
        """Appends a kind 11 whose predecessor's last checkpoint is `last`, and its lists; then `new` is the log's key. Returns the index.

        `changes` replace members of the list of what is lost; without them it says that nothing is proven, or has the empty proof that
        an equal size needs.
        """
        index, size = len(self.entries), int(last.split(b"\n")[1])
        shown: dict[str, Any] = {"unproven": True} if size > index else {"proof": []}
        loss = canonical({"type": "tuidang/v1/successor", "note": "", **(changes or shown)})
        self.lists.append(loss)
        day = max((entry.day for entry in self.entries if isinstance(entry, Entry)), default=DAY)
        self.listed(Kind.SUCCESSOR, last, ref=index, second=sha256(loss).digest(), day=day)
        self.key = new
        return index

    def void(self, index: int, **changes: Any) -> int:
        """Appends a kind 2 with reason 2 for the kind 1 at `index`, as long as that was not raised."""
        entry = self.entries[index]
        assert isinstance(entry, Entry)
        return self.add(void_of(entry, index, **changes))

    def void_list(self, indexes: list[int], **changes: Any) -> int:
        """Appends a kind 4 over `indexes`, ascending."""
        first, bits = indexes[0], indexes[-1] - indexes[0] + 1
        bitmap = bytearray(-(-bits // 8))
        for index in indexes:
            bitmap[(index - first) // 8] |= 0x80 >> (index - first) % 8
        usual = {"reason": 3, "delta": -len(indexes), "ref": first, "second": u64_field(bits)}
        return self.listed(Kind.VOID_LIST, bytes(bitmap), **{**usual, **changes})

    def raised(self, index: int, **changes: Any) -> int:
        """Appends a kind 3 for the kind 1 at `index`."""
        usual: dict[str, Any] = {"kind": Kind.RAISE, "day": DAY, "assurance": 4, "ref": index, "commitment": sha256(b"both").digest()}
        return self.add(Entry(**{**usual, **changes}))

    def encoded(self) -> list[bytes]:
        """The entries as bytes."""
        return [entry if isinstance(entry, bytes) else entry.encode() for entry in self.entries]

    def checkpoint(self, size: int | None = None, *signers: SignerKey) -> bytes:
        """The signed checkpoint of the first `size` entries (default all), by `signers` (default the log's key)."""
        encoded = self.encoded()
        size = len(encoded) if size is None else size
        return signed(size, tree(encoded[:size]), *(signers or (self.key,)))

    def files(self, *, sizes: tuple[int, ...] = ()) -> dict[str, bytes]:
        """Everything by path, with the partial tiles of the present size and of `sizes`."""
        encoded = self.encoded()
        nodes = tree(encoded)
        files = tile_files(encoded, nodes, sizes)
        files |= {f"list/{sha256(data).hexdigest()}": data for data in self.lists}
        files |= {f"turn/{index}": note for index, note in self.turns.items()}
        files["log.vkey"] = f"{self.key.verifier}\n".encode()
        files["checkpoint"] = signed(len(encoded), nodes, self.key)
        return files

    def publish(self, folder: Path, *, sizes: tuple[int, ...] = ()) -> Folder:
        """Writes `files` into a folder."""
        for path, data in self.files(sizes=sizes).items():
            put(folder, path, data)
        return Folder(folder)

    def store(self) -> MemoryStore:
        """`files` without a folder."""
        return MemoryStore(self.files())


class MemoryStore:
    """A log in memory: `files` may be changed as an attacker would."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files

    def read(self, path: str, limit: int = LARGEST) -> bytes:
        """As `tlog.store.Reader`."""
        if path not in self.files:
            raise MissingError(path)
        return self.files[path][: limit + 1]


class MemoryHistory:
    """A `tlog.history.History` for small logs: everything in dictionaries, and repeated commitments are found at once."""

    def __init__(self, entries: list[bytes]) -> None:
        self._entries = entries
        self._assurances: dict[int, int] = {}
        self._commitments: set[bytes] = set()

    def entry(self, index: int) -> bytes:
        return self._entries[index]

    def assurance(self, index: int) -> int:
        return self._assurances.get(index, 0)

    def declare(self, first: int, entries: bytes) -> None:
        for place in range(len(entries) // 96):
            entry = Entry.decode(entries[place * 96 : place * 96 + 96])
            if entry.commitment in self._commitments:
                raise InvalidError("commitment-repeated", "again", index=first + place)
            self._commitments.add(entry.commitment)
            self._assurances[first + place] = entry.assurance

    def set_assurance(self, index: int, assurance: int) -> None:
        self._assurances[index] = assurance


def opening(key: SignerKey = KEY, **changes: Any) -> Log:
    """A log of two entries: the key set and the code list (`changes` go to the list)."""
    log = Log(key=key)
    log.listed(Kind.KEYS, keys(key))
    log.listed(Kind.CODES, codes(**changes))
    return log


def put(folder: Path, path: str, data: bytes) -> None:
    """Writes a file without the care that a real log takes: no fsync."""
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)


def tree(encoded: list[bytes]) -> list[list[bytes]]:
    """All complete nodes by level."""
    levels = [[leaf_hash(entry) for entry in encoded]]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([node_hash(left, right) for left, right in zip(below[::2], below[1::2], strict=False)])
    return levels


def signed(size: int, nodes: list[list[bytes]], *signers: SignerKey) -> bytes:
    """A checkpoint of the first `size` leaves of the tree `nodes`."""
    text = Checkpoint(signers[0].name, size, root_of_size(size, lambda level, index: nodes[level][index])).text
    return "".join([text, "\n", *(signer.sign(text) for signer in signers)]).encode()


def tile_files(encoded: list[bytes], nodes: list[list[bytes]], sizes: tuple[int, ...] = ()) -> dict[str, bytes]:
    """Tiles and bundles as a log that published `sizes` one after the other, and then all, would leave them."""
    files = {}
    before = 0
    for size in sorted({*sizes, len(encoded)}):
        for tile in tiles_between(before, size):
            begin = tile.index * 256
            if tile.level is None:
                files[tile.path] = b"".join(b"\x00\x60" + entry for entry in encoded[begin : begin + tile.width])
            else:
                files[tile.path] = b"".join(nodes[8 * tile.level][begin : begin + tile.width])
        before = size
    return files


def write_tiles(folder: Path, encoded: list[bytes], nodes: list[list[bytes]], sizes: tuple[int, ...] = ()) -> None:
    """Writes `tile_files` into a folder."""
    for path, data in tile_files(encoded, nodes, sizes).items():
        put(folder, path, data)
