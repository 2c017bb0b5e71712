"""The forms of lists: docs/log-format.md, section 5."""

import time
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tlog.build import KEY, ORIGIN, canonical, codes, keys, named

from tlog.errors import InvalidError
from tlog.lists import CodeList, KeySet, check_bitmap, check_note, check_outcomes, parse_baseline, set_bits

HEX = "0" * 64
AUDIT = "tuidang/v1/audit"
BASELINE = {"type": "tuidang/v1/baseline", "total": 5, "source": "a press release"}


def epoch(**changes):
    return keys(epochs=[{**keys()["epochs"][0], **changes}])


NAMES = [
    *("e\u0301", "a\u200b", "a\x1b", "a\x9b", "a\nb", "a\u2028b", "a\u202eb", "a\ue000", "a\u0378", "a\u00a0b", "a\u3000b"),
    *(" a", "a ", " ", "a  b", "2", "01", "\uff11", "\u0661"),
]


def nested(depth: int) -> bytes:
    """A list of type `trail` whose objects and arrays lie in each other `depth` deep."""
    return b'{"note":"\\\\[[[\\"{","type":"tuidang/v1/trail","z":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


WRONG = [
    (check_note, b""),
    (check_note, b"[]"),
    (check_note, b"nonsense"),
    (check_note, b'{"note": "", "type": "tuidang/v1/audit"}'),  # a space
    (check_note, b'{"type":"tuidang/v1/audit","note":""}'),  # the order
    (check_note, b'{"note":"","note":"","type":"tuidang/v1/audit"}'),
    (check_note, b'\xef\xbb\xbf{"note":"","type":"tuidang/v1/audit"}'),
    (check_note, b'{"note":"\\u0061","type":"tuidang/v1/audit"}'),
    (check_note, b'{"note":"\\ud800","type":"tuidang/v1/audit"}'),
    (check_note, canonical({"type": AUDIT})),
    (check_note, canonical({"type": AUDIT, "note": 1})),
    (check_note, canonical({"type": AUDIT, "note": "", "more": 1.5})),
    (check_note, canonical({"type": AUDIT, "note": "", "more": [{"deep": -1}]})),
    (check_note, b'{"more":9007199254740992,"note":"","type":"tuidang/v1/audit"}'),
    (check_note, b'{"more":1e400,"note":"","type":"tuidang/v1/audit"}'),
    (check_note, b'{"more":NaN,"note":"","type":"tuidang/v1/audit"}'),
    (check_note, b'{"more":' + b"9" * 5000 + b',"note":"","type":"tuidang/v1/audit"}'),
    (check_note, b'{"more":' + b"[" * 100_000 + b"]" * 100_000 + b',"note":"","type":"tuidang/v1/audit"}'),
    (check_outcomes, canonical({"type": "tuidang/v1/outcomes", "outcomes": [HEX, HEX]})),
    (check_outcomes, canonical({"type": "tuidang/v1/outcomes", "outcomes": ["1" * 64, HEX]})),
    (check_outcomes, canonical({"type": "tuidang/v1/outcomes", "outcomes": ["A" * 64]})),
    (check_outcomes, canonical({"type": "tuidang/v1/outcomes", "outcomes": [0]})),
    (check_outcomes, canonical({"type": "tuidang/v1/outcomes", "outcomes": {}})),
    (parse_baseline, canonical({**BASELINE, "total": "5"})),
    (parse_baseline, canonical({**BASELINE, "total": True})),
    (parse_baseline, canonical({**BASELINE, "source": None})),
    (CodeList.parse, canonical(codes(reasons=[named(2, "disputed")]))),
    (CodeList.parse, canonical(codes(channels=[named(2, "phone"), named(1, "web")]))),
    (CodeList.parse, canonical(codes(channels=[named(1, "web"), named(1, "phone")]))),
    (CodeList.parse, canonical(codes(channels=[named(1, "web"), named(2, "web")]))),
    (CodeList.parse, canonical(codes(channels=[named(0, "web")]))),
    (CodeList.parse, canonical(codes(channels=[named(256, "web")]))),
    (CodeList.parse, canonical(codes(reasons=[named(1, "own_wish"), named(256, "late")]))),
    (CodeList.parse, canonical(codes(sources=[named(65_536, "far")]))),
    (CodeList.parse, canonical(codes(sources=[named(1, "")]))),
    (CodeList.parse, canonical(codes(sources=[named(1, "not_stated")]))),
    *[(CodeList.parse, canonical(codes(sources=[named(1, name)]))) for name in NAMES],
    (CodeList.parse, canonical(codes(sources=[named(1, "2"), named(2, "1")]))),
    (CodeList.parse, canonical(codes(sources=[named(1, "a", label={"en": 1})]))),
    (CodeList.parse, canonical(codes(sources=[named(1, "a", label=[])]))),
    (CodeList.parse, canonical(codes(sources=[1]))),
    (CodeList.parse, canonical(codes(sources={}))),
    (CodeList.parse, canonical(codes(regions=[named(1, "china")]))),
    (CodeList.parse, canonical(codes(regions=[named(1, "china", parent=1)]))),
    (CodeList.parse, canonical(codes(regions=[named(1, "china", parent=9)]))),
    (CodeList.parse, canonical(codes(regions=[named(1, "a", parent=2), named(2, "b", parent=1)]))),
    (KeySet.parse, canonical(keys(log="nonsense"))),
    (KeySet.parse, canonical(keys(log=f" {KEY.verifier}"))),
    (KeySet.parse, canonical(keys(promise=[1]))),
    (KeySet.parse, canonical(keys(promise=["é+00000000+é"]))),
    (KeySet.parse, canonical(keys(epochs=["2026Q4"]))),
    (KeySet.parse, canonical(epoch(name="2026Q5"))),
    (KeySet.parse, canonical(epoch(kem="X25519"))),
    (KeySet.parse, canonical(epoch(public="é"))),
    (KeySet.parse, canonical(epoch(public=b64encode(bytes(32)).decode()))),
]


