"""With thousands of editions: what the public asks finds its rows by an index and sorts no table."""

import pytest
from django.db import connection, transaction
from tests.newsroom.published import people
from tests.plans.test_plans import is_bad, noted, plan

from tuidang.newsroom import queries
from tuidang.newsroom.models import Edition, Item, Picture
from tuidang.newsroom.states import Kind, State

MANY = 4_000
ASKED = {
    "a list": lambda: queries.newest(Kind.NEWS, "en"),
    "a list, far down": lambda: queries.newest(Kind.NEWS, "en", before=(MANY // 2, MANY)),
    "events that come": lambda: queries.coming("en", after=MANY // 2),
    "events that are off": lambda: queries.called_off(after=MANY // 2),
    "a page": lambda: queries.edition(Kind.NEWS, "item-8", "en"),
    "what was taken down": lambda: (queries.was_withdrawn(Kind.NEWS, "item-8"), queries.gone(Kind.NEWS, "item-8")),
    "what home shows": lambda: queries.front("en"),
    "editions without a card": lambda: queries.after(MANY, at_most=5),
}


@pytest.fixture
def filled(db):
    by, _ = people()
    fields = {"language": "en", "changed_by_id": by, "changed": 1}
    items = [
        Item(
            kind=1 + n % 8,
            slug=f"item-{n}",
            state=(State.WITHDRAWN if n % 9 == 0 else State.PUBLISHED).value,
            at=n,
            withdrawn=n if n % 9 == 0 else None,
            **fields,
        )
        for n in range(MANY)
    ]
    Item.objects.bulk_create(items, batch_size=500)
    words = {"width": 1, "height": 1, "rights": "ours", "added_by_id": by}
    Picture.objects.bulk_create([Picture(digest=f"{n:064x}", **words) for n in range(MANY)], batch_size=500)
    Edition.objects.bulk_create(
        [
            Edition(item=item, language=language, written_in="en", kind=item.kind, slug=item.slug, title="t", at=item.at, published=item.at)
            for item in items
            for language in ("en", "zh-hans", "zh-hant")
        ],
        batch_size=500,
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE newsroom_item, newsroom_edition, newsroom_picture")


@pytest.mark.parametrize("name", ASKED)
def test_what_the_public_asks_scans_and_sorts_no_table(filled, name):
    with noted() as statements:
        ASKED[name]()
    plans = {sql: plan(sql, parameters) for sql, parameters in statements}
    transaction.set_rollback(True)
    assert plans
    assert [lines for lines in plans.values() if any(map(is_bad, lines))] == []
