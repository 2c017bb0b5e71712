"""The desk as its members have it in a browser, for tests."""

from __future__ import annotations

from tests.accounts.people import member_with, signed_in
from tests.page import Page

from tuidang.accounts.policies import Role
from tuidang.newsroom import actions
from tuidang.newsroom.actions import Words

DESK = "/staff/newsroom/"


def browser_of(role=Role.EDITOR, name="Somebody"):
    member = member_with(role, name=name)
    browser = signed_in(member)
    browser.member = member
    return browser


def begun(kind, mine, slug="one"):
    made = actions.begin(kind=kind, slug=slug, language="en", by=mine.member)
    actions.write(item=made, language="en", words=Words("One", "", ""), after=0, by=mine.member)
    return made


def read(response) -> Page:
    """A page of staff without its scripts, which a reader without scripts does not have."""
    html = response.content.decode()
    while "<script" in html:
        start = html.index("<script")
        html = html[:start] + html[html.index("</script>", start) + len("</script>") :]
    return Page(html)


def words_on(page) -> dict[str, str]:
    """What the form with the words sends as it stands."""
    return {name: value for name, value in page.fields if name.rpartition("-")[0] or "-" in name}


def opened(browser, item):
    return words_on(read(browser.get(f"{DESK}{item}/")))
