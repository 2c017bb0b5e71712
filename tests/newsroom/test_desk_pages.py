"""The desk through its pages: two people see what goes out, what was typed is never lost, and what is hostile stays harmless."""

from io import BytesIO

import pytest
from django.test import Client
from PIL import Image
from tests.design.test_markdown import harmless
from tests.house.test_reading import noting_writes
from tests.intake.filled import AS_A_FORM
from tests.newsroom.at_the_desk import DESK, begun, browser_of, opened, read, words_on

from tuidang.accounts.policies import Role
from tuidang.config.bodies import largest_body
from tuidang.newsroom import actions, pictures, queries
from tuidang.newsroom.actions import Words, minute
from tuidang.newsroom.content import Support
from tuidang.newsroom.policies import LONGEST_BODY
from tuidang.newsroom.states import Kind, State

pytestmark = pytest.mark.django_db


def offered(news, browser):
    actions.offer(item=news, by=browser.member)
    return queries.on_desk(news).version


def test_an_editor_begins_something_and_writes_it_in_two_languages(mine):
    answer = mine.post(f"{DESK}begin/", {"kind": "1", "slug": "a-word", "language": "zh-hant"})
    assert answer.status_code == 302
    (item,) = queries.desk()
    typed = opened(mine, item.id) | {"title-zh-hant": "標題", "body-zh-hant": "第一段。", "title-en": "Title", "body-en": "A passage."}
    assert mine.post(answer["Location"], typed).status_code == 302
    texts = queries.on_desk(item.id).texts
    assert [(texts[one].title, texts[one].number) for one in ("zh-hant", "en", "zh-hans")] == [("標題", 1), ("Title", 1), ("", 0)]
    assert not texts["en"].out_of_date, "the original is kept before what follows it"


@pytest.mark.parametrize(("wrong", "said"), [({"slug": "A b"}, "small letters"), ({"slug": "a-rally"}, "taken"), ({"kind": "8"}, "Choose")])
def test_what_cannot_be_begun_is_said_and_keeps_what_was_typed(mine, news, wrong, said):
    answer = mine.post(f"{DESK}begin/", {"kind": "1", "slug": "fine", "language": "en"} | wrong)
    assert answer.status_code == 422
    page = read(answer)
    assert said in page.text
    assert dict(page.fields)["slug"] == wrong.get("slug", "fine")
    assert len(queries.desk()) == 1


def test_saving_what_was_read_as_it_was_makes_no_version(mine, news):
    mine.post(f"{DESK}{news}/", opened(mine, news))
    assert {language: text.number for language, text in queries.on_desk(news).texts.items()} == {"en": 1, "zh-hans": 1, "zh-hant": 0}


def test_whoever_was_slower_keeps_what_they_typed_and_sees_what_differs(mine, hers, news):
    first, second = opened(mine, news), opened(hers, news)
    hers.post(f"{DESK}{news}/", second | {"body-en": "We meet *tomorrow*."})
    answer = mine.post(f"{DESK}{news}/", first | {"body-en": "We meet *on Monday*.", "body-zh-hans": "我们周一见面。"})
    assert answer.status_code == 409
    page = read(answer)
    again = words_on(page)
    assert again["body-en"] == "We meet *on Monday*."
    assert "tomorrow" in page.text
    assert queries.on_desk(news).texts["en"].body == "We meet *tomorrow*."
    assert queries.on_desk(news).texts["zh-hans"].body == "我们周一见面。", "the language that nobody else touched is kept"
    assert mine.post(f"{DESK}{news}/", again).status_code == 302
    assert queries.on_desk(news).texts["en"].body == "We meet *on Monday*."
    assert [one.number for one in queries.revisions(news, "en")] == [3, 2, 1]


def test_two_who_write_in_two_languages_do_not_hinder_each_other(mine, hers, news):
    first, second = opened(mine, news), opened(hers, news)
    assert hers.post(f"{DESK}{news}/", second | {"title-zh-hant": "集會"}).status_code == 302
    assert mine.post(f"{DESK}{news}/", first | {"title-zh-hans": "大集会"}).status_code == 302
    assert [queries.on_desk(news).texts[one].title for one in ("zh-hans", "zh-hant")] == ["大集会", "集會"]


