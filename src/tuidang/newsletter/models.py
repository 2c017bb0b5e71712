"""Who reads the newsletter, who is not written to, and what waits to be answered: in a database of their own, addresses encrypted.

No table here points to one of another app, and no value here stands in one: subscribers and declarations cannot be joined.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tuidang.kernel.privacy import PrivacyClass
from tuidang.kernel.randomness import random_id
from tuidang.newsletter.states import Reason, Rhythm, State

LANGUAGE_LENGTH = 8
VERSION_LENGTH = 20


class ImportProof(models.Model):
    """Where and how the readers of one imported list agreed, in the operator's words, encrypted."""

    id = models.UUIDField(primary_key=True, default=random_id, editable=False)
    wording = models.BinaryField()
    day = models.IntegerField()

    PRIVACY: ClassVar = {"id": PrivacyClass.INTERNAL, "wording": PrivacyClass.SEALED, "day": PrivacyClass.INTERNAL}

    def __str__(self) -> str:
        return "proof of consent"


class Subscriber(models.Model):
    """One mailbox. `address` is encrypted, `mailbox` an HMAC of it: both under the newsletter's key, which is in no database.

    `topics` is a sum of `Topic`s. `consent` is the version of the words that were agreed to on the day `asked`; empty where `proof` says how.
    `letters` went out on the day `letters_day` because somebody signed up with this address.
    """

    id = models.UUIDField(primary_key=True, default=random_id, editable=False)
    mailbox = models.UUIDField(unique=True)
    address = models.BinaryField()
    state = models.SmallIntegerField(choices=[(one.value, one.name) for one in State], default=State.WAITING.value)
    language = models.CharField(max_length=LANGUAGE_LENGTH)
    topics = models.SmallIntegerField()
    rhythm = models.SmallIntegerField(choices=[(one.value, one.name) for one in Rhythm])
    consent = models.CharField(max_length=VERSION_LENGTH, blank=True)
    proof = models.ForeignKey(ImportProof, on_delete=models.PROTECT, related_name="+", null=True)
    asked = models.IntegerField()
    confirmed = models.IntegerField(null=True)
    letters = models.SmallIntegerField(default=0)
    letters_day = models.IntegerField(default=0)

    PRIVACY: ClassVar = {
        "id": PrivacyClass.INTERNAL,
        "mailbox": PrivacyClass.DERIVED,
        "address": PrivacyClass.SEALED,
        "state": PrivacyClass.INTERNAL,
        "language": PrivacyClass.INTERNAL,
        "topics": PrivacyClass.INTERNAL,
        "rhythm": PrivacyClass.INTERNAL,
        "consent": PrivacyClass.INTERNAL,
        "proof": PrivacyClass.INTERNAL,
        "asked": PrivacyClass.INTERNAL,
        "confirmed": PrivacyClass.INTERNAL,
        "letters": PrivacyClass.INTERNAL,
        "letters_day": PrivacyClass.INTERNAL,
    }

    class Meta:
        indexes: ClassVar = [models.Index(fields=["asked"], name="subscriber_waiting", condition=Q(state=State.WAITING))]

    def __str__(self) -> str:
        return "subscriber"


class Suppression(models.Model):
    """An address that is not written to, as the same HMAC: nobody learns from it which one it is, and it is known again when it comes."""

    mailbox = models.UUIDField(primary_key=True)
    reason = models.SmallIntegerField(choices=[(one.value, one.name) for one in Reason])
    day = models.IntegerField()

    PRIVACY: ClassVar = {"mailbox": PrivacyClass.DERIVED, "reason": PrivacyClass.INTERNAL, "day": PrivacyClass.INTERNAL}

    def __str__(self) -> str:
        return "suppression"


class Wish(models.Model):
    """Somebody typed an address into the form: all that the request writes, whoever it was. What becomes of it is decided later, by the loop.

    `id` is an HMAC of the address for this purpose alone, so that sending the form twice is one wish; `content` is what was filled in, encrypted.
    """

    id = models.UUIDField(primary_key=True)
    content = models.BinaryField()
    day = models.IntegerField()

    PRIVACY: ClassVar = {"id": PrivacyClass.DERIVED, "content": PrivacyClass.SEALED, "day": PrivacyClass.INTERNAL}

    class Meta:
        indexes: ClassVar = [models.Index(fields=["day"], name="wish_day")]

    def __str__(self) -> str:
        return "wish"