@pytest.mark.parametrize(("parse", "data"), WRONG, ids=range(len(WRONG)))
def test_another_form_is_named(parse, data):
    with pytest.raises(InvalidError, match="list-form"):
        parse(data, "audit") if parse is check_note else parse(data)


def test_what_a_list_says_beside_its_members_is_ignored():
    check_note(canonical({"type": AUDIT, "note": "", "more": [True, None, {"z": 0, "é": 2**53 - 1}]}), "audit")
    assert parse_baseline(canonical({**BASELINE, "since": "2004"})) == 5


def test_a_code_list_is_read():
    read = CodeList.parse(canonical(codes()))
    assert read.regions == {1: "china", 2: "hebei", 3: "hunan"}
    assert read.parents == {1: 0, 2: 1, 3: 1}


@pytest.mark.parametrize("name", ["1", "a b", "海外", "Côte d’Ivoire", "Åland", "1st"])
def test_a_name_may_be_anything_that_can_be_told_apart(name):
    assert CodeList.parse(canonical(codes(sources=[named(1, name)]))).sources == {1: name}


def test_a_list_is_nested_up_to_32_deep():
    check_note(nested(32), "trail")
    for depth in (33, 330, 100_000):
        with pytest.raises(InvalidError, match="deep"):
            check_note(nested(depth), "trail")


def test_strings_that_never_end_are_seen_through_in_time():
    for data in (b'"\\' * 1_000_000, b'{"' + b'\\"' * 1_000_000, b'"' * 2_000_000):
        begin = time.process_time()
        with pytest.raises(InvalidError, match="list-form"):
            check_note(data, "trail")
        assert time.process_time() - begin < 10


def test_parents_may_come_later_in_the_list():
    CodeList.parse(canonical(codes(regions=[named(1, "a", parent=2), named(2, "b", parent=3), named(3, "c", parent=0)])))


def test_a_key_set_is_read():
    read = KeySet.parse(canonical(keys()))
    assert (read.origin, read.log, read.epochs) == (ORIGIN, KEY.verifier, {"2026Q4": bytes(1216)})


def test_a_log_key_with_another_name_than_the_origin_is_named():
    with pytest.raises(InvalidError, match="keys"):
        KeySet.parse(canonical(keys(origin="another.example")))


@given(st.binary(max_size=200))
def test_rubbish_is_named(data):
    for parse in (check_outcomes, parse_baseline, CodeList.parse, KeySet.parse):
        with pytest.raises(InvalidError, match="list-form"):
            parse(data)


@given(st.sets(st.integers(0, 5000), min_size=1, max_size=50))
def test_a_bitmap_gives_back_the_positions_it_was_made_of(chosen):
    positions = sorted(position - min(chosen) for position in chosen)
    bits = positions[-1] + 1
    data = bytearray(-(-bits // 8))
    for position in positions:
        data[position // 8] |= 0x80 >> position % 8
    assert list(set_bits(check_bitmap(bytes(data), bits))) == positions