@pytest.mark.parametrize("character", ["x", "长"])
def test_a_text_that_is_too_long_is_refused_and_kept_whole(mine, news, character):
    long = character * (LONGEST_BODY + 1)
    answer = mine.post(f"{DESK}{news}/", opened(mine, news) | {"body-en": long, "title-zh-hans": "另一个"})
    assert answer.status_code == 422
    page = read(answer)
    assert words_on(page)["body-en"] == long
    assert f"{LONGEST_BODY + 1:,}" in page.text
    assert queries.on_desk(news).texts["en"].number == 1
    assert queries.on_desk(news).texts["zh-hans"].title == "另一个"


def test_a_null_character_is_left_out(mine, news):
    assert mine.post(f"{DESK}{news}/", opened(mine, news) | {"title-en": "A\0B", "body-en": "a\0\r\nb"}).status_code == 302
    assert (queries.on_desk(news).texts["en"].title, queries.on_desk(news).texts["en"].body) == ("AB", "a\nb")


def test_a_translation_that_is_out_of_date_shows_what_changed_since(mine, news):
    mine.post(f"{DESK}{news}/", opened(mine, news) | {"body-en": "We meet *tomorrow*."})
    page = mine.get(f"{DESK}{news}/").content.decode()
    assert "<del>today</del>" in page
    assert "<ins>tomorrow</ins>" in page
    mine.post(f"{DESK}{news}/", opened(mine, news) | {"fits-zh-hans": "on"})
    assert "<ins>" not in mine.get(f"{DESK}{news}/").content.decode()
    assert queries.on_desk(news).texts["zh-hans"].number == 1, "that it fits makes no version"


def test_nothing_is_handed_on_that_lacks_what_it_must_have(mine):
    item = begun(Kind.SUPPORT, mine)
    answer = mine.post(f"{DESK}{item}/", opened(mine, item) | {"title-en": "Kept", "then": "offer"})
    assert answer.status_code == 422
    assert "It was not handed on" in read(answer).text
    assert "Who said it – This is missing." in read(answer).text, "and each thing that it lacks is named"
    found = queries.on_desk(item)
    assert (found.state, found.texts["en"].title, found.facts) == (State.DRAFT, "Kept", Support())


def test_what_one_wrote_the_other_puts_out(mine, hers, news):
    assert mine.post(f"{DESK}{news}/", opened(mine, news) | {"then": "offer"})["Location"] == DESK
    assert "Let it go out" not in read(mine.get(f"{DESK}{news}/approve/")).text
    assert "Waits for you" not in read(mine.get(DESK)).text
    assert "Waits for you" in read(hers.get(DESK)).text
    form = dict(read(hers.get(f"{DESK}{news}/approve/")).fields)
    assert mine.post(f"{DESK}{news}/approve/", {"version": form["version"], "when": "now"}).status_code == 409
    assert queries.edition(Kind.NEWS, "a-rally", "en") is None
    assert hers.post(f"{DESK}{news}/approve/", {"version": form["version"], "when": "now"}).status_code == 302
    assert queries.edition(Kind.NEWS, "a-rally", "en").html == "<p>We meet <em>today</em>.</p>"


@pytest.mark.parametrize("theirs", ["words", "facts"])
def test_nobody_hands_on_what_came_in_beside_them(mine, hers, theirs):
    support = begun(Kind.SUPPORT, mine)
    complete = Support(who="A Senator", country=840)
    actions.set_facts(item=support, facts=complete, by=mine.member)
    read_before = opened(mine, support)
    if theirs == "words":
        hers.post(f"{DESK}{support}/", opened(hers, support) | {"title-zh-hans": "夹带的话", "body-zh-hans": "没有第二个人看过。"})
    else:
        actions.set_facts(item=support, facts=Support(who="Somebody Else", country=840), by=hers.member)
    answer = mine.post(f"{DESK}{support}/", read_before | {"title-en": "One, better", "then": "offer"})
    assert answer.status_code == 409
    assert ("夹带的话" if theirs == "words" else "Somebody Else") in answer.content.decode(), "it is shown to whoever is to hand it on"
    found = queries.on_desk(support)
    assert (found.state, found.texts["en"].title) == (State.DRAFT, "One, better"), "else its author could put it out"
    assert mine.post(f"{DESK}{support}/", opened(mine, support) | {"then": "offer"})["Location"] == DESK


