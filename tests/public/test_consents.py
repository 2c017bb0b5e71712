"""What people agreed to is never changed afterwards: other words are another version, and every version stays readable."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation
from tests.page import LANGUAGES, read

from tuidang.intake.forms import CONSENT_VERSION, blank
from tuidang.intake.questions import questions
from tuidang.public.consents import versions

HASHES = dict(line.split() for line in Path(__file__).with_name("consents.txt").read_text().splitlines())


def test_the_words_of_every_version_are_those_that_were_agreed_to():
    found = {name: sha256(json.dumps(words, ensure_ascii=False, sort_keys=True).encode()).hexdigest() for name, words in versions().items()}
    assert found == HASHES, "words that people agreed to stay as they are: give new ones a version of their own, and its hash a line here"


def test_the_form_is_consented_to_in_the_newest_version():
    assert list(versions())[-1] == CONSENT_VERSION


@pytest.mark.parametrize("group", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_asks_for_consent_in_the_words_of_its_version(language, group):
    with translation.override(language):
        asked = questions(blank(language, group=group), {}, language)["consent"]
    assert asked.label == versions()[CONSENT_VERSION][language]["tick"]


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_version_is_readable(language):
    for version, words in versions().items():
        page = read(Client().get(f"/{language}/terms/consent/{version}/"))
        for said in (version, words[language]["tick"], *words[language]["points"]):
            assert said in page.text
        assert language == "en" or page.latin() == set()


@pytest.mark.django_db
def test_a_version_that_never_was_is_not_found():
    assert Client().get("/en/terms/consent/1999-01/").status_code == 404


@pytest.mark.django_db
def test_terms_and_privacy_lead_to_the_words_in_force():
    for page in ("terms", "privacy"):
        links = read(Client().get(f"/en/{page}/")).links
        assert any(link.endswith(f"consent/{CONSENT_VERSION}/") for link in links)
