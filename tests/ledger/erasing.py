"""What a code, and whatever is derived from it, left anywhere in the database."""

from __future__ import annotations

from django.apps import apps
from django.db import connection, router

from tuidang.vault.codes import Code

MEMBERS = 30


def traces(code: Code) -> set[str]:
    """Tables in which a row bears an id derived from `code`, from codes of members, or from successors of any of them."""
    every = [version for one in (code, *map(code.member, range(1, MEMBERS))) for version in one.versions()]
    ids = {one for each in every for one in (each.lookup_id(), each.declaration_id())}
    wanted = {one.bytes for one in ids} | {one.hex.encode() for one in ids} | {str(one).encode() for one in ids}
    found = set()
    for model in apps.get_models(include_auto_created=True):
        if router.db_for_read(model) != connection.alias:
            continue  # of readers of the newsletter, in another database
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
            for row in cursor.fetchall():
                values = (bytes(one) if isinstance(one, (bytes, memoryview)) else str(one).encode() for one in row)
                if wanted.intersection(values):
                    found.add(model._meta.db_table)
    return found
