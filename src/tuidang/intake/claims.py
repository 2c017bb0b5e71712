"""Every write about claims: a mail is taken in once, and its code is shown once.

A claim is shown to the page that was opened first, and within the hour to the same page again: a double press, a line that broke. Anyone else
who has the link is told that it was shown already; whoever expected it then knows that somebody else has read their mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Literal
from uuid import UUID

from django.db import transaction

from tuidang.intake import actions
from tuidang.intake.content import NewDeclaration
from tuidang.intake.models import ERASED
from tuidang.intake.models import Claim as Row
from tuidang.kernel import clock
from tuidang.kernel.writer import write
from tuidang.vault import daykeys, mailkeys
from tuidang.vault.codes import Code
from tuidang.vault.formkeys import FormToken
from tuidang.vault.mailkeys import Claim, UnknownClaimError

FADES_HOURS = 24 * mailkeys.CLAIM_DAYS
Shown = Code | Literal["opened", "unknown"]


def take_in(*, declaration: NewDeclaration, claim: Claim, around: Sequence[Claim] = ()) -> Claim | None:
    """Accepts a mail's declaration and notes its claim, durably, both or neither, once. Returns the claim to answer with; None once it was opened.

    `around`: what the same mail, delivered on another day, may have been taken in under; then that is its claim.
    Raises InvalidInputError (nothing stored), BusyError (perhaps stored: the same mail again is right and harmless).
    """
    code, every = claim.code(), {one.number(): one for one in (claim, *around)}
    daykeys.remembered_key()  # born outside the transaction if there is none today
    with transaction.atomic():
        there = Row.objects.filter(id__in=every).values_list("id", flat=True).first()
        if there is None:
            there = claim.number()
            actions.accept(declaration=declaration, code=code)
            expires = 24 * (claim.day + mailkeys.KEPT_DAYS + 2)
            Row.objects.bulk_create([Row(id=there, fades=clock.hour() + FADES_HOURS, expires=expires)], ignore_conflicts=True)
        owed = Row.objects.filter(id=there, opened=None).update(fades=clock.hour() + FADES_HOURS)
        return every[there] if owed else None


def show(*, claim: Claim, page: FormToken) -> Shown:
    """The code, to the first `page` that asks; `opened` if another page did; `unknown` if there is no such claim, or it is too old, or erased."""
    try:
        code, number = claim.code(), claim.number()
    except UnknownClaimError:
        return "unknown"
    mark = UUID(bytes=sha256(str(page).encode()).digest()[:16])
    return write(lambda: _opened_by(number, mark, code))


def _opened_by(number: UUID, mark: UUID, code: Code) -> Shown:
    now = clock.hour()
    Row.objects.filter(id=number, opened=None, fades__gte=now).update(opened=mark, fades=now + 1)
    found = Row.objects.filter(id=number).values_list("opened", "fades").first()
    if found is None or found[0] == ERASED or (found[0] is None and found[1] < now):
        return "unknown"
    return code if found[0] == mark and found[1] >= now else "opened"


def forget_old() -> None:
    """Drops claims whose mail nobody can hand in again."""
    Row.objects.filter(expires__lt=clock.hour()).delete()
