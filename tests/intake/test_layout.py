"""A declaration as plain text: read in three languages, with any colon, quoted, wrapped, out of order; and never more than was said."""

from __future__ import annotations

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.intake.mailing import CHINESE, DECLARATION, SEVERAL, TRADITIONAL

from tuidang.intake import layout
from tuidang.reference import pack

LANGUAGES = ("en", "zh-hans", "zh-hant")
YES = {"en": "yes", "zh-hans": "是", "zh-hant": "是"}


@pytest.mark.parametrize(("text", "language"), [(DECLARATION, "en"), (CHINESE, "zh-hans"), (TRADITIONAL, "zh-hant")])
def test_the_layout_is_understood_in_each_language(text, language):
    found = layout.read(text)
    assert (found.language, found.problems()) == (language, {})
    assert found.typed.persons[0].left == {"party", "league"}


@pytest.mark.parametrize("group", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
def test_our_sample_lacks_nothing_but_the_answers_that_agree(language, group):
    lines = layout.sample(language, group=group)
    found = layout.read("\n".join(f"{label}: {answer}" for label, answer in lines))
    assert found.language == language
    assert found.problems() == {"agreed" if group else "adult": "needed", "consent": "needed"}
    agreed = layout.read("\n".join(f"{label}: {answer or YES[language] if at > 1 else answer}" for at, (label, answer) in enumerate(lines)))
    assert agreed.problems() == {}
    assert len(agreed.typed.filled()) == 1 + group
    assert not agreed.typed.publish


@pytest.mark.parametrize("name", layout.LABELS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_label_means_one_thing(name, language):
    others = {label for other, languages in layout.LABELS.items() if other != name for labels in languages.values() for label in labels}
    assert not set(layout.LABELS[name][language]) & others


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(":", "："),
        lambda text: text.replace(":", " : "),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\n\n"),
        lambda text: "".join(f"> {line}\n" for line in text.splitlines()),
        lambda text: "".join(f">> {line}\n" for line in text.splitlines()),
        lambda text: text.upper().replace("CALM RIVER", "Calm River"),
        lambda text: f"Hello,\nplease find this.\n\n{text}",
        lambda text: f"{text}\n-- \nSomebody\nName: Other Name\n",
        lambda text: "\n".join(reversed(text.splitlines())),
        lambda text: text.replace("Name: Calm River", "Name:\n  Calm River"),
        lambda text: "".join(f"- {line}\n" for line in text.splitlines()),
    ],
)
def test_it_is_understood_however_it_is_typed(change):
    found = layout.read(change(DECLARATION))
    assert found.problems() == {}
    assert found.typed.persons[0].name == "Calm River"
    assert found.typed.text.lower() == "i leave."


def test_what_a_person_wrote_counts_and_not_what_they_quote():
    quoted = "".join(f"> {line}\n" for line in DECLARATION.replace("Calm River", "Far Hill").splitlines())
    assert layout.read(f"{DECLARATION}\n{quoted}").typed.persons[0].name == "Calm River"
    assert layout.read(f"{quoted}\n{DECLARATION.replace('I agree: yes', '')}").problems() == {"consent": "needed"}


@pytest.mark.parametrize("answer", ["", "no", "yes / no", "yes, if", "否", "不是", "是 / 否", "maybe", "…"])
def test_only_a_plain_yes_agrees(answer):
    assert layout.read(DECLARATION.replace("I agree: yes", f"I agree: {answer}")).problems() == {"consent": "needed"}


@pytest.mark.parametrize("answer", ["yes", "Yes.", "YES", " yes ", "是", "是。", "同意", "x", "ｙｅｓ"])
def test_a_yes_is_known_in_any_form(answer):
    assert layout.read(DECLARATION.replace("I agree: yes", f"I agree: {answer}")).problems() == {}


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Party", {"party"}),
        ("the Communist Party of China and the Young Pioneers", {"party", "pioneers"}),
        ("all three", {"party", "league", "pioneers"}),
        ("三退", {"party", "league", "pioneers"}),
        ("退黨、退團、退隊", {"party", "league", "pioneers"}),
        ("中国共产主义青年团", {"league"}),
        ("少先队", {"pioneers"}),
        ("共青团，少先队", {"league", "pioneers"}),
        ("none", set()),
    ],
)
def test_organisations_are_known_by_their_names(said, left):
    assert layout.read(DECLARATION.replace("Party, Youth League", said)).typed.persons[0].left == left


