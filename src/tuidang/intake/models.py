"""What has been handed in and is not sealed yet. Content is in `blob` alone, under a day key."""

from typing import ClassVar
from uuid import UUID

from django.db import models

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
