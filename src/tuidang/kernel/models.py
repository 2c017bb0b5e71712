"""Leases: who does a single-writer piece of work now."""

from typing import ClassVar

from django.db import models

from tuidang.kernel.privacy import PrivacyClass


class Lease(models.Model):
    """A piece of work that one process does at a time. Correctness never rests on it, only economy."""

    name = models.CharField(max_length=40, primary_key=True)
    holder = models.UUIDField()
    until = models.BigIntegerField()

    PRIVACY: ClassVar = {"name": PrivacyClass.INTERNAL, "holder": PrivacyClass.INTERNAL, "until": PrivacyClass.INTERNAL}

    def __str__(self) -> str:
        return self.name
