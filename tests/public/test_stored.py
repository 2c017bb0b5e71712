"""The privacy page says of every field of every table how it is kept: neither more nor less than there is."""

from collections import Counter
from dataclasses import replace

import pytest
from django.apps import apps
from django.test import Client
from django.utils import translation
from tests.page import LANGUAGES, read

from tuidang.public.stored import ABOUT_PERSONS, KINDS, STORED


def fields():
    """(name, app, privacy class) of every field of every table."""
    return {
        (f"{model._meta.app_label}.{model.__name__}.{name}", model._meta.app_label, kind)
        for model in apps.get_models()
        for name, kind in getattr(model, "PRIVACY", {}).items()
    }


def test_every_field_about_a_person_stands_in_one_row_of_its_class():
    told = Counter((name, row.kind) for row in STORED.values() for name in row.fields)
    assert told == Counter((name, kind) for name, _, kind in fields() if kind in ABOUT_PERSONS)


def test_every_other_kind_of_thing_that_is_stored_stands_in_one_row():
    told = Counter((app, row.kind) for row in STORED.values() for app in row.tables)
    assert told == Counter({(app, kind) for _, app, kind in fields() if kind not in ABOUT_PERSONS})


def test_no_row_speaks_of_nothing():
    assert [key for key, row in STORED.items() if not row.fields and not row.tables] == []


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_of_every_row_how_it_is_kept_how_long_and_what_opens_it(language):
    page = read(Client().get(f"/{language}/privacy/"))
    with translation.override(language):
        for row in STORED.values():
            for said in (f"{row.how} · {row.what}", row.kept, row.opens):
                assert str(said) in page.text
        assert len({str(word) for word in KINDS.values()}) == len(KINDS)


@pytest.mark.django_db
def test_who_is_responsible_is_named_or_its_absence_is(settings):
    assert "Nobody is named here as responsible" in read(Client().get("/en/terms/")).text
    named = {name: f"the {name}" for name in ("controller", "contact", "jurisdiction")}
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, **named)
    for address in ("/en/terms/", "/en/privacy/"):
        text = read(Client().get(address)).text
        assert "Responsible the controller Contact the contact Law that applies the jurisdiction" in text


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["privacy", "safety", "terms"])
@pytest.mark.parametrize(
    ("language", "said"), [("en", "up to 9 days more"), ("zh-hans", "最多还会保留 9 天"), ("zh-hant", "最多還會保留 9 天")]
)
def test_how_long_backups_hold_what_was_erased_is_said(settings, page, language, said):
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, backup_days=9)
    assert said in read(Client().get(f"/{language}/{page}/")).text
