"""What readers agreed to is never changed afterwards: other words are another version, and every version stays readable."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from django.test import Client
from tests.page import LANGUAGES, read

from tuidang.newsletter.consents import VERSION, versions

HASHES = dict(line.split() for line in Path(__file__).with_name("consents.txt").read_text().splitlines())


def test_the_words_of_every_version_are_those_that_were_agreed_to():
    found = {name: sha256(json.dumps(words, ensure_ascii=False, sort_keys=True).encode()).hexdigest() for name, words in versions().items()}
    assert found == HASHES, "words that people agreed to stay as they are: give new ones a version of their own, and its hash a line here"
    assert list(found)[-1] == VERSION
    assert {len(words[language]["points"]) for words in versions().values() for language in LANGUAGES} == {9}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_and_every_version_are_readable(outbox, language):
    for version, words in versions().items():
        page = read(Client().get(f"/{language}/newsletter/consent/{version}/"))
        for said in (version, words[language]["tick"], *words[language]["points"]):
            assert said in page.text
    form = read(Client().get(f"/{language}/newsletter/"))
    for said in (versions()[VERSION][language]["tick"], *versions()[VERSION][language]["points"]):
        assert said in form.text
    assert Client().get(f"/{language}/newsletter/consent/1999-01/").status_code == 404
