"""Two databases that never meet: the register's, and that of the newsletter's readers. No query, no key of a row goes from one to the other."""

from __future__ import annotations

from typing import Any

from tuidang.config.environment import Environment, postgresql
from tuidang.kernel.errors import SetUpError
from tuidang.kernel.places import Places

NEWSLETTER = "newsletter"
"""The alias, and the one app whose tables are there."""
_SQLITE: dict[str, Any] = {
    "ENGINE": "django.db.backends.sqlite3",
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-4000;"
        ),
    },
    "CONN_MAX_AGE": None,
}


def databases(environment: Environment, at: Places) -> dict[str, dict[str, Any]]:
    """Django's DATABASES. Raises SetUpError, also where both addresses name one database."""
    register, newsletter = environment.database_url, environment.newsletter_database_url
    found: dict[str, dict[str, Any]] = {
        "default": postgresql(register) if register else {**_SQLITE, "NAME": at.database},
        NEWSLETTER: postgresql(newsletter, "TUIDANG_NEWSLETTER_DATABASE_URL") if newsletter else {**_SQLITE, "NAME": at.newsletter},
    }
    if len({(one["NAME"], one.get("HOST"), one.get("PORT")) for one in found.values()}) == 1:
        raise SetUpError(
            "TUIDANG_NEWSLETTER_DATABASE_URL and TUIDANG_DATABASE_URL name one database: who reads and who declared stay apart"
        )
    return found


class Apart:
    """Django's router: the newsletter's tables are in its database alone, all others in the register's."""

    def db_for_read(self, model: Any, **_hints: Any) -> str:
        """The alias of a model."""
        return NEWSLETTER if model._meta.app_label == NEWSLETTER else "default"  # noqa: SLF001 -- as Django names it

    db_for_write = db_for_read

    def allow_relation(self, one: Any, other: Any, **_hints: Any) -> bool:
        """Never between the two."""
        return self.db_for_read(one) == self.db_for_read(other)

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:
        """Each table in one of them."""
        return (app_label == NEWSLETTER) == (db == NEWSLETTER)
