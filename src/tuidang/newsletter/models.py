"""Who reads the newsletter, who is not written to, and what waits to be answered: in a database of their own, addresses encrypted.

No table here points to one of another app, and no value here stands in one: subscribers and declarations cannot be joined.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tuidang.kernel.privacy import PrivacyClass
from tuidang.kernel.randomness import random_id
from tuidang.newsletter.states import Fate, Reason, Rhythm, Sending, State

LANGUAGE_LENGTH = 8
VERSION_LENGTH = 20
SUBJECT_LENGTH = 200


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


class Mailing(models.Model):
    """One letter to all who want its `topic` in one of `rhythms` (a sum of 2 to the power of each). What it says was published before it is sent.

    Up to the reader `filled_to` its deliveries are made. `boot` names the run of the machine in which the last of them were taken up, the `batch`.
    `figures` counts them by the names of `Fate`.
    """

    id = models.UUIDField(primary_key=True)
    topic = models.SmallIntegerField()
    rhythms = models.SmallIntegerField()
    sending = models.SmallIntegerField(choices=[(one.value, one.name) for one in Sending], default=Sending.FILLING.value)
    begun = models.IntegerField()
    filled_to = models.UUIDField(null=True)
    boot = models.CharField(max_length=36, blank=True)
    figures = models.JSONField(default=dict)
    batch = models.JSONField(default=list)

    PRIVACY: ClassVar = {
        "id": PrivacyClass.INTERNAL,
        "topic": PrivacyClass.PUBLIC,
        "rhythms": PrivacyClass.PUBLIC,
        "sending": PrivacyClass.INTERNAL,
        "begun": PrivacyClass.PUBLIC,
        "filled_to": PrivacyClass.INTERNAL,
        "boot": PrivacyClass.INTERNAL,
        "figures": PrivacyClass.INTERNAL,
        "batch": PrivacyClass.INTERNAL,
    }

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["begun", "id"], name="mailing_begun"),
            models.Index(fields=["begun"], name="mailing_paused", condition=Q(sending=Sending.PAUSED)),
            models.Index(fields=["begun", "id"], name="mailing_open", condition=Q(sending__in=(Sending.FILLING, Sending.SENDING))),
        ]

    def __str__(self) -> str:
        return "mailing"


class MailingText(models.Model):
    """What a mailing says in one language; `markdown` gives plain text and HTML."""

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=LANGUAGE_LENGTH)
    written_in = models.CharField(max_length=LANGUAGE_LENGTH)
    subject = models.CharField(max_length=SUBJECT_LENGTH)
    markdown = models.TextField()

    PRIVACY: ClassVar = {
        "id": PrivacyClass.INTERNAL,
        "mailing": PrivacyClass.INTERNAL,
        "language": PrivacyClass.PUBLIC,
        "written_in": PrivacyClass.PUBLIC,
        "subject": PrivacyClass.PUBLIC,
        "markdown": PrivacyClass.PUBLIC,
    }

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["mailing", "language"], name="mailing_text_once")]

    def __str__(self) -> str:
        return f"mailing in {self.language}"


class Delivery(models.Model):
    """The letter of one mailing to one reader, each once. Who left or was erased is no longer named. Gone a month after the mailing: figures stay."""

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="+", db_index=False)
    subscriber = models.ForeignKey(Subscriber, on_delete=models.SET_NULL, related_name="+", null=True)
    fate = models.SmallIntegerField(choices=[(one.value, one.name) for one in Fate], default=Fate.WAITING.value)
    tries = models.SmallIntegerField(default=0)

    PRIVACY: ClassVar = {
        "id": PrivacyClass.INTERNAL,
        "mailing": PrivacyClass.INTERNAL,
        "subscriber": PrivacyClass.INTERNAL,
        "fate": PrivacyClass.INTERNAL,
        "tries": PrivacyClass.INTERNAL,
    }

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["mailing", "subscriber"], name="delivery_once")]
        indexes: ClassVar = [models.Index(fields=["mailing", "fate", "id"], name="delivery_fate")]

    def __str__(self) -> str:
        return "delivery"
