"""What is known of an item besides its words: asked for in a form of its kind, checked, and kept as typed where it is wrong."""

import pytest
from tests.archive.test_archive import published
from tests.ledger.register import index_of
from tests.newsroom.at_the_desk import DESK, begun, read

from tuidang.newsroom import actions, queries
from tuidang.newsroom.content import Event, Point, Testimony
from tuidang.newsroom.states import Kind

pytestmark = pytest.mark.django_db


def test_an_event_keeps_its_local_time_and_its_zone(mine):
    item = begun(Kind.EVENT, mine)
    sent = {"starts": "2031-01-01T18:30", "ends": "2031-01-01 20:00", "zone": "Asia/Taipei", "place": "Square"}
    assert mine.post(f"{DESK}{item}/facts/", sent).status_code == 302
    assert queries.on_desk(item).facts == Event(starts="2031-01-01T18:30", ends="2031-01-01T20:00", zone="Asia/Taipei", place="Square")


FILLED = {
    Kind.EVENT: {"starts": "2031-01-01T18:30", "zone": "Asia/Taipei", "place": "Square <b>"},
    Kind.SUPPORT: {
        "who": "Ana Example",
        "office": "Member",
        "country": "276",
        "language": "de",
        "original": "Ja.",
        "source": "https://a.example/",
    },
    Kind.TESTIMONY: {"alias": "平安", "consent": "By letter, 3 November 2026."},
    Kind.POINT: {"country": "158", "city": "Taipei", "offers": ["declaring"], "languages": ["zh", "en"], "address": "Road 1"},
    Kind.PUBLICATION: {"year": "2019", "author": "Ana Example"},
    Kind.PAGE: {"place": "2"},
}
WRONG = [
    (Kind.EVENT, "starts", "tomorrow", "Enter a day"),
    (Kind.EVENT, "ends", "2030-01-01T00:00", "before it begins"),
    (Kind.EVENT, "zone", "Middle/Earth", "of the list"),
    (Kind.EVENT, "zone", "../../etc/passwd", "of the list"),
    (Kind.EVENT, "online", "javascript:alert(1)", "https://"),
    (Kind.SUPPORT, "who", " ", "missing"),
    (Kind.SUPPORT, "country", "999999", "Choose"),
    (Kind.SUPPORT, "country", "x", "Enter a number"),
    (Kind.SUPPORT, "said_on", "2999-01-01", "to come"),
    (Kind.SUPPORT, "language", "", "in which language"),
    (Kind.SUPPORT, "source", "data:text/html,x", "https://"),
    (Kind.TESTIMONY, "consent", "", "consent"),
    (Kind.TESTIMONY, "statement", "7", "No statement is public"),
    (Kind.TESTIMONY, "statement", "x", "Enter a number"),
    (Kind.POINT, "offers", [], "at least one"),
    (Kind.PUBLICATION, "year", "20", "Enter a number"),
    (Kind.PAGE, "place", "first", "Enter a number"),
    (Kind.PUBLICATION, "author", "x" * 301, "too long"),
]


@pytest.mark.parametrize("kind", list(FILLED))
def test_the_facts_of_each_kind_come_back_as_they_were_typed(mine, kind):
    item = begun(kind, mine)
    assert mine.post(f"{DESK}{item}/facts/", FILLED[kind]).status_code == 302
    page = mine.get(f"{DESK}{item}/facts/")
    again = {name: value for name, value in read(page).fields if value}
    for name, value in FILLED[kind].items():
        if isinstance(value, str) and name != "country":
            assert again[name] == value, name
    stored = queries.on_desk(item).facts
    assert mine.post(f"{DESK}{item}/facts/", FILLED[kind]).status_code == 302
    assert queries.on_desk(item).facts == stored
    actions.offer(item=item, by=mine.member)


@pytest.mark.parametrize(("kind", "name", "value", "said"), WRONG)
def test_what_is_wrong_is_said_beside_it_and_what_was_typed_stays(mine, kind, name, value, said):
    item = begun(kind, mine)
    before = queries.on_desk(item).facts
    answer = mine.post(f"{DESK}{item}/facts/", {**FILLED[kind], name: value})
    assert answer.status_code == 422
    page = read(answer)
    assert said in page.text
    assert f"#{name}" in page.links
    shown = dict(page.fields)
    kept = {**FILLED[kind], name: value}
    assert {one: shown.get(one) for one, given in kept.items() if isinstance(given, str) and one != "country"} == {
        one: given for one, given in kept.items() if isinstance(given, str) and one != "country"
    }
    assert queries.on_desk(item).facts == before


def test_a_testimony_names_a_statement_that_is_public(mine, register):
    index = index_of(published("远山"))
    item = begun(Kind.TESTIMONY, mine)
    assert mine.post(f"{DESK}{item}/facts/", {**FILLED[Kind.TESTIMONY], "statement": f"{index:,}"}).status_code == 302
    assert queries.on_desk(item).facts == Testimony(alias="平安", statement=index, consent="By letter, 3 November 2026.")


def test_facts_that_somebody_else_changed_are_not_overwritten(mine, hers):
    item = begun(Kind.POINT, mine)
    page = dict(read(mine.get(f"{DESK}{item}/facts/")).fields)
    hers.post(f"{DESK}{item}/facts/", {**FILLED[Kind.POINT], "city": "Kaohsiung"})
    answer = mine.post(f"{DESK}{item}/facts/", {**FILLED[Kind.POINT], "after": page["after"]})
    assert answer.status_code == 409
    shown = read(answer)
    assert dict(shown.fields)["city"] == "Taipei"
    assert "Kaohsiung" in shown.text
    assert queries.on_desk(item).facts.city == "Kaohsiung"
    mine.post(f"{DESK}{item}/facts/", {**FILLED[Kind.POINT], "after": dict(shown.fields)["after"]})
    assert isinstance(queries.on_desk(item).facts, Point)
    assert queries.on_desk(item).facts.city == "Taipei"
