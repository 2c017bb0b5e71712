"""A valid log with entries of every kind, and one receipt from it: the smallest history that uses the whole format."""

from __future__ import annotations

from tests.tlog.vectors.spec import Key, Record, base64, canonical, consistency, entry, inclusion, leaf, proof, root, seed, sha

DAY = 20_779  # 2026-11-22
LOG = Key("register.example/ledger")
PROMISE = Key("register.example/ledger/promise")
SUCCESSOR = Key("register.example/ledger-2")
NEXT_PROMISE = Key("register.example/ledger-2/promise")
KINDS = ("declare", "void", "raise", "void_list", "baseline", "codes", "keys", "audit", "outcomes", "trail", "successor", "register")


def named(code: int, name: str, en: str, zh: str, **more: object) -> dict[str, object]:
    return {"code": code, "name": name, "label": {"en": en, "zh-Hans": zh}, **more}


CODES = {
    "type": "tuidang/v1/codes",
    "regions": [
        named(1, "china", "China", "中国", parent=0),
        named(100, "north", "North China", "华北", parent=1),
        named(130, "hebei", "Hebei", "河北", parent=100),
        named(500, "abroad", "Abroad", "海外", parent=0),
    ],
    "channels": [named(1, "web", "Web", "网页"), named(2, "service_point", "Service point", "服务点")],
    "reasons": [
        named(1, "own_wish", "Own wish", "本人要求"),
        named(2, "disputed", "Disputed", "有异议"),
        named(3, "flood", "Flood", "灌水"),
    ],
    "sources": [named(7, "7", "Number 7", "7号")],
}


def keys(log: Key, promise: Key) -> dict[str, object]:
    epoch = {"name": "2026Q4", "kem": "MLKEM768-X25519", "public": base64(seed("epoch") * 38)}
    return {"type": "tuidang/v1/keys", "origin": log.name, "log": log.verifier, "promise": [promise.verifier], "epochs": [epoch]}


def record(number: int) -> Record:
    """Five declarants. The first has an alias in Chinese, characters beyond the BMP, and everything that JSON escapes."""
    names = ("远山 \U00020bb7", "Ping An", "春草", "秋叶", 'O\'Neill "é"')
    return Record(
        f"declarant {number}",
        public={"language": "zh-Hans" if number != 1 else "en", "name": names[number], "organisations": (7, 6, 4, 2, 1)[number]},
        rest={"channel": 1 + number % 2, "day": DAY - number % 2, "region": 130, "source": 7 * (number % 2), "voice": 1 + number % 2},
        title="退出声明",
        text="{{1}} 声明退出。\n\t“从今以后”\u2028\u007f\u0001\\/" if number == 0 else "{{1}} 声明退出。",
    )


RECORDS = [record(number) for number in range(5)]


def declared(number: int, **coarser: int) -> dict[str, int | str]:
    """The kind 1 of a record; `coarser` replaces codes by less exact ones."""
    it = RECORDS[number]
    fields = {name: it.rest[name] for name in ("channel", "region", "source", "voice")}
    who = {"assurance": 1 + number % 3, "organisations": it.public["organisations"], "commitment": it.commitment.hex()}
    return {"kind": 1, "day": DAY, "delta": 1, **fields, **who, **coarser}


class History:
    """Entries as fields and bytes; lists by their hash."""

    def __init__(self) -> None:
        self.fields: list[dict[str, int | str]] = []
        self.lists: dict[str, bytes] = {}

    @property
    def entries(self) -> list[bytes]:
        return [entry(fields) for fields in self.fields]

    @property
    def leaves(self) -> list[bytes]:
        return list(map(leaf, self.entries))

    def keep(self, content: object) -> str:
        data = content if isinstance(content, bytes) else canonical(content)
        name = sha(data).hex()
        self.lists[name] = data
        return name

    def add(self, kind: int, content: object = None, **fields: int | str) -> None:
        named = {} if content is None else {"commitment": self.keep(content)}
        self.fields.append({"kind": kind, "day": DAY, **named, **fields})

    def void(self, ref: int, **fields: int | str) -> None:
        copied = {name: value for name, value in self.fields[ref].items() if name != "commitment"}
        self.fields.append({**copied, "kind": 2, "delta": -1, "ref": ref, **fields})


