"""The invented world: varied, harmless, the same each time."""

import json
import re
from base64 import urlsafe_b64encode
from collections import Counter

import pytest

from tuidang.api.submission import people as people_of
from tuidang.api.submission import read
from tuidang.demo.story import MOST_WEEKS, _spread, weeks_of
from tuidang.demo.visitor import _fields
from tuidang.demo.world import ADVERT, LARGEST_GROUP, leaving, people
from tuidang.intake.policies import LONGEST_NAME
from tuidang.reference.queries import match_place
from tuidang.screening.policies import Seen, judge

WORLD = list(people(2_000))


def test_the_same_number_gives_the_same_world():
    assert list(people(300)) == list(people(300))


@pytest.mark.parametrize("number", [1, 2, 7, 60])
def test_there_are_exactly_as_many_as_were_asked_for(number):
    assert len(list(people(number))) == number


def test_the_first_one_always_counts():
    first = next(people(1))
    assert len(first.persons) == 1
    assert ADVERT not in first.text


def test_there_is_everything_a_register_knows():
    sizes = [len(one.persons) for one in WORLD]
    assert min(sizes) == 1
    assert 50 < max(sizes) <= LARGEST_GROUP
    assert {someone.left for one in WORLD for someone in one.persons} == {1, 2, 3, 4, 5, 6, 7}
    assert {one.language for one in WORLD} == {"en", "zh-hans", "zh-hant"}
    assert {one.by_client for one in WORLD} == {True, False}
    assert len({match_place(one.place) for one in WORLD}) > 30
    assert 0.1 < sum(one.publish for one in WORLD) / len(WORLD) < 0.4


def test_every_text_says_that_it_is_invented():
    for one in WORLD:
        assert one.text.endswith(("虚构。）", "虛構。）", "invented.)"))


JOINED = {
    1: re.compile("入了?[党黨]|joined the Party|in the Party|, the Party:"),
    2: re.compile(
        "入了?[团團]|入的[团團]|[团團][费費]|Youth League (at school|badge)|joined the Youth League|for the Youth League|League, the Party:"
    ),
    4: re.compile("入[队隊]|[红紅][领領]巾|Pioneers'|red scarf|joined the Pioneers|The Pioneers,"),
}
LEFT = {1: ("共产党", "共產黨", "the Party"), 2: ("共青团", "共青團", "the Youth League"), 4: ("少先队", "少先隊", "the Young Pioneers")}


def test_nobody_tells_of_joining_what_they_do_not_leave():
    told = Counter()
    for one in WORLD:
        if len(one.persons) > 1 or ADVERT in one.text:
            continue
        for bit, words in JOINED.items():
            if words.search(re.sub("(声明退出|聲明退出|I withdraw from).*", "", one.text)):
                told[bit] += 1
                assert one.persons[0].left & bit, one.text
    assert min(told[bit] for bit in JOINED) > 20


def test_a_text_names_exactly_what_is_left():
    for one in WORLD:
        if ADVERT in one.text:
            continue
        left = re.search("(声明，?退出|聲明，?退出|withdraws? from)(.*?)[。.]", one.text)[2]
        for bit, names in LEFT.items():
            assert any(name in left for name in names) == any(someone.left & bit for someone in one.persons), one.text


def test_texts_of_groups_are_sentences_that_name_nobody():
    groups = [one for one in WORLD if len(one.persons) > 1]
    assert not any(someone.name in one.text for one in groups for someone in one.persons)
    assert not any("\n" in one.text or "：" in one.text for one in groups)


def test_a_client_s_words_say_of_everyone_what_they_leave():
    for one in WORLD:
        if one.by_client:
            sent = read(urlsafe_b64encode(json.dumps(_fields(one)).encode()))
            assert people_of(sent) == [(someone.name, someone.left) for someone in one.persons]
            assert sent.content == one.text


def test_every_place_is_one_that_the_register_knows():
    assert [one.place for one in WORLD if one.place and not match_place(one.place)] == []


def test_nobody_has_a_name_that_is_too_long_or_stands_twice_in_a_group():
    for one in WORLD:
        names = [someone.name for someone in one.persons]
        assert len(set(names)) == len(names)
        assert max(map(len, names)) <= LONGEST_NAME


def test_the_machine_passes_all_but_advertisements_and_large_groups():
    for one in WORLD:
        names = tuple(someone.name for someone in one.persons)
        reasons = judge(Seen(one.title, one.text, names, by_web=not one.by_client)).reasons
        assert bool(reasons) == (ADVERT in one.text or (len(names) > 20 and not one.by_client))


def test_what_a_client_writes_names_each_organisation():
    assert Counter(leaving(someone) for one in WORLD for someone in one.persons).keys() == {
        "退党",
        "退团",
        "退队",
        "退党团",
        "退党队",
        "退团队",
        "退党团队",
    }


@pytest.mark.parametrize("number", [1, 2, 7, 60, 300, 5_000])
def test_no_week_before_the_last_is_empty_for_long(number):
    weeks = weeks_of(number)
    shares = [len(share) for share in _spread(list(range(number)), weeks)]
    assert len(shares) == weeks <= MOST_WEEKS
    assert sum(shares) == number
    assert max(shares) - min(shares) <= 1
    # The signer stops if thirty days pass between two batches.
    assert not any(shares[at : at + 4] == [0, 0, 0, 0] for at in range(weeks))
