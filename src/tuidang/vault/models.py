"""Which day keys live, which epochs are ready. The keys themselves are files outside the data folder."""

from typing import ClassVar

from django.db import models

from tuidang.kernel.privacy import PrivacyClass


class DayKey(models.Model):
    """A living day key. Every row encrypted under it refers to it, so the database refuses to let the key go before its rows."""

    id = models.BigIntegerField(primary_key=True)
    day = models.IntegerField()
    current = models.BooleanField()

    PRIVACY: ClassVar = {"id": PrivacyClass.INTERNAL, "day": PrivacyClass.INTERNAL, "current": PrivacyClass.INTERNAL}

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["current"], condition=models.Q(current=True), name="one_current_day_key")]

    def __str__(self) -> str:
        return f"day key of {self.day}"


class DyingKey(models.Model):
    """A key whose row is gone and whose file is to be destroyed. Written with the row's deletion, so a crash between is finished later."""

    id = models.BigIntegerField(primary_key=True)

    PRIVACY: ClassVar = {"id": PrivacyClass.INTERNAL}

    def __str__(self) -> str:
        return "dying key"


class Epoch(models.Model):
    """A quarter whose records are sealed to one public key for audits."""

    name = models.CharField(max_length=6, primary_key=True)
    public = models.BinaryField()

    PRIVACY: ClassVar = {"name": PrivacyClass.PUBLIC, "public": PrivacyClass.PUBLIC}

    def __str__(self) -> str:
        return self.name