def u64(number: int) -> str:
    return f"{number:016x}" + "00" * 24


def note(kind: str) -> dict[str, str]:
    return {"type": f"tuidang/v1/{kind}", "note": f"What this {kind} entry stands for."}


def build() -> History:
    """19 entries. 2 to 6 are declared; 2 is voided by its declarant, 3 raised and then disputed, 4 and 6 struck as a list; 5 is left."""
    log = History()
    log.add(7, keys(LOG, PROMISE))
    log.add(6, CODES)
    log.fields += [declared(0, region=100, source=0), declared(1), declared(2, voice=0), declared(3, channel=0), declared(4, region=0)]
    log.add(3, assurance=4, ref=3, commitment=seed("attestations").hex())
    log.void(2, reason=1, commitment=RECORDS[0].void_key.hex(), second=RECORDS[0].inner.hex())
    log.void(3, reason=2, assurance=4, day=DAY + 1)
    log.add(4, bytes([0b10100000]), day=DAY + 1, reason=3, delta=-2, ref=4, second=u64(3))
    log.add(
        5, {"type": "tuidang/v1/baseline", "total": 466_912_443, "source": "The earlier register"}, day=DAY + 1, second=u64(466_912_443)
    )
    log.add(8, note("audit"), day=DAY + 2)
    log.add(8, note("audit"), day=DAY + 2, ref=12)
    outcomes = sorted(sha(b"tuidang/v1/list", status, seed("n")[:16]).hex() for status in (b"refused", b"held"))
    log.add(9, {"type": "tuidang/v1/outcomes", "outcomes": outcomes}, day=DAY + 2)
    log.add(10, note("trail"), day=DAY + 2)
    log.add(12, note("register"), day=DAY + 2)
    # The predecessor had two more entries, which are lost.
    before = [*log.leaves, leaf(entry(declared(0, channel=0))), leaf(entry(declared(1, channel=0)))]
    shown = {**note("successor"), "proof": [part.hex() for part in consistency(17, before)]}
    log.add(11, LOG.checkpoint(before).encode(), day=DAY + 2, ref=17, second=log.keep(shown))
    log.add(7, keys(SUCCESSOR, NEXT_PROMISE), day=DAY + 2)
    return log


def expected() -> dict[str, object]:
    """The count by hand: entry 5 alone is live (declarant 3: the league, screened, listed, Hebei, source 7, channel left out)."""
    return {
        "entries": 19,
        "count": 1,
        "baseline": 466_912_443,
        "by_day": {"2026-11-22": 4, "2026-11-23": -3},
        "by_organisation": {"party": 0, "league": 1, "pioneers": 0},
        "by_assurance": {"screened": 1, "reviewed": 0, "witnessed": 0, "identified": 0},
        "by_voice": {"first_hand": 0, "listed": 1, "not_stated": 0},
        "by_channel": {"not_stated": 1},
        "by_source": {"7": 1},
        "by_region": {"hebei": 1},
    }


def receipt(log: History, *, index: int = 2, size: int = 17) -> dict[str, object]:
    """The receipt of the first declarant, under the checkpoint of the first 17 entries."""
    it = RECORDS[index - 2]
    leaves = log.leaves[:size]
    checkpoint = LOG.checkpoint(leaves)
    return {
        "type": "tuidang/v1/receipt",
        "public": it.public,
        "rest": it.rest,
        "title": it.title,
        "text": it.text,
        "salt_p": it.salt_p.hex(),
        "salt_q": it.salt_q.hex(),
        "void_hash": sha(it.void_key).hex(),
        "entry": log.entries[index].hex(),
        "proof": proof(index, leaves, checkpoint),
        "codes": CODES,
        "codes_entry": log.entries[1].hex(),
        "codes_proof": proof(1, leaves, checkpoint),
    }


def inclusion_of(log: History, index: int) -> list[str]:
    return [part.hex() for part in inclusion(index, log.leaves)]


def root_of(log: History) -> str:
    return root(log.leaves).hex()
