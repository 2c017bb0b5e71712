"""The place becomes the longest match in the region list, else none, in whatever script it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuidang.reference import queries


def name_of(text):
    return queries.label(queries.match_place(text), "en")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("北京市海淀区", "Beijing"),
        ("广东省深圳市", "Guangdong"),
        ("廣東", "Guangdong"),
        ("Guangdong, China", "Guangdong"),
        ("中国北京", "Beijing"),
        ("中华人民共和国河北省", "Hebei"),
        ("瀋陽", "Liaoning"),
        ("內蒙古呼和浩特", "Inner Mongolia"),
        ("臺北市", "Taiwan"),
        ("中國香港", "Hong Kong"),
        ("USA", "United States"),
        ("U.S.A.", "United States"),
        ("ＵＳＡ", "United States"),
        ("美国旧金山", "United States"),
        ("São Paulo", "Brazil"),
        ("Xi'an", "Shaanxi"),
        ("南韓首爾", "South Korea"),
        ("寮國", "Laos"),
        ("老撾", "Laos"),
    ],
)
def test_a_place_is_found_in_any_script(text, name):
    assert name_of(text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("印度尼西亚", "Indonesia"),
        ("山西北部", "Shanxi"),
        ("青海南部", "Qinghai"),
        ("Nigeria", "Nigeria"),
        ("New Mexico", "United States"),
        ("马里兰", "United States"),
        ("上海南京路", "Shanghai"),
    ],
)
def test_a_name_within_a_longer_one_or_across_two_is_not_taken(text, name):
    assert name_of(text) == name


@pytest.mark.parametrize("text", ["", " ", "火星", "Atlantis", "欧洲大陆", "South America", "usable", "\x00", "123"])
def test_what_names_no_place_is_none(text):
    assert queries.match_place(text) == 0


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_every_label_leads_back_to_its_region(language):
    for code, region in queries.regions().items():
        assert queries.match_place(region.label(language)) == code


@given(st.text(max_size=300))
def test_any_text_is_answered_with_a_code_of_the_list_or_none(text):
    assert queries.match_place(text) in {0, *queries.regions()}


@pytest.mark.parametrize(
    ("language", "first", "later"), [("en", "Åland Islands", "Albania"), ("zh-hans", "阿富汗", "中国"), ("zh-hant", "丹麥", "德國")]
)
def test_a_select_shows_provinces_first_then_countries_in_the_readers_order(language, first, later):
    shown = [label for _, label in queries.choices(language)]
    assert shown[:31] == [region.label(language) for region in queries.provinces()]
    assert shown.index(first) < shown.index(later)
    assert len(shown) == len(queries.regions()) - 6


def test_an_unknown_code_reads_not_stated():
    assert queries.label(0, "zh-hant") == "未說明"
    assert queries.label(9_999, "en") == "not stated"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("川", "Sichuan"),
        (" 粵 ", "Guangdong"),
        ("沪", "Shanghai"),
        ("滬", "Shanghai"),
        ("加", "Canada"),
        ("新", "Xinjiang"),
        ("写", None),
        ("川菜馆", None),
    ],
)
def test_one_character_alone_is_read_as_people_shorten_a_place(text, name):
    assert (queries.match_place(text) or None) == (name and {region.name: code for code, region in queries.regions().items()}[name])
