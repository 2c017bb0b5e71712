"""When the count reaches a step, the drafts that tell of it: the milestone with its checkpoint and a sheet for the press, news, and a letter.

They are begun by nobody, stand on the desk in all languages with the facts filled in, and go out as anything else does: when one person has
finished them and a second one has read them. Of several steps that were passed at once, the highest is told.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from tuidang.design import numbers
from tuidang.design.templatetags.design import day as in_words
from tuidang.kernel import clock
from tuidang.kernel.errors import InvalidInputError
from tuidang.ledger import queries as ledger
from tuidang.newsroom import actions, queries
from tuidang.newsroom.actions import Words
from tuidang.newsroom.content import Facts, Mailing, Milestone
from tuidang.newsroom.policies import LANGUAGES
from tuidang.newsroom.showing import register_name
from tuidang.newsroom.states import Kind
from tuidang.reference import queries as reference

_looked_at = [-1]
"""The size of the log at which this process looked last: between two batches nothing is reached."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """The drafts of one milestone."""

    milestone: UUID
    news: UUID
    letter: UUID


def highest_step(count: int, steps: Sequence[int]) -> int:
    """The highest step that `count` has reached, 0 for none. Beyond the last of `steps` every multiple of it is one."""
    if not steps or count < steps[0]:
        return 0
    last = steps[-1]
    return count - count % last if count >= last else max(step for step in steps if step <= count)


def prepare_reached() -> bool:
    """Prepares the step that the count has reached last, unless that was done; whether it did. The step of a loop."""
    now = ledger.snapshot()
    if now.size == _looked_at[0]:
        return False
    step = highest_step(now.totals.count, settings.ENVIRONMENT.milestones)
    done = bool(step) and prepare(step) is not None
    _looked_at[0] = now.size
    return done


def prepare(step: int) -> Prepared | None:
    """Makes the drafts for a step. None where they were made before, whatever became of them, or where it is not known when it was reached."""
    if queries.exists(Kind.MILESTONE, str(step)):
        return None
    found = ledger.reached(step)
    if found is None:
        return None
    facts = Milestone(step, found.day, found.size, b64encode(found.root).decode(), found.totals.count)
    try:
        return _write(facts, found.totals.organisations)
    except InvalidInputError:
        if queries.exists(Kind.MILESTONE, str(step)):
            return None  # another process was faster
        raise


@transaction.atomic
def _write(facts: Milestone, left: Mapping[int, int]) -> Prepared:
    slug = f"{facts.step}-withdrawals"
    return Prepared(
        milestone=_draft(Kind.MILESTONE, str(facts.step), facts, facts, left),
        news=_draft(Kind.NEWS, slug, None, facts, left),
        letter=_draft(Kind.MAILING, slug, Mailing("milestones", ["each"]), facts, left),
    )


def _draft(kind: Kind, slug: str, own: Facts | None, told: Milestone, left: Mapping[int, int]) -> UUID:
    begin = actions.begin if kind is Kind.MILESTONE else actions.begin_beside
    original = settings.LANGUAGE_CODE
    item = begin(kind=kind, slug=slug, language=original, by=None)
    if own is not None:
        actions.set_facts(item=item, facts=own, by=None)
    # The original first: a translation follows the version that is there.
    for language in sorted(LANGUAGES, key=lambda one: one != original):
        with override(language):
            actions.write(item=item, language=language, words=_words(kind, told, left, language), after=0, by=None)
    return item


def _words(kind: Kind, told: Milestone, left: Mapping[int, int], language: str) -> Words:
    """In the active language, which is `language`."""
    day = in_words(clock.as_date(told.day))
    step = numbers.group(told.step)
    title = _("%(step)s withdrawals declared, on the public record") % {"step": step}
    summary = _("The count of this register reached %(step)s on %(day)s. Anyone can recount it.") % {"step": step, "day": day}
    organisations = [(one.full[language], left.get(one.bit, 0)) for one in reference.organisations()]
    context = {
        "lang": language,
        "day": clock.as_date(told.day),
        "step": told.step,
        "count": told.count,
        "size": told.size,
        "organisations": organisations,
        "several": sum(persons for _name, persons in organisations) > told.count,
        "register": register_name(),
    }
    body = render_to_string(f"newsroom/prepared/{_TEMPLATES[kind]}.md", context)
    return Words(title, summary, "\n".join(line.strip() for line in body.strip().splitlines()))


_TEMPLATES = {Kind.MILESTONE: "sheet", Kind.NEWS: "news", Kind.MAILING: "letter"}
