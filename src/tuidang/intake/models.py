"""What has been handed in and is not sealed yet. Content is in `blob` alone, under a day key."""

from typing import ClassVar
from uuid import UUID

from django.db import models

from tuidang.intake.contact import states as contact
from tuidang.intake.support import states as support
from tuidang.kernel.privacy import PrivacyClass


class DeclarationState(models.IntegerChoices):
    """Where a declaration is, as far as intake knows."""

    NEW = 0
    SCREENED = 1


class DeclarantState(models.IntegerChoices):
    """What a holder of the code wished before sealing, or what review decided."""

    STANDS = 0
    TAKEN_BACK = 1
    REFUSED = 2


class Declaration(models.Model):
    """One statement, handed in once. The id is derived from its code."""

    id = models.UUIDField(primary_key=True)
    key = models.ForeignKey("vault.DayKey", on_delete=models.PROTECT, related_name="+")
    day = models.IntegerField()
    persons = models.SmallIntegerField()
    state = models.SmallIntegerField(choices=DeclarationState, default=DeclarationState.NEW)
    answered_twice = models.BooleanField(default=False)
    blob = models.BinaryField()

    PRIVACY: ClassVar = {
        "id": PrivacyClass.DERIVED,
        "key": PrivacyClass.INTERNAL,
        "day": PrivacyClass.INTERNAL,
        "persons": PrivacyClass.INTERNAL,
        "state": PrivacyClass.INTERNAL,
        "answered_twice": PrivacyClass.INTERNAL,
        "blob": PrivacyClass.SEALED,
    }

    class Meta:
        indexes: ClassVar = [models.Index(fields=["id"], name="declaration_new", condition=models.Q(state=DeclarationState.NEW))]

    def __str__(self) -> str:
        return "declaration"


class Declarant(models.Model):
    """One person of a declaration, in the order of the statement."""

    pk = models.CompositePrimaryKey("declaration_id", "seq")
    declaration = models.ForeignKey(Declaration, on_delete=models.CASCADE, related_name="+", db_index=False)
    seq = models.SmallIntegerField()
    lookup = models.UUIDField(db_index=True)
    commitment = models.BinaryField()
    key = models.ForeignKey("vault.DayKey", on_delete=models.PROTECT, related_name="+")
    state = models.SmallIntegerField(choices=DeclarantState, default=DeclarantState.STANDS)
    blob = models.BinaryField()

    PRIVACY: ClassVar = {
        "declaration": PrivacyClass.DERIVED,
        "seq": PrivacyClass.INTERNAL,
        "lookup": PrivacyClass.DERIVED,
        "commitment": PrivacyClass.DERIVED,
        "key": PrivacyClass.INTERNAL,
        "state": PrivacyClass.INTERNAL,
        "blob": PrivacyClass.SEALED,
    }

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["commitment"], name="declarant_commitment"),
            models.Index(fields=["declaration"], name="declarant_taken_back", condition=models.Q(state=DeclarantState.TAKEN_BACK)),
        ]

    def __str__(self) -> str:
        return "declarant"


class Spent(models.Model):
    """A declaration that was accepted lately: its id is unique, so the same form or body again is the same declaration, sealed or not.

    `answered_twice`: a second request got its code, before or after it was sealed.
    """

    id = models.UUIDField(primary_key=True)
    mark = models.BinaryField()
    expires = models.IntegerField(db_index=True)
    answered_twice = models.BooleanField(db_default=False)

    PRIVACY: ClassVar = {
        "id": PrivacyClass.DERIVED,
        "mark": PrivacyClass.DERIVED,
        "expires": PrivacyClass.INTERNAL,
        "answered_twice": PrivacyClass.INTERNAL,
    }

    def __str__(self) -> str:
        return "spent"


class Outcome(models.Model):
    """What became of a promise other than an entry: waits for the next batch's list of outcomes."""

    id = models.UUIDField(primary_key=True)
    mark = models.BinaryField()

    PRIVACY: ClassVar = {"id": PrivacyClass.INTERNAL, "mark": PrivacyClass.DERIVED}

    def __str__(self) -> str:
        return "outcome"


