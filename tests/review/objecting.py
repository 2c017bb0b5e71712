"""Objections as tests make them."""

from uuid import UUID

from tests.review.cases import A, arrive, entries

from tuidang.kernel.randomness import random_id
from tuidang.review import actions
from tuidang.review.content import Complaint, Taken
from tuidang.review.models import Objection, Publication
from tuidang.review.states import Finding, Ground

TEXT = Complaint(text="这不是我写的。", language="zh-hans")


def object_to(index: int, ground: Ground = Ground.NOT_DECLARED, complaint: Complaint = TEXT, objection: UUID | None = None) -> Taken:
    return actions.object_to(objection=objection or random_id(), index=index, ground=ground, complaint=complaint)


def decide(index: int, finding: Finding, ground: Ground | None = None) -> int:
    """Decides everything that is open about a statement, or what says one thing of it; returns how many."""
    rows = Objection.objects.filter(index=index, finding=Finding.OPEN.value)
    ids = list((rows.filter(ground=ground) if ground else rows).values_list("id", flat=True))
    return len(actions.decide_objections(member=A, objections=ids, finding=finding))


def waiting_text() -> int:
    """A sealed text that nobody has read; returns its registry number."""
    (declaration,) = arrive(publish=True)
    first = 100 + 10 * Publication.objects.count()
    actions.sealed(entries=entries(declaration, first=first))
    return first + 1


def state(index: int) -> int | None:
    return Publication.objects.filter(index=index).values_list("state", flat=True).first()
