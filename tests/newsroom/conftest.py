"""Two editors, and an item that both work on. Late imports: this file may be loaded before Django is set up."""

import pytest


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
