"""What is scheduled goes out by itself, whatever becomes of what is due beside it."""

import pytest

from tuidang.config import loops
from tuidang.kernel.errors import InvalidInputError
from tuidang.newsroom import actions, queries
from tuidang.newsroom.actions import Words, minute
from tuidang.newsroom.content import Event
from tuidang.newsroom.states import Kind, State

pytestmark = pytest.mark.django_db


def test_a_loop_of_the_site_publishes_what_is_due():
    assert "newsroom-publish" in {one.name for one in loops.LOOPS}


def scheduled(kind, slug, writer, second, facts=None):
    made = actions.begin(kind=kind, slug=slug, language="en", by=writer)
    actions.write(item=made, language="en", words=Words(slug, "", ""), after=0, by=writer)
    if facts:
        actions.set_facts(item=made, facts=facts, by=writer)
    actions.offer(item=made, by=writer)
    actions.approve(item=made, version=queries.on_desk(made).version, by=second, goes_out=minute() + 5)
    return made


def test_one_that_cannot_go_out_holds_up_no_other(writer, second, monkeypatch):
    stuck = scheduled(Kind.EVENT, "stuck", writer, second, Event(starts="2031-01-01T10:00", zone="Asia/Taipei"))
    other = scheduled(Kind.NEWS, "other", writer, second)

    def unknown(_):
        raise InvalidInputError({"zone": "unknown"})

    monkeypatch.setattr(actions, "instant", unknown)
    later = minute() + 6
    monkeypatch.setattr(actions, "minute", lambda: later)
    assert actions.publish_due() == 1
    assert queries.on_desk(other).state is State.PUBLISHED
    assert queries.on_desk(stuck).state is State.SCHEDULED, "and the desk shows it as overdue"


def test_nothing_is_handed_on_without_what_it_must_have(writer):
    made = actions.begin(kind=Kind.EVENT, slug="no-time", language="en", by=writer)
    with pytest.raises(InvalidInputError) as wrong:
        actions.offer(item=made, by=writer)
    assert wrong.value.problems == {"title": "missing", "starts": "missing", "zone": "missing"}
