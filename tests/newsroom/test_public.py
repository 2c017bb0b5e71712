"""What the public reads: in its language or marked as not, at addresses that last, with what was taken down said to be so."""

import re
from urllib.parse import unquote

import pytest
from django.test import Client
from tests.newsroom.published import NEWS, ORIGINAL, SLUG, approve, one_of_each, people, picture_bytes, publish
from tests.page import LANGUAGES, read, weight

from tuidang.design.templatetags.design import SPOKEN
from tuidang.newsroom import actions, cards, content, feeds, loops, pictures, queries, showing
from tuidang.newsroom.addresses import FOLDERS
from tuidang.newsroom.cards import Around
from tuidang.newsroom.models import Edition
from tuidang.newsroom.queries import PAGE
from tuidang.newsroom.states import Kind

pytestmark = pytest.mark.django_db
KB = 1024


@pytest.fixture
def world():
    return one_of_each()


def get(address, **headers):
    return Client(headers=headers).get(address)


def page(address):
    return read(get(address))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("folder", FOLDERS.values())
def test_every_kind_has_a_list_that_leads_to_its_pages(world, language, folder):
    assert f"/{language}/{folder}/{SLUG}/" in page(f"/{language}/{folder}/").links
    answered = get(f"/{language}/{folder}/{SLUG}/")
    found = read(answered)
    assert answered.status_code == 200
    assert found.tags.count("h1") == 1
    assert not answered.cookies
    assert {f"/{other}/{folder}/{SLUG}/" for other in LANGUAGES if other != language} <= set(found.links)


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_and_lists_are_light(world, language):
    by, second = people()
    title, summary = "很长的标题，一直写到不能再长为止。" * 11, "这段摘要很长，讲了许多事情。" * 40
    words = [f"{chr(0x4E00 + 37 * n)}{chr(0x5E00 + 53 * n)}" for n in range(PAGE)]
    for n, word in enumerate(words):
        text = (f"{word}{title}"[:200], f"{word}{summary}"[:600], "x")
        publish(Kind.NEWS, f"n-{n}", by, second, words=dict.fromkeys(LANGUAGES, text))
    for folder in FOLDERS.values():
        assert weight(get(f"/{language}/{folder}/", Accept_Encoding="gzip")) <= 12 * KB
        assert weight(get(f"/{language}/{folder}/{SLUG}/", Accept_Encoding="gzip")) <= 10 * KB


def test_what_is_not_translated_is_shown_in_its_own_language_and_says_so(world):
    found = page("/en/news/untranslated/")
    assert "Not translated yet: shown in traditional Chinese." in found.text
    assert '<h1 lang="zh-Hant">只有繁體</h1>' in found.html
    assert '<div class="text" lang="zh-Hant">' in found.html
    assert "Not translated" not in page("/zh-hant/news/untranslated/").html
    assert '<h2 lang="zh-Hant"><a href="/en/news/untranslated/">' in page("/en/news/").html


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_taken_down_is_gone_and_what_never_was_is_not_found(world, language):
    answered = get(f"/{language}/news/gone/")
    assert answered.status_code == 410
    assert NEWS[language][0] not in answered.content.decode()
    assert get(f"/{language}/news/never/").status_code == 404
    assert get(f"/{language}/support/gone/").status_code == 404, "an address belongs to its kind"


def test_what_was_taken_down_stays_gone_while_it_is_worked_on_again(world):
    by, second = people()
    item = publish(Kind.NEWS, "again", by, second, words=NEWS)
    actions.withdraw(item=item, by=by)
    actions.write(item=item, language="en", words=actions.Words("Better", "", ""), after=1, by=by)
    assert get("/en/news/again/").status_code == 410
    approve(item, by, second)
    assert get("/en/news/again/").status_code == 200


def test_lists_are_read_page_by_page_to_the_end_at_the_same_cost(world, django_assert_num_queries):
    by, second = people()
    for n in range(PAGE + 5):
        publish(Kind.NEWS, f"n-{n}", by, second, words={"en": (f"Title {n}", "", "")})
    seen, address = [], "/en/news/"
    while address:
        with django_assert_num_queries(1):
            found = page(address)
        seen += re.findall(r'<h2 lang="[^"]+"><a href="/en/news/([^/]+)/">', found.html)
        older = re.search(r'rel="next" href="(\?before=[\d-]+)"', found.html)
        address = f"/en/news/{older[1]}" if older else ""
    assert seen == [*(f"n-{n}" for n in reversed(range(PAGE + 5))), "untranslated", SLUG]
    assert get("/en/news/?before=x").status_code == 404


