"""Statements that are published, at the wish of their declarants and after a person read them."""

from typing import ClassVar

from django.db import models

from tuidang.kernel.privacy import PrivacyClass


class Followed(models.Model):
    """How far the archive has followed the ledger in taking down what was voided: one row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)

    PRIVACY: ClassVar = {"id": PrivacyClass.INTERNAL, "size": PrivacyClass.INTERNAL}

    def __str__(self) -> str:
        return f"followed up to {self.size}"


class Statement(models.Model):
    """One published statement, under the registry number of its first person. `name` is empty where names are not published.

    `hidden`: somebody objects to it, and until a person has decided it is on no page. `alone`: one person declared it, for themselves, and it is
    certain whose entry it is.
    """

    index = models.BigIntegerField(primary_key=True)
    day = models.IntegerField()
    region = models.IntegerField()
    organisations = models.SmallIntegerField()
    persons = models.SmallIntegerField()
    language = models.CharField(max_length=8)
    name = models.CharField(max_length=60, blank=True)
    suggested = models.BooleanField()
    title = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    hidden = models.BooleanField(db_default=False, default=False)
    alone = models.BooleanField(db_default=False, default=False)

    PRIVACY: ClassVar = {
        "index": PrivacyClass.PUBLIC,
        "day": PrivacyClass.PUBLIC,
        "region": PrivacyClass.PUBLIC,
        "organisations": PrivacyClass.PUBLIC,
        "persons": PrivacyClass.PUBLIC,
        "language": PrivacyClass.PUBLIC,
        "name": PrivacyClass.PUBLIC,
        "suggested": PrivacyClass.PUBLIC,
        "title": PrivacyClass.PUBLIC,
        "text": PrivacyClass.PUBLIC,
        "hidden": PrivacyClass.INTERNAL,
        "alone": PrivacyClass.PUBLIC,
    }

    def __str__(self) -> str:
        return f"statement {self.index}"