class Tally(models.Model):
    """What was accepted on one day through one channel. `settled` persons were refused or taken back on that day (channel 0) before sealing."""

    pk = models.CompositePrimaryKey("day", "channel")
    day = models.IntegerField()
    channel = models.SmallIntegerField()
    declarations = models.IntegerField()
    persons = models.IntegerField()
    settled = models.IntegerField(default=0)

    PRIVACY: ClassVar = {
        "day": PrivacyClass.INTERNAL,
        "channel": PrivacyClass.INTERNAL,
        "declarations": PrivacyClass.INTERNAL,
        "persons": PrivacyClass.INTERNAL,
        "settled": PrivacyClass.INTERNAL,
    }

    def __str__(self) -> str:
        return f"tally of day {self.day}"


ERASED = UUID(int=0)
"""In the place of the page that showed a claim's code: what the code opened was erased, and the link opens nothing."""


class Claim(models.Model):
    """That a mail's declaration was taken in, and whether its code was shown. The id is made of the code by a key outside the database.

    The row opens nothing: the code is made from the answer's link by that key (`vault.mailkeys`). `opened`: made from the page that
    showed it, or `ERASED`. `fades`: the hour after which nothing is shown. The row outlives the key, so that a mail read late is not taken in again.
    """

    id = models.UUIDField(primary_key=True)
    opened = models.UUIDField(null=True)
    fades = models.IntegerField()
    expires = models.IntegerField(db_index=True)

    PRIVACY: ClassVar = {
        "id": PrivacyClass.DERIVED,
        "opened": PrivacyClass.DERIVED,
        "fades": PrivacyClass.INTERNAL,
        "expires": PrivacyClass.INTERNAL,
    }

    def __str__(self) -> str:
        return "claim"


class SupportMessage(models.Model):
    """A message of support until it was read, and for some days after. The id is derived from its own code.

    `refusal`: why it stands refused, or stood before that was undone (`undone`). `decided_by` is forgotten with the member's next screen.
    """

    id = models.UUIDField(primary_key=True)
    day = models.IntegerField()
    state = models.SmallIntegerField(choices=[(one.value, one.name) for one in support.State], default=support.State.WAITING.value)
    turn = models.SmallIntegerField(choices=[(one.value, one.name) for one in support.Turn])
    refusal = models.SmallIntegerField(choices=[(one.value, one.name) for one in support.Refusal], default=support.Refusal.NONE.value)
    undone = models.BooleanField(default=False)
    claimed_by = models.UUIDField(null=True)
    claim_until = models.BigIntegerField(default=0)
    decided_by = models.UUIDField(null=True)
    purge_on = models.IntegerField(null=True)
    key = models.ForeignKey("vault.DayKey", on_delete=models.PROTECT, related_name="+")
    blob = models.BinaryField()

    PRIVACY: ClassVar = {
        "id": PrivacyClass.DERIVED,
        "day": PrivacyClass.INTERNAL,
        "state": PrivacyClass.INTERNAL,
        "turn": PrivacyClass.INTERNAL,
        "refusal": PrivacyClass.INTERNAL,
        "undone": PrivacyClass.INTERNAL,
        "claimed_by": PrivacyClass.STAFF,
        "claim_until": PrivacyClass.STAFF,
        "decided_by": PrivacyClass.STAFF,
        "purge_on": PrivacyClass.INTERNAL,
        "key": PrivacyClass.INTERNAL,
        "blob": PrivacyClass.SEALED,
    }

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["turn", "day", "id"], name="support_waiting", condition=models.Q(state=support.State.WAITING.value)),
            models.Index(fields=["claimed_by"], name="support_claimed", condition=models.Q(claimed_by__isnull=False)),
            models.Index(fields=["decided_by"], name="support_decided", condition=models.Q(decided_by__isnull=False)),
            models.Index(fields=["purge_on"], name="support_purge", condition=models.Q(purge_on__isnull=False)),
        ]

    def __str__(self) -> str:
        return "message of support"