def test_what_was_changed_after_it_was_read_does_not_go_out(mine, hers, news):
    version = offered(news, mine)
    mine.post(f"{DESK}{news}/", opened(mine, news) | {"body-en": "Something else."})
    offered(news, mine)
    answer = hers.post(f"{DESK}{news}/approve/", {"version": version, "when": "now"})
    assert answer.status_code == 409
    assert "Something else." in read(answer).text
    assert queries.edition(Kind.NEWS, "a-rally", "en") is None


def test_it_is_put_out_at_a_local_time(mine, hers, news):
    version = offered(news, mine)
    hers.post(f"{DESK}{news}/approve/", {"version": version, "when": "later", "at": "2031-01-01T08:00", "zone": "Asia/Taipei"})
    found = queries.on_desk(news)
    assert found.state is State.SCHEDULED
    assert found.goes_out > minute()
    assert "1 January 2031, 00:00 UTC" in read(mine.get(DESK)).text
    answer = mine.post(f"{DESK}{news}/", opened(mine, news) | {"title-en": "Late"})
    assert answer.status_code == 409
    assert words_on(read(answer))["title-en"] == "Late"
    mine.post(f"{DESK}{news}/back/")
    assert queries.on_desk(news).state is State.DRAFT


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Choose one"),
        ({"when": "later", "at": "soon", "zone": "UTC"}, "Enter a day"),
        ({"when": "later", "at": "2031-01-01T08:00", "zone": "x"}, "time zone"),
        ({"when": "later", "at": "2001-01-01T08:00", "zone": "UTC"}, "over"),
    ],
)
def test_a_time_that_cannot_be_is_said_and_kept(mine, hers, news, sent, said):
    answer = hers.post(f"{DESK}{news}/approve/", {"version": offered(news, mine), **sent})
    assert answer.status_code == 422
    page = read(answer)
    assert said in page.text
    assert dict(page.fields)["at"] == sent.get("at", "")
    assert queries.on_desk(news).state is State.OFFERED


def test_taking_down_is_asked_for_on_a_page_of_its_own(mine, hers, news):
    hers.post(f"{DESK}{news}/approve/", {"version": offered(news, mine), "when": "now"})
    page = read(mine.get(f"{DESK}{news}/withdraw/"))
    assert "cannot be recalled" in page.text
    assert queries.edition(Kind.NEWS, "a-rally", "en") is not None
    mine.post(f"{DESK}{news}/withdraw/")
    assert queries.edition(Kind.NEWS, "a-rally", "en") is None
    assert mine.post(f"{DESK}{news}/withdraw/").status_code == 409


def test_an_older_version_is_put_back_as_a_new_one(mine, news):
    mine.post(f"{DESK}{news}/", opened(mine, news) | {"body-en": "Worse."})
    assert read(mine.get(f"{DESK}{news}/versions/en/")).links.count(f"{DESK}{news}/versions/en/1/") == 1
    page = read(mine.get(f"{DESK}{news}/versions/en/1/"))
    assert mine.post(f"{DESK}{news}/versions/en/1/", dict(page.fields)).status_code == 302
    assert queries.on_desk(news).texts["en"].body == "We meet *today*."
    assert [one.number for one in queries.revisions(news, "en")] == [3, 2, 1]
    assert mine.post(f"{DESK}{news}/versions/en/2/", {"after": "2"}).status_code == 409, "somebody has written since"
    assert queries.on_desk(news).texts["en"].number == 3