def test_several_people_are_one_to_a_line_numbered_or_not():
    found = layout.read(SEVERAL.replace("Calm River: Party", "1. Calm River： Party, League").replace("Far Hill", "2) Far: Hill"))
    assert [one.name for one in found.typed.persons] == ["Calm River", "Far: Hill"]
    assert found.problems() == {}
    assert found.typed.group


def test_the_same_name_twice_is_asked_about():
    found = layout.read(SEVERAL.replace("Far Hill", "Calm River"))
    assert found.problems() == {"name": "twice"}
    with translation.override("en"):
        assert "twice" in layout.words(found.problems(), "en")[0]


def test_consent_without_age_is_none_for_several_people():
    assert layout.read(SEVERAL.replace(" and is 16 or older", "")).problems() == {"agreed": "needed"}


def test_one_without_an_organisation_is_missed():
    assert layout.read(SEVERAL.replace("Far Hill: Young Pioneers", "Far Hill")).problems() == {"left": "none"}


def test_text_of_several_paragraphs_stays_one():
    found = layout.read(DECLARATION.replace("I leave.", "\nI leave.\n\nFor good: now."))
    assert found.typed.text == "I leave.\n\nFor good: now."


def test_what_has_no_label_is_no_declaration():
    assert layout.read("I would like to leave.\nThank you: very much.").language == ""


def test_every_problem_has_a_sentence():
    texts = ["Name:", "People:\na: b", DECLARATION.replace("I leave.", "a" * 30_000), DECLARATION.replace("Calm River", "a" * 99)]
    for text in texts:
        found = layout.read(text)
        said = layout.words(found.problems(), found.language)
        assert len(said) == len(found.problems()) > 0
        assert all(said)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400), st.sampled_from([DECLARATION, CHINESE, SEVERAL]))
def test_any_text_around_it_is_no_error(noise, text):
    for mixed in (noise, noise + text, text + noise):
        found = layout.read(mixed)
        assert found.language in ("", *LANGUAGES)
        found.problems()


@pytest.mark.parametrize("answer", ["maybe", "yes / no", "是否", "later", "半公开"])
def test_publish_that_is_neither_yes_nor_no_is_asked_about_and_not_read_as_no(answer):
    found = layout.read(f"{DECLARATION}Publish: {answer}\n")
    assert found.problems() == {"publish": "yes_or_no"}
    with translation.override("en"):
        assert "“yes” or “no”" in layout.words(found.problems(), "en")[0]


@pytest.mark.parametrize(("answer", "publish"), [("", False), ("no", False), ("No.", False), ("否", False), ("yes", True), ("是。", True)])
def test_publish_is_known_in_any_form(answer, publish):
    found = layout.read(f"{DECLARATION}Publish: {answer}\n")
    assert found.problems() == {}
    assert found.typed.publish is publish


@pytest.mark.parametrize("marked", ["Small (my child)", "Small(child)", "Small （孩子）", "Small（我的孩子）", "Small [ My Child ]"])
def test_a_child_is_listed_by_a_parent_under_the_same_invented_name_each_time(marked):
    read = [layout.read(SEVERAL.replace("Far Hill", marked)) for _ in range(5)]
    assert {one.typed.persons[1].name for one in read} <= pack.aliases()
    assert len({one.typed.persons[1].name for one in read}) == 1
    for one in read:
        assert (one.problems(), [row.child for row in one.typed.persons]) == ({}, [False, True])
        assert one.renamed == {one.typed.persons[1].name}


def test_who_only_mentions_a_child_is_none():
    assert not any(row.child for row in layout.read(SEVERAL.replace("Far Hill", "Child of the river")).typed.persons)


def test_the_dead_are_not_counted():
    found = layout.read(SEVERAL.replace("Far Hill", "Grandpa (deceased)"))
    assert found.problems() == {"name": "dead"}
    with translation.override("en"):
        assert "The dead are not counted" in layout.words(found.problems(), "en")[0]
