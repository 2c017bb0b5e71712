"""Every read of the newsletter."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tuidang.kernel import clock
from tuidang.kernel.errors import DamagedError
from tuidang.newsletter import adapters, consents, signing
from tuidang.newsletter.content import Choices
from tuidang.newsletter.models import Subscriber, Suppression, Wish
from tuidang.newsletter.policies import Address, NoAddress, read_address
from tuidang.newsletter.states import BINDING, Reason, Rhythm, State, Topic


@dataclass(frozen=True, slots=True)
class Reader:
    """One subscriber."""

    id: UUID
    address: Address = field(repr=False)
    choices: Choices
    confirmed: bool


def reader(subscriber: UUID) -> Reader | None:
    """The one of that id."""
    found = Subscriber.objects.filter(id=subscriber).first()
    if found is None:
        return None
    choices = Choices(language=found.language, topics=found.topics, rhythm=found.rhythm)
    return Reader(found.id, typed_address(found), choices, found.state == State.CONFIRMED)


def address_of(found: Subscriber) -> str:
    """In clear. Raises DamagedError."""
    return adapters.unseal(found.address, kind="address", row=found.id).decode()


def typed_address(found: Subscriber) -> Address:
    """As `address_of`, in its parts."""
    address = read_address(address_of(found))
    if isinstance(address, NoAddress):
        raise DamagedError("a subscriber's address is none")
    return address


def subscriber_of(address: Address) -> UUID | None:
    """Who reads, or has yet to confirm, under an address."""
    return Subscriber.objects.filter(mailbox=adapters.mark(address)).values_list("id", flat=True).first()


def never_written_to(address: Address) -> bool:
    """Whether its owner asked for that, or called letters unwanted."""
    return Suppression.objects.filter(mailbox=adapters.mark(address), reason__in=BINDING).exists()


def held(address: Address) -> dict[str, Any] | None:
    """Everything that is kept about an address, for its owner; None if it is nothing."""
    mark = adapters.mark(address)
    found = Subscriber.objects.select_related("proof").filter(mailbox=mark).first()
    shut = Suppression.objects.filter(mailbox=mark).first()
    asked = Wish.objects.filter(id=adapters.wish_id(address)).exists()
    if found is None and shut is None and not asked:
        return None
    told: dict[str, Any] = {"address": str(address) if found is None else address_of(found)}
    if found is not None:
        told |= _told(found)
    if shut is not None:
        told["not_written_to"] = {"because": Reason(shut.reason).name.lower(), "since": clock.as_date(shut.day).isoformat()}
    if asked:
        told["letter_on_its_way"] = True
    return told


def _told(found: Subscriber) -> dict[str, Any]:
    words = consents.words(found.consent, found.language)
    proof = None if found.proof is None else adapters.unseal(found.proof.wording, kind="proof", row=found.proof.id).decode()
    return {
        "language": found.language,
        "topics": [one.name.lower() for one in Topic if one.name and one & found.topics],
        "rhythm": Rhythm(found.rhythm).name.lower(),
        "asked": clock.as_date(found.asked).isoformat(),
        "confirmed": None if found.confirmed is None else clock.as_date(found.confirmed).isoformat(),
        "consent": {"version": found.consent, "words": words} if words else {"proof": proof},
        "letters_about_signing_up": {"day": clock.as_date(found.letters_day).isoformat(), "number": found.letters}
        if found.letters
        else None,
    }


def wishes(*, without: Collection[UUID], most: int) -> list[UUID]:
    """Those that wait for a letter, at most `most`, in the order of numbers that mean nothing."""
    return list(Wish.objects.exclude(id__in=without).order_by("id").values_list("id", flat=True)[:most])


@dataclass(frozen=True, slots=True)
class Standing:
    """What an operator must know: the key is gone although something needs it; wishes wait since yesterday or longer; letters are not signed."""

    key_missing: bool
    late: bool
    unsigned: bool


def standing() -> Standing:
    """How things stand now."""
    anything = any(table.objects.exists() for table in (Subscriber, Suppression, Wish))
    late = Wish.objects.filter(day__lt=clock.today()).exists()
    return Standing(anything and not adapters.has_key(), late, signing.signer() is None)