def test_a_statement_of_support_stands_in_both_languages_with_its_source(world):
    html = page(f"/en/support/{SLUG}/").html
    assert f'<blockquote lang="zh-Hant"><p>{ORIGINAL}</p></blockquote>' in html
    assert '<blockquote lang="en"><p>Whoever turns away deserves a hearing.</p></blockquote>' in html
    assert '<a href="https://parliament.example/1" rel="noopener noreferrer nofollow">Source: parliament.example</a>' in html
    assert "王美玲" in html
    assert "Taiwan" in html


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//a.example", "mailto:a@b.example", ""])
def test_a_source_that_is_no_web_address_is_no_link(address):
    assert showing.link(address) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_picture_has_its_words_and_its_rights(world, language):
    found = re.search(r"<figure class=\"picture\">.*?</figure>", page(f"/{language}/news/{SLUG}/").html, re.DOTALL)
    assert found
    assert f'lang="{SPOKEN[language]}"' in found[0]
    assert re.search(r'alt="[^"]{5,}"', found[0])
    assert re.search(r'srcset="/media/[0-9a-f]{64}-320.jpg 320w, /media/[0-9a-f]{64}-640.jpg 640w, ', found[0])
    assert "本站自有" in found[0]


def test_a_word_for_a_picture_in_another_language_is_marked_as_such():
    by, second = people()
    picture = pictures.add(data=picture_bytes(size=(40, 40)), alt={"en": "A table"}, rights="ours", credit="", by=by)
    publish(Kind.NEWS, "one", by, second, words=NEWS, picture=picture)
    assert 'alt="A table" lang="en"' in page("/zh-hans/news/one/").html


def test_a_story_leads_to_its_statement_where_there_is_one():
    from tests.public.numbers import publish as publish_statements

    publish_statements(3)
    one_of_each(statement=3)
    assert "/en/statements/3/" in page(f"/en/stories/{SLUG}/").links


def test_a_story_whose_statement_was_taken_down_does_not_lead_there():
    from tests.public.numbers import publish as publish_statements

    from tuidang.archive.models import Statement

    publish_statements(3)
    one_of_each(statement=3)
    Statement.objects.filter(index=3).delete()
    assert "/en/statements/3/" not in page(f"/en/stories/{SLUG}/").links
    assert "told with consent" in page(f"/en/stories/{SLUG}/").text


@pytest.mark.parametrize(
    ("kind", "facts", "secret"),
    [
        (Kind.TESTIMONY, content.Testimony(alias="远山", consent="told Lin by letter"), "told Lin by letter"),
        (Kind.POINT, content.Point(840, "纽约", "back door, 5 Sample Street", offers=["advice"]), "back door, 5 Sample Street"),
    ],
)
def test_how_somebody_agreed_and_where_nobody_should_go_stay_on_the_desk(kind, facts, secret):
    by, second = people()
    item = publish(kind, "one", by, second, words=NEWS, facts=facts)
    assert secret in str(queries.on_desk(item).facts)
    assert Edition.objects.filter(item=item).count() == len(LANGUAGES)
    assert secret not in str(list(Edition.objects.values()))
    assert secret not in str(queries.proposed(queries.on_desk(item), "en"))
    folder = FOLDERS[kind]
    for address in ("", "one/", *(("feed.atom", "feed.json") if kind in feeds.OF else ())):
        answered = get(f"/en/{folder}/{address}")
        assert answered.status_code == 200
        assert secret not in answered.content.decode()


def test_an_event_says_the_time_of_the_place_which_that_is_and_utc(world):
    text = page(f"/en/events/{SLUG}/").text
    assert "10 December 2031, 18:30–20:00 · New York time · UTC−5" in text
    assert "10 December 2031, 23:30 – 11 December 2031, 01:00" in text
    assert "maps" not in page(f"/en/events/{SLUG}/").html
    assert "event.ics" in page(f"/en/events/{SLUG}/").links


def test_events_that_come_stand_above_those_that_are_over(world):
    html = page("/en/events/").html
    assert html.index(f"/en/events/{SLUG}/") < html.index("Past events") < html.index("/en/events/past/")


def test_the_address_of_a_service_point_is_shown_only_where_it_is_safe(world):
    assert "例街" not in page(f"/en/places/{SLUG}/").html
    assert "Please ask first" in page(f"/en/places/{SLUG}/").text
    by, second = people()
    actions.set_facts(item=world["point"], facts=content.Point(840, "纽约", "例街 5 号", True, "", [], ["declaring"]), by=by)
    approve(world["point"], by, second)
    assert "例街 5 号" in page(f"/en/places/{SLUG}/").html


def test_a_document_is_offered_by_language_with_form_and_size(world):
    found = page(f"/en/library/{SLUG}/")
    assert "simplified Chinese · PDF · 2.3 MB" in found.text
    assert "traditional Chinese · plain text · 1 KB" in found.text
    assert any(re.fullmatch(r"/media/[0-9a-f]{64}\.pdf", link) for link in found.links)


def test_a_milestone_shows_the_checkpoint(world):
    text = page(f"/en/milestones/{SLUG}/").text
    assert "12,481 entries" in text
    assert "q6ur" * 10 in page(f"/en/milestones/{SLUG}/").html


