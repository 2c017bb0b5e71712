"""Each test begins without day keys in memory: those of the test before are gone from the database."""

import pytest


@pytest.fixture(autouse=True)
def forgotten_keys():
    from tuidang.vault import daykeys

    daykeys.forget()
    yield
    daykeys.forget()


@pytest.fixture
def reviewers(db):
    """The members `A` and `B` of the cases."""
    from tests.review.cases import A, B

    from tuidang.accounts.models import Grant, Member

    for number in (A, B):
        Grant.objects.create(member=Member.objects.create(id=number, name="Somebody"), role="reviewer")