HOSTILE = [
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "![x](https://elsewhere.example/pixel.gif)",
    "<svg/onload=alert(1)>",
    '"><img src=x onerror=alert(1)>',
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_are_harmless_on_every_page_of_the_desk(mine, hers, news, hostile):
    mine.post(
        f"{DESK}{news}/",
        opened(mine, news) | {f"{part}-{one}": hostile for part in ("title", "summary", "body") for one in ("en", "zh-hans")},
    )
    offered(news, mine)
    for path in (
        "",
        f"{news}/",
        f"{news}/preview/en/",
        f"{news}/preview/zh-hant/",
        f"{news}/versions/en/",
        f"{news}/versions/en/2/",
        f"{news}/approve/",
    ):
        page = read(hers.get(DESK + path))
        assert not {"svg", "iframe"} & set(page.tags)
        ours = page.html.count(f'<img src="{DESK}{news}/card/')
        assert page.tags.count("img") == ours == ("preview" in path), "the card that we make of the title"
        assert not [link for link in page.links if link.startswith(("javascript", "data", "https://elsewhere"))]
    assert harmless(queries.proposed(queries.on_desk(news), "en").html)


def test_a_preview_is_what_readers_would_get_and_says_that_it_is_none(mine, news):
    for language, words in (("en", "A rally"), ("zh-hans", "集会"), ("zh-hant", "A rally")):
        answer = mine.get(f"{DESK}{news}/preview/{language}/")
        assert words in answer.content.decode()
        assert '<meta name="robots" content="noindex">' in answer.content.decode()
    assert "Preview: this is not public." in read(mine.get(f"{DESK}{news}/preview/en/")).text
    assert mine.get(f"{DESK}{news}/preview/xx/").status_code == 404


def paths(item):
    return ["", "begin/", *(f"{item}/{rest}" for rest in ("", "approve/", "withdraw/", "preview/en/", "versions/en/", "versions/en/1/"))]


def test_opening_what_there_is_writes_nothing(mine, hers, news):
    offered(news, mine)
    event = begun(Kind.EVENT, mine)
    for path in [*paths(news), f"{event}/facts/"]:
        with noting_writes() as noted:
            assert hers.get(DESK + path).status_code == 200
        assert noted == [], path


def test_what_a_page_asks_the_database_does_not_grow(mine, hers, news, django_assert_max_num_queries):
    for number in range(12):
        actions.write(item=news, language="en", words=Words(f"Version {number}", "", "x"), after=number + 1, by=mine.member)
        actions.offer(item=begun(Kind.NEWS, mine, slug=f"n-{number}"), by=mine.member)
    for path in paths(news):
        with django_assert_max_num_queries(13):
            hers.get(DESK + path)


@pytest.mark.parametrize("role", [Role.EDITOR, Role.PRESS])
def test_editors_and_press_officers_share_the_desk(role):
    assert browser_of(role).get(DESK).status_code == 200


@pytest.mark.parametrize("role", [one for one in Role if one not in (Role.EDITOR, Role.PRESS)])
def test_nobody_else_opens_it(role, news):
    browser = browser_of(role)
    assert {browser.get(DESK + path).status_code for path in paths(news)} == {403}
    assert browser.post(f"{DESK}{news}/back/").status_code == 403


def test_whoever_decides_sees_the_picture_with_its_words(mine, hers, news):
    drawn = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(drawn, "PNG")
    alt = {"en": "A square", "zh-hans": "一个方块", "zh-hant": "一個方塊"}
    photo = pictures.add(data=drawn.getvalue(), alt=alt, rights="ours", credit="Ana", by=mine.member)
    actions.set_picture(item=news, picture=photo, by=mine.member)
    offered(news, mine)
    html = hers.get(f"{DESK}{news}/approve/").content.decode()
    assert 'alt="A square"' in html
    assert all(words in html for words in (*alt.values(), "ours", "Ana"))
    assert 'src="/media/' in html
    assert 'src="/media/' in hers.get(f"{DESK}{news}/preview/zh-hant/").content.decode()


class Unread:
    """A body that nobody may touch."""

    def read(self, *_):
        raise AssertionError

    readline = read


def too_much(browser, path):
    length = str(largest_body(path) + 1)
    return browser.generic("POST", path, b"", content_type=AS_A_FORM, **{"wsgi.input": Unread(), "CONTENT_LENGTH": length})


@pytest.mark.parametrize(
    ("below", "said"),
    [("", "What was saved before is there as it was"), ("picture/", "choose a smaller file"), ("document/", "choose a smaller file")],
)
def test_what_is_too_large_is_not_read_and_the_editor_is_told_what_to_do(mine, news, below, said):
    answer = too_much(mine, f"{DESK}{news}/{below}")
    assert (answer.status_code, answer["Connection"]) == (413, "close")
    page = read(answer)
    assert said in page.text
    assert DESK in page.links, "it is a page of the staff"
    assert "Sign out" in page.text


def test_what_is_too_large_is_answered_in_the_language_of_the_member(mine, news):
    mine.post("/staff/language/", {"language": "zh-hant"})
    assert read(too_much(mine, f"{DESK}{news}/")).latin() <= {"Somebody"}


def test_a_stranger_learns_from_what_is_too_large_no_more_than_its_size(news):
    answer = too_much(Client(), f"{DESK}{news}/")
    assert answer.status_code == 413
    assert DESK not in read(answer).links
