"""What goes out was seen by two people, as it stood; everything that was ever written is kept."""

import pytest

from tuidang.kernel.errors import InvalidInputError, RefusedError
from tuidang.newsroom import actions, queries
from tuidang.newsroom.actions import Words, minute
from tuidang.newsroom.content import Event, News
from tuidang.newsroom.policies import LANGUAGES
from tuidang.newsroom.states import Kind, State


def publish(item, writer, second):
    actions.offer(item=item, by=writer)
    actions.approve(item=item, version=queries.on_desk(item).version, by=second)


def test_what_two_people_saw_is_public_in_every_language(item, writer, second):
    publish(item, writer, second)
    shown = {language: queries.edition(Kind.NEWS, "a-first-word", language) for language in LANGUAGES}
    assert {language: (one.title, one.written_in) for language, one in shown.items()} == dict.fromkeys(LANGUAGES, ("A first word", "en"))
    assert shown["en"].html == "<p>Some <em>text</em>.</p>"
    assert shown["en"].facts == News()


def test_nobody_approves_what_they_wrote_or_offered(item, writer, second):
    with pytest.raises(RefusedError):
        actions.approve(item=item, version=queries.on_desk(item).version, by=second)
    actions.offer(item=item, by=second)
    for one in (writer, second):
        with pytest.raises(RefusedError):
            actions.approve(item=item, version=queries.on_desk(item).version, by=one)
    assert queries.edition(Kind.NEWS, "a-first-word", "en") is None


def test_what_was_changed_since_is_not_approved(item, writer, second):
    actions.offer(item=item, by=writer)
    seen = queries.on_desk(item).version
    actions.write(item=item, language="en", words=Words("Another", "", "Other."), after=1, by=writer)
    with pytest.raises(RefusedError):
        actions.approve(item=item, version=seen, by=second)
    actions.offer(item=item, by=writer)
    with pytest.raises(RefusedError):
        actions.approve(item=item, version=seen, by=second)


def test_what_is_public_stays_until_a_new_version_is_approved(item, writer, second):
    publish(item, writer, second)
    actions.write(item=item, language="en", words=Words("Better", "", "Better."), after=1, by=writer)
    assert queries.edition(Kind.NEWS, "a-first-word", "en").title == "A first word"
    publish(item, writer, second)
    assert queries.edition(Kind.NEWS, "a-first-word", "en").title == "Better"
    assert [one.title for one in queries.revisions(item, "en")] == ["Better", "A first word"]


def test_two_who_write_at_once_do_not_overwrite_each_other(item, writer, second):
    actions.write(item=item, language="en", words=Words("Mine", "", ""), after=1, by=writer)
    with pytest.raises(RefusedError):
        actions.write(item=item, language="en", words=Words("Theirs", "", ""), after=1, by=second)
    assert queries.on_desk(item).texts["en"].title == "Mine"


def test_a_translation_is_out_of_date_once_the_original_changes(item, writer):
    actions.write(item=item, language="zh-hans", words=Words("第一句话", "", "文字。"), after=0, by=writer)
    assert not queries.on_desk(item).texts["zh-hans"].out_of_date
    actions.write(item=item, language="en", words=Words("A first word", "", "More."), after=1, by=writer)
    assert queries.on_desk(item).texts["zh-hans"].out_of_date
    actions.write(item=item, language="zh-hans", words=Words("第一句话", "", "文字。"), after=1, by=writer)
    assert not queries.on_desk(item).texts["zh-hans"].out_of_date, "whoever saves it anew says that it still fits"


def test_it_goes_out_at_its_time_and_not_before(item, writer, second, monkeypatch):
    actions.offer(item=item, by=writer)
    actions.approve(item=item, version=queries.on_desk(item).version, by=second, goes_out=minute() + 60)
    assert queries.on_desk(item).state is State.SCHEDULED
    assert actions.publish_due() == 0
    with pytest.raises(RefusedError):
        actions.write(item=item, language="en", words=Words("Late", "", ""), after=1, by=writer)
    later = minute() + 60
    monkeypatch.setattr(actions, "minute", lambda: later)
    assert actions.publish_due() == 1
    assert queries.edition(Kind.NEWS, "a-first-word", "en").published == later
    assert actions.publish_due() == 0


def test_one_person_takes_something_down_at_once(item, writer, second):
    publish(item, writer, second)
    actions.withdraw(item=item, by=writer)
    assert queries.edition(Kind.NEWS, "a-first-word", "en") is None
    assert queries.was_withdrawn(Kind.NEWS, "a-first-word")


@pytest.mark.parametrize("slug", ["", "A", "a b", "-a", "a--b", "a/b", "ä", "a" * 81])
def test_an_address_is_plain(writer, slug):
    with pytest.raises(InvalidInputError):
        actions.begin(kind=Kind.NEWS, slug=slug, language="en", by=writer)


def test_an_address_is_taken_once_in_its_kind(item, writer):
    with pytest.raises(InvalidInputError):
        actions.begin(kind=Kind.NEWS, slug="a-first-word", language="en", by=writer)
    actions.begin(kind=Kind.PAGE, slug="a-first-word", language="en", by=writer)


def test_events_come_in_the_order_in_which_they_begin(writer, second):
    for slug, starts, zone in [("late", "2031-01-01T10:00", "America/New_York"), ("early", "2031-01-01T10:00", "Asia/Taipei")]:
        made = actions.begin(kind=Kind.EVENT, slug=slug, language="en", by=writer)
        actions.write(item=made, language="en", words=Words(slug, "", ""), after=0, by=writer)
        actions.set_facts(item=made, facts=Event(starts=starts, zone=zone), by=writer)
        publish(made, writer, second)
    assert [one.slug for one in queries.coming("en", after=minute())] == ["early", "late"]
