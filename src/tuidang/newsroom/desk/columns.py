"""The languages of an item side by side: the original first, then its translations, each with its marks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tuidang.design.fields import Field, with_errors
from tuidang.design.templatetags.design import SPOKEN
from tuidang.newsroom import queries
from tuidang.newsroom.actions import Words
from tuidang.newsroom.desk.differences import Passage, differences
from tuidang.newsroom.desk.forms import TypedWords, language_names, word_questions, words_of
from tuidang.newsroom.desk.saving import Outcome
from tuidang.newsroom.policies import LANGUAGES
from tuidang.newsroom.queries import Draft, OnDesk, Version
from tuidang.newsroom.states import State


@dataclass(frozen=True, slots=True)
class Column:
    """One language. `changed` is what changed in the original since this translation; `theirs`, what somebody else wrote meanwhile, against it."""

    language: str
    lang: str
    name: str
    original: bool
    draft: Draft
    questions: dict[str, Field]
    after: int
    changed: list[Passage]
    theirs: list[Passage]

    @property
    def errors(self) -> tuple[Field, ...]:
        """The questions that have an error."""
        return with_errors(self.questions.values())


def in_order(item: OnDesk) -> list[str]:
    """The languages, that of the original first."""
    return sorted(LANGUAGES, key=lambda one: one != item.language)


def whole(words: Words | Draft | Version) -> str:
    """All words of a text, one passage a line."""
    return f"{words.title}\n{words.summary}\n{words.body}"


def columns(item: OnDesk, typed: Mapping[str, TypedWords] | None = None, outcome: Outcome | None = None) -> list[Column]:
    """Every language as it stands; what was typed and not kept stands in place of it. One query if a translation is out of date, else none."""
    typed, outcome = typed or {}, outcome or Outcome()
    names, original = language_names(), item.texts[item.language]
    follows = {draft.follows for draft in item.texts.values() if draft.out_of_date}
    before = queries.versions(item.id, item.language, follows) if follows else {}
    made = []
    for language in in_order(item):
        draft = item.texts[language]
        shown = typed[language] if language in outcome.lost and language in typed else words_of(draft)
        older = before.get(draft.follows)
        made.append(
            Column(
                language=language,
                lang=SPOKEN[language],
                name=names[language],
                original=language == item.language,
                draft=draft,
                questions=word_questions(
                    language, shown, outcome.wrong.get(language, {}), locked=item.state is State.SCHEDULED and not outcome.locked
                ),
                after=draft.number,
                changed=differences(whole(older) if older else "", whole(original)) if draft.out_of_date else [],
                theirs=differences(whole(draft), whole(shown.words)) if language in outcome.overtaken and not outcome.locked else [],
            )
        )
    return made
