"""Keeping what was typed in several languages at once: each by itself, the original first, and nothing over what somebody else has written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from tuidang.kernel.errors import InvalidInputError, RefusedError
from tuidang.newsroom import actions, queries
from tuidang.newsroom.actions import Words
from tuidang.newsroom.desk.forms import TypedWords, words_of
from tuidang.newsroom.queries import OnDesk
from tuidang.newsroom.states import State


@dataclass(slots=True)
class Outcome:
    """What became of each language: kept, wrong (`problems` by field), or written meanwhile by somebody else. `locked`: none may change now.

    `made` counts the new versions, each of which made one of the item.
    """

    kept: list[str] = field(default_factory=list)
    made: int = 0
    wrong: dict[str, dict[str, str]] = field(default_factory=dict)
    overtaken: list[str] = field(default_factory=list)
    locked: bool = False

    @property
    def done(self) -> bool:
        """Whether all that was typed is kept."""
        return not self.wrong and not self.overtaken and not self.locked

    @property
    def lost(self) -> set[str]:
        """Languages in which what was typed is not kept, and is to be shown again."""
        return {*self.wrong, *self.overtaken}


def save(item: OnDesk, typed: Mapping[str, TypedWords], *, by: UUID) -> Outcome:
    """Keeps what was changed in each language. What was sent as it was read is not touched."""
    outcome = Outcome()
    for language in sorted(typed, key=lambda one: one != item.language):
        sent = typed[language]
        if not _is_changed(item, language, sent):
            continue
        if item.state is State.SCHEDULED:
            outcome.locked = True
            outcome.overtaken.append(language)
            continue
        try:
            outcome.made += actions.write(item=item.id, language=language, words=sent.words, after=sent.after, by=by) > sent.after
            outcome.kept.append(language)
        except InvalidInputError as error:
            outcome.wrong[language] = error.problems
        except RefusedError:
            outcome.overtaken.append(language)
    return outcome


def _is_changed(item: OnDesk, language: str, sent: TypedWords) -> bool:
    draft = item.texts[language]
    if sent.words == words_of(draft).words:
        return sent.fits and draft.out_of_date
    if sent.after == draft.number:
        return True
    read = queries.versions(item.id, language, [sent.after]).get(sent.after)
    return sent.words != (Words(read.title, read.summary, read.body) if read else Words("", "", ""))
