"""Two editors, and an item that both work on. Late imports: this file may be loaded before Django is set up."""

import pytest
from tests.ledger.conftest import register

__all__ = ["register"]


def editor(name):
    from tuidang.accounts import actions, queries
    from tuidang.accounts.policies import Role

    actions.invite(name=name, roles=[Role.EDITOR], by=None)
    return next(one.id for one in queries.members() if one.name == name)


@pytest.fixture
def writer(db):
    return editor("Writer")


@pytest.fixture
def second(db):
    return editor("Second")


@pytest.fixture
def item(writer):
    from tuidang.newsroom import actions
    from tuidang.newsroom.actions import Words
    from tuidang.newsroom.states import Kind

    made = actions.begin(kind=Kind.NEWS, slug="a-first-word", language="en", by=writer)
    actions.write(item=made, language="en", words=Words("A first word", "What it is about.", "Some *text*."), after=0, by=writer)
    return made


@pytest.fixture
def mine(db):
    from tests.newsroom.at_the_desk import browser_of

    return browser_of()


@pytest.fixture
def hers(db):
    from tests.newsroom.at_the_desk import browser_of

    from tuidang.accounts.policies import Role

    return browser_of(Role.PRESS, "Second")


@pytest.fixture
def news(mine):
    """An item in English with a translation, by the first of the two."""
    from tuidang.newsroom import actions
    from tuidang.newsroom.actions import Words
    from tuidang.newsroom.states import Kind

    made = actions.begin(kind=Kind.NEWS, slug="a-rally", language="en", by=mine.member)
    actions.write(item=made, language="en", words=Words("A rally", "On Sunday.", "We meet *today*."), after=0, by=mine.member)
    actions.write(item=made, language="zh-hans", words=Words("集会", "", "我们今天见面。"), after=0, by=mine.member)
    return made