class Support(models.Model):
    """A published message of support: no declaration, and in no count of them. `message` finds it for whoever has its code."""

    number = models.BigAutoField(primary_key=True)
    message = models.UUIDField(unique=True)
    day = models.IntegerField()
    name = models.CharField(max_length=60)
    country = models.IntegerField()
    text = models.TextField()
    language = models.CharField(max_length=8)

    PRIVACY: ClassVar = {
        "number": PrivacyClass.PUBLIC,
        "message": PrivacyClass.DERIVED,
        "day": PrivacyClass.PUBLIC,
        "name": PrivacyClass.PUBLIC,
        "country": PrivacyClass.PUBLIC,
        "text": PrivacyClass.PUBLIC,
        "language": PrivacyClass.PUBLIC,
    }

    def __str__(self) -> str:
        return f"message of support {self.number}"


class SupportTally(models.Model):
    """How many messages of support came on one day, and how many that were published on it are still shown."""

    day = models.IntegerField(primary_key=True)
    received = models.IntegerField(default=0)
    shown = models.IntegerField(default=0)

    PRIVACY: ClassVar = {"day": PrivacyClass.INTERNAL, "received": PrivacyClass.INTERNAL, "shown": PrivacyClass.INTERNAL}

    def __str__(self) -> str:
        return f"messages of support of day {self.day}"


class ContactKey(models.Model):
    """The public key of those whom a message is for; the private one is not on this machine. `role` is one of `intake.contact.states`."""

    role = models.CharField(max_length=20, primary_key=True)
    public = models.BinaryField()
    since = models.IntegerField()

    PRIVACY: ClassVar = {"role": PrivacyClass.PUBLIC, "public": PrivacyClass.PUBLIC, "since": PrivacyClass.INTERNAL}

    def __str__(self) -> str:
        return f"key for {self.role}"


class ContactMessage(models.Model):
    """A message to a role, sealed to its key before it is stored. The id is derived from the message's own code.

    `mark` tells the same content from other to whoever has the code. `key` says under which key of the role it is. What is answered is sealed
    to `reply_to`, the public half of a key that comes from the code. `size`: kilobytes, of what was written and filled up.
    """

    id = models.UUIDField(primary_key=True)
    role = models.CharField(max_length=20)
    day = models.IntegerField()
    state = models.SmallIntegerField(choices=[(one.value, one.name) for one in contact.State], default=contact.State.NEW.value)
    turn = models.SmallIntegerField(choices=[(one.value, one.name) for one in contact.Turn])
    size = models.SmallIntegerField()
    mark = models.BinaryField()
    key = models.CharField(max_length=16)
    sealed = models.BinaryField()
    reply_to = models.BinaryField()
    answer = models.BinaryField(default=b"")
    purge_on = models.IntegerField()

    PRIVACY: ClassVar = {
        "id": PrivacyClass.DERIVED,
        "role": PrivacyClass.INTERNAL,
        "day": PrivacyClass.INTERNAL,
        "state": PrivacyClass.INTERNAL,
        "turn": PrivacyClass.INTERNAL,
        "size": PrivacyClass.INTERNAL,
        "mark": PrivacyClass.DERIVED,
        "key": PrivacyClass.INTERNAL,
        "sealed": PrivacyClass.SEALED,
        "reply_to": PrivacyClass.DERIVED,
        "answer": PrivacyClass.SEALED,
        "purge_on": PrivacyClass.INTERNAL,
    }

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["role", "turn", "day", "id"], name="contact_open", condition=models.Q(state__lt=contact.State.ANSWERED.value)
            ),
            models.Index(
                fields=["role", "purge_on", "id"], name="contact_done", condition=models.Q(state__gte=contact.State.ANSWERED.value)
            ),
            models.Index(fields=["role", "day"], name="contact_of_day"),
            models.Index(fields=["purge_on"], name="contact_purge"),
        ]

    def __str__(self) -> str:
        return f"message to {self.role}"
