"""Members for the tests of staff pages. This file is read before Django is set up, so what needs Django is imported late."""

from collections.abc import Callable

import pytest


@pytest.fixture
def as_role(db) -> Callable[[str], object]:
    """A browser in which a member with one role is signed in."""
    from tests.accounts.people import member_with, signed_in

    from tuidang.accounts.policies import Role

    return lambda role: signed_in(member_with(Role(role)))
