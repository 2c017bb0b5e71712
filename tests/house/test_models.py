"""What import-linter cannot see of the models: foreign keys hold to the order of the stages, and every field has a privacy class."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

from tuidang.kernel.privacy import PrivacyClass

ROOT = Path(__file__).resolve().parents[2]
# Tables of Django's own, known to hold nothing about declarants: rights, and the sessions of staff.
FROM_DJANGO = {"auth", "contenttypes", "sessions"}


def contract(name: str) -> dict[str, list[str]]:
    """One contract of import-linter, as pyproject.toml states it."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    return next(each for each in config["contracts"] if each["id"] == name)


def depths() -> dict[str, int]:
    """The layer of each app: 0 is the top."""
    layers = contract("layers")["layers"]
    return {app.strip(" ()"): depth for depth, layer in enumerate(layers) for app in layer.split("|")}


def is_ours(model: type[models.Model]) -> bool:
    return model.__module__.startswith("tuidang.")


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if is_ours(model)]


def app_of(model: type[models.Model]) -> str:
    return model.__module__.split(".")[1]


def relations() -> Iterator[tuple[type[models.Model], models.Field, type[models.Model]]]:
    """Every relation between two tables of ours: from, field, to."""
    for model in our_models():
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
            if field.is_relation and field.related_model and is_ours(field.related_model):
                yield model, field, field.related_model


def fields_of(model: type[models.Model]) -> set[str]:
    """The names of what a table stores; a composite key is only a name for other fields."""
    stored = [*model._meta.local_fields, *model._meta.local_many_to_many]
    return {field.name for field in stored if not isinstance(field, models.CompositePrimaryKey)}


def test_there_are_models_and_relations_to_check():
    assert len(our_models()) > 5
    assert any(app_of(start) != app_of(end) for start, _, end in relations())


def test_a_foreign_key_never_points_to_a_later_stage():
    depth = depths()
    upwards = [
        f"{start.__name__}.{field.name} -> {end.__name__}"
        for start, field, end in relations()
        if app_of(start) != app_of(end) and depth[app_of(end)] <= depth[app_of(start)]
    ]
    assert upwards == []


def test_no_table_gives_the_tables_it_points_to_a_way_back():
    # The way back would let an earlier stage read a later one without importing anything.
    open_ways = [f"{start.__name__}.{field.name}" for start, field, _ in relations() if not field.remote_field.hidden]
    assert open_ways == []


def test_every_app_with_models_keeps_them_to_itself():
    allowed = set(contract("models")["ignore_imports"])
    missing = {f"tuidang.{app_of(model)}.** -> tuidang.{app_of(model)}.models" for model in our_models()} - allowed
    assert missing == set()


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_every_field_has_a_privacy_class(model):
    stated = getattr(model, "PRIVACY", {})
    assert set(stated) == fields_of(model)
    assert all(isinstance(each, PrivacyClass) for each in stated.values())


def test_no_table_comes_from_elsewhere_unnoticed():
    others = {model._meta.app_label for model in apps.get_models(include_auto_created=True) if not is_ours(model)}
    assert others <= FROM_DJANGO


@pytest.mark.django_db(databases=["default", "newsletter"])
def test_the_migrations_say_what_the_models_say():
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)
