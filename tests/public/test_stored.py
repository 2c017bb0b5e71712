"""The privacy page says of every field of every table how it is kept: neither more nor less than there is."""

from dataclasses import replace

import pytest
from django.apps import apps
from django.test import Client
from tests.page import read

from tuidang.public.stored import KINDS, STORED


def stated():
    """(app, privacy class) of every field of every table."""
    return {(model._meta.app_label, kind) for model in apps.get_models() for kind in getattr(model, "PRIVACY", {}).values()}


def test_every_kind_of_thing_that_is_stored_stands_in_one_line():
    lines = [(app, line.kind) for line in STORED for app in line.tables]
    assert len(lines) == len(set(lines))
    assert set(lines) == stated()


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_the_page_shows_every_line_with_its_class_in_a_word(language):
    from django.utils import translation

    page = read(Client().get(f"/{language}/privacy/"))
    with translation.override(language):
        for line in STORED:
            assert f"{line.how} {line.what} {line.kept}" in page.text
        assert len({str(word) for word in KINDS.values()}) == len(KINDS)


@pytest.mark.django_db
def test_who_is_responsible_is_named_or_its_absence_is(settings):
    assert "Nobody is named here as responsible" in read(Client().get("/en/terms/")).text
    named = {name: f"the {name}" for name in ("controller", "contact", "jurisdiction")}
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, **named)
    for address in ("/en/terms/", "/en/privacy/"):
        text = read(Client().get(address)).text
        assert "Responsible the controller Contact the contact Law that applies the jurisdiction" in text
