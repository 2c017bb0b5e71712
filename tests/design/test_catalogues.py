"""Every text is there in both Chinese scripts, written in its own script, and compiled."""

import json
import re
from pathlib import Path

import pytest
from scripts import catalogues

FOLD = json.loads((Path(catalogues.SOURCE) / "reference" / "places.json").read_text())
BOTH = set("台里沈冲岳扎准余云发单个历净于并后咨志占托布岩峰众")
"""Characters that are right in both scripts, in one of their senses."""


@pytest.fixture(scope="module", params=catalogues.LANGUAGES)
def catalogue(request):
    return request.param, catalogues.read(request.param)


@pytest.fixture(scope="module")
def wanted():
    return catalogues.texts()


def test_the_source_marks_texts(wanted):
    assert ("navigation", "Declare", "") in wanted


def test_a_catalogue_holds_exactly_the_texts_of_the_source(catalogue, wanted):
    assert {catalogues.key(entry) for entry in catalogue[1]} == wanted


def test_no_translation_is_missing_or_guessed(catalogue):
    assert catalogues.missing(catalogue[1]) == []


def test_the_compiled_catalogue_is_the_written_one(catalogue):
    language, entries = catalogue
    assert (catalogues.folder(language) / "django.mo").read_bytes() == entries.to_binary()


def test_placeholders_and_tags_survive_translation(catalogue):
    marks = re.compile(r"%\(\w+\)[sd]|\{\w*\}|</?\w+[^>]*>")
    for entry in catalogue[1]:
        for translated in (entry.msgstr, *entry.msgstr_plural.values()):
            assert not translated or set(marks.findall(translated)) == set(marks.findall(entry.msgid)), entry.msgid


def test_each_script_keeps_to_itself(catalogue):
    language, entries = catalogue
    other = FOLD["traditional"] if language == "zh_Hans" else FOLD["simplified"]
    foreign = set(other) - BOTH
    shown = {entry.msgid: foreign & set(entry.msgstr) for entry in entries}
    assert {text: found for text, found in shown.items() if found} == {}


def test_a_new_text_appears_and_a_gone_one_vanishes(wanted):
    text = ("", "A text that nobody wrote", "")
    assert text[1] in catalogues.missing(catalogues.merged("zh_Hans", wanted | {text}))
    assert {catalogues.key(entry) for entry in catalogues.merged("zh_Hans", wanted)} == wanted


def test_texts_are_found_in_templates_with_plurals_and_contexts(tmp_path, monkeypatch):
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "page.html").write_text(
        '{% load i18n %}\n    <p>{% translate "One" %}</p>\n{% translate "Two" context "nav" %}\n'
        "  {% blocktranslate count n=n %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %}"
    )
    (tmp_path / "views.py").write_text(
        'from x import gettext_lazy, pgettext\ntitle = gettext_lazy("Three")\nother = pgettext("a", "Four")\n'
    )
    monkeypatch.setattr(catalogues, "SOURCE", tmp_path)
    assert catalogues.texts() == {
        ("", "One", ""),
        ("", "%(n)s day", "%(n)s days"),
        ("nav", "Two", ""),
        ("", "Three", ""),
        ("a", "Four", ""),
    }
