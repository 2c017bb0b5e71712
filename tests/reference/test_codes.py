"""The list that ships is one that the ledger accepts (docs/log-format.md, section 5.1)."""

import rfc8785
from babel import Locale
from babel.core import get_global

from tuidang.reference import queries

LANGUAGES = {"en", "zh-hans", "zh-hant"}


def test_every_array_ascends_strictly_and_names_each_code_once():
    listed = queries.code_list()
    assert listed["type"] == "tuidang/v1/codes"
    for array, largest in (("regions", 65_535), ("channels", 255), ("reasons", 255), ("sources", 65_535)):
        codes = [one["code"] for one in listed[array]]
        names = [one["name"] for one in listed[array]]
        assert codes == sorted(set(codes))
        assert all(0 < code <= largest for code in codes)
        assert len(set(names)) == len(names)
        assert not {"", "not_stated"} & set(names)
        assert all(set(one["label"]) == LANGUAGES and all(one["label"].values()) for one in listed[array])


def test_every_parent_is_in_the_list_and_leads_to_a_country():
    regions = queries.regions()
    assert all(region.parent == 0 or region.parent in regions for region in regions.values())
    assert {queries.ancestors(code)[-1] for code in regions if queries.ancestors(code)} == {queries.CHINA}


def test_provinces_lie_in_the_group_of_their_first_digit():
    provinces = queries.provinces()
    assert len(provinces) == 31
    assert all(queries.ancestors(region.code) == (10_000 + (region.code - 10_000) // 10, queries.CHINA) for region in provinces)
    assert (provinces[0].name, provinces[0].code) == ("Beijing", 10_011)
    assert (provinces[-1].name, provinces[-1].code) == ("Xinjiang", 10_065)


def test_countries_bear_their_iso_numbers():
    by_name = {region.name: (code, region.parent) for code, region in queries.regions().items()}
    expected = {
        "China": (156, 0),
        "Taiwan": (158, 0),
        "Hong Kong": (344, 156),
        "Macau": (446, 156),
        "Germany": (276, 0),
        "United States": (840, 0),
    }
    assert {name: by_name[name] for name in expected} == expected
    numbers, cldr = get_global("territory_aliases"), Locale("zh", script="Hans").territories
    same = [region.label("zh-hans") == cldr[numbers[f"{code:03}"][0]] for code, region in queries.regions().items() if code < 1_000]
    assert len(same) == 249
    assert same.count(False) < 15, "short forms are exceptions: most labels are CLDR's, under CLDR's number"


def test_the_list_is_the_same_bytes_each_time_and_a_copy():
    first = queries.code_list([{"code": 1, "name": "paris", "label": {"en": "Paris"}}])
    first["regions"].clear()
    assert rfc8785.dumps(queries.code_list()) == rfc8785.dumps(queries.code_list())
    assert queries.code_list()["regions"]
    assert queries.code_list()["sources"] == []


def test_names_that_breakdowns_are_read_by_do_not_move():
    assert [found.name for found in queries.channels().values()] == ["web", "service_point", "phone", "email", "relay", "fax", "import"]
    assert [found.name for found in queries.reasons().values()] == [
        "own_wish",
        "disputed",
        "duplicate",
        "invented",
        "flood",
        "entered_in_error",
        "deceased",
    ]
    assert [(one.bit, one.name) for one in queries.organisations()] == [(1, "party"), (2, "league"), (4, "pioneers")]
    assert queries.channel("relay") == 5
