"""Who reads and who declared are kept apart; and without the key the newsletter's database shows no address."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connections, models, router
from tests.ledger.register import declare
from tests.newsletter import mailed
from tests.newsletter.readers import BOTH, confirmed, sign_up

from tuidang.config.databases import Apart, databases
from tuidang.config.environment import read_environment
from tuidang.intake.models import Declaration
from tuidang.kernel.errors import SetUpError
from tuidang.kernel.places import places
from tuidang.newsletter import actions
from tuidang.newsletter.delivering import Courier
from tuidang.newsletter.models import Delivery, ImportProof, Mailing, MailingText, Subscriber, Suppression, Wish
from tuidang.newsletter.policies import read_address
from tuidang.newsletter.states import Reason

OURS = apps.get_app_config("newsletter").get_models
ABOUT_NOBODY = {"id", "day", "state", "language", "reason"}
"""Names that columns of both databases may have: they say of a row what it is, not whose."""
LEAST = 8
"""Bytes of a value that could tell one row from all others."""


def others() -> list[type[models.Model]]:
    return [one for one in apps.get_models(include_auto_created=True) if one._meta.app_label != "newsletter"]


def test_no_relation_leads_from_one_to_the_other():
    for model in (*OURS(), *others()):
        for field in model._meta.get_fields(include_hidden=True):
            if field.related_model:
                assert (field.related_model._meta.app_label == "newsletter") == (model._meta.app_label == "newsletter"), field


def test_no_column_of_readers_has_the_name_of_one_of_declarations():
    mine = {field.column for model in OURS() for field in model._meta.local_fields}
    theirs = {
        field.column for model in others() for field in model._meta.local_fields if model._meta.app_label not in ("newsroom", "accounts")
    }
    assert mine & theirs <= ABOUT_NOBODY
    assert "declaration" not in " ".join(mine)


def test_the_router_keeps_tables_and_relations_apart():
    for model in OURS():
        assert router.db_for_write(model) == router.db_for_read(model) == "newsletter"
    for model in others():
        assert router.db_for_write(model) == router.db_for_read(model) == "default"
    assert not router.allow_relation(Subscriber(), Declaration())
    assert router.allow_relation(Subscriber(), ImportProof())
    assert [Apart().allow_migrate(db, label) for db in BOTH for label in ("intake", "newsletter")] == [True, False, False, True]


@pytest.mark.django_db(databases=BOTH)
def test_each_table_is_in_one_database_alone():
    tables = {alias: set(connections[alias].introspection.table_names()) - {"django_migrations"} for alias in BOTH}
    assert tables["newsletter"] == {model._meta.db_table for model in OURS()}
    assert not tables["newsletter"] & tables["default"]


@pytest.mark.django_db(databases=BOTH, transaction=True)
def test_no_value_of_a_reader_stands_among_declarations(register, post, outbox):
    """The same person declares and reads: nothing that could tell a row stands in both databases."""
    declare("远山")
    confirmed(post, outbox)
    sign_up("other@mail.example")
    actions.shut_out(address=read_address("third@mail.example"), reason=Reason.COMPLAINED)
    mine, theirs = values(OURS()), values(others())
    assert len(mine) >= 5
    assert len(theirs) > 20
    assert not mine & theirs


def values(of) -> set[str]:
    """Everything in the rows of these tables that is long enough to tell one from all others, but for names of migrations."""
    found = set()
    for model in of:
        for row in model.objects.values_list():
            for one in row:
                raw = one.hex if hasattr(one, "bytes") else bytes(one).hex() if isinstance(one, bytes | memoryview) else str(one)
                if len(raw) >= LEAST and not raw.isdigit():
                    found.add(raw)
    return found


@pytest.mark.django_db(databases=BOTH, transaction=True)
def test_a_dump_without_the_key_shows_no_address(post, outbox):
    """With the key moved away: files of SQLite with their logs, or `pg_dump`. What is looked for is found in the letters that went out."""
    confirmed(post, outbox, "Anna.Lindqvist@mail.example")
    actions.take_in(readers=[], proof=actions.note_proof(text="binder of the march, Berta Lindqvist"))
    sign_up("waits.lindqvist@mail.example")
    mailed.readers("Greta.Lindqvist@mail.example", "gone.lindqvist@mail.example")
    mailed.begun()
    courier = Courier(post.sender)
    while courier.step():
        pass
    actions.shut_out(address=read_address("gone.lindqvist@mail.example"), reason=Reason.BOUNCED)
    assert Delivery.objects.count() == 2
    dump = everything()
    assert len(dump) > 1000
    assert b"newsletter_subscriber" in dump
    for secret in (b"lindqvist", b"mail.example", b"lindqvist".hex().encode(), b"mail.example".hex().encode(), b"binder"):
        assert secret not in dump.lower()
    key = (places().keys / "newsletter").read_bytes()
    assert key not in dump
    assert key.hex().encode() not in dump.lower()
    assert all(b"lindqvist" in raw.lower() for raw in outbox.raw)


def everything() -> bytes:
    connection = connections["newsletter"]
    if connection.vendor == "sqlite":
        name = Path(connection.settings_dict["NAME"])
        return b"".join(path.read_bytes() for path in sorted(name.parent.glob(f"{name.name}*")))
    given = connection.settings_dict
    command = ["pg_dump", "-h", given["HOST"], "-U", given["USER"] or "postgres", given["NAME"]]
    if given["PORT"]:
        command += ["-p", given["PORT"]]
    return subprocess.run(command, check=True, capture_output=True).stdout


def test_two_addresses_of_one_database_are_refused(monkeypatch):
    for name in ("TUIDANG_DATABASE_URL", "TUIDANG_NEWSLETTER_DATABASE_URL"):
        monkeypatch.setenv(name, "postgresql://tuidang@localhost/register")
    with pytest.raises(SetUpError, match="one database"):
        databases(read_environment(), places())
    monkeypatch.setenv("TUIDANG_NEWSLETTER_DATABASE_URL", "postgresql://tuidang@localhost/readers")
    found = databases(read_environment(), places())
    assert [found[alias]["NAME"] for alias in BOTH] == ["register", "readers"]


def test_beside_postgresql_readers_are_in_a_file_unless_another_database_is_named(monkeypatch):
    monkeypatch.setenv("TUIDANG_DATABASE_URL", "postgresql://tuidang@localhost/register")
    monkeypatch.delenv("TUIDANG_NEWSLETTER_DATABASE_URL", raising=False)
    found = databases(read_environment(), places())
    assert found["newsletter"]["NAME"] == places().newsletter
    assert re.search(r"secure_delete=ON", found["newsletter"]["OPTIONS"]["init_command"])


@pytest.mark.django_db(databases=BOTH)
def test_what_the_tables_hold_is_what_the_privacy_page_speaks_of():
    spoken_of = (Subscriber, Suppression, Wish, ImportProof, Mailing, MailingText, Delivery)
    assert {model.__name__ for model in OURS()} == {one.__name__ for one in spoken_of}