def test_what_others_show_of_a_page_is_ours_and_complete(world):
    loops._drawn_to[0] = 0
    while loops.draw_cards():
        pass
    html = get(f"/zh-hans/news/{SLUG}/", Host="localhost").content.decode()
    said = dict(re.findall(r'<meta property="og:([\w:]+)" content="([^"]*)"', html))
    assert said["url"] == f"http://localhost/zh-hans/news/{SLUG}/"
    assert re.fullmatch(r"http://localhost/media/card-[0-9a-f]{64}\.png", said["image"])
    assert said["title"] == NEWS["zh-hans"][0]


def test_without_its_card_a_page_names_none(world, monkeypatch):
    monkeypatch.setattr(cards, "is_made", lambda _: False)
    assert "og:image" not in page(f"/en/news/{SLUG}/").html


@pytest.mark.parametrize(
    ("host", "status", "site"),
    [
        ("register.example", 200, "https://register.example"),
        (f"{'a' * 56}.onion", 200, f"http://{'a' * 56}.onion"),
        ("evil.example", 400, ""),
    ],
)
def test_whole_addresses_are_those_under_which_the_reader_came_if_they_are_ours(world, settings, host, status, site):
    import dataclasses

    names = ("register.example", f"{'a' * 56}.onion")
    settings.ENVIRONMENT, settings.ALLOWED_HOSTS = dataclasses.replace(settings.ENVIRONMENT, hosts=names), [*names]
    for address in (f"/en/news/{SLUG}/", "/en/news/feed.atom", "/en/news/feed.json", "/en/events/calendar.ics"):
        answered = get(address, Host=host)
        assert answered.status_code == status
        text = unquote(answered.content.decode().replace("\r\n ", ""))
        assert (f"{site}/en/" in text) is (status == 200)
        assert "evil" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_home_shows_the_latest_and_one_story(world, language):
    answered = get(f"/{language}/", Accept_Encoding="gzip")
    assert weight(answered) <= 10 * KB
    found = page(f"/{language}/")
    assert f"/{language}/stories/{SLUG}/" in found.links
    assert f"/{language}/news/untranslated/" in found.links, "the latest"


def test_what_home_shows_follows_what_is_published_and_taken_down(world, monkeypatch):
    from tuidang.public import loops as public

    made = []
    monkeypatch.setattr(public, "render_ahead", lambda: made.append(1))
    monkeypatch.setattr(public.figures, "outdated", lambda: False)
    public._shown.clear()
    public._step()
    public._step()
    assert len(made) == 1
    by, second = people()
    item = publish(Kind.NEWS, "new", by, second, words=NEWS)
    public._step()
    actions.withdraw(item=item, by=by)
    public._step()
    public._step()
    assert len(made) == 3


def test_where_there_are_many_service_points_the_countries_come_first(world):
    by, second = people()
    for n in range(41):
        publish(
            Kind.POINT, f"p-{n}", by, second, words={"en": (f"Point {n}", "", "")}, facts=content.Point(276, f"City {n}", offers=["advice"])
        )
    assert {"?country=276", "?country=840"} <= set(page("/en/places/").links)
    assert f"/en/places/{SLUG}/" in page("/en/places/?country=840").links
    for wrong in ("1", "x", "99999999999"):
        assert get(f"/en/places/?country={wrong}").status_code == 404


def test_a_card_without_a_font_bears_no_boxes(monkeypatch):
    monkeypatch.setattr(cards, "_FOLDERS", ())
    cards.font.cache_clear()
    try:
        plain = cards.draw("退出声明", Around("登记", "新闻"), language="zh-hans", page="zh-hans")
        assert plain == cards.draw("另一个标题", Around("登记", "新闻"), language="zh-hans", page="zh-hans")
        assert cards.draw("One", Around("Register", "News"), language="en", page="en") != plain
    finally:
        cards.font.cache_clear()


@pytest.mark.parametrize("title", ["x" * 200, "退出声明，" * 40, "a b " * 50, "退", "𠮷" * 9])
def test_a_card_takes_any_title(title):
    import io

    from PIL import Image

    assert Image.open(io.BytesIO(cards.draw(title, Around("登记", "新闻"), language="zh-hans", page="zh-hans"))).size == (1200, 630)
    using = cards.font("en", 72)
    assert all(using.getlength(line) <= 1020 for line in cards.broken(title, using))


def test_a_card_breaks_no_word_and_its_apostrophe_is_narrow():
    words = "Bürgermeisterin Thalbrück’s café" * 2
    using = cards.font("en", 72)
    asked = cards.drawn_with(using, "en")
    lines = cards.broken(words, using, 4, asked)
    assert len(lines) > 1
    assert " ".join(lines) == words
    assert using.getlength("’", features=asked) < using.getlength("m")


def test_a_text_of_an_edition_is_read_from_the_edition_alone(world, writer):
    before = page(f"/en/news/{SLUG}/").html
    actions.write(item=world["news"], language="en", words=actions.Words("Draft", "", "not yet"), after=1, by=writer)
    assert page(f"/en/news/{SLUG}/").html == before
    assert queries.edition(Kind.NEWS, SLUG, "en").title != "Draft"
    assert showing.excerpt("短" * 200).endswith("…")
