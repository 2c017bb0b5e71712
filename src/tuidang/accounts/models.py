"""Staff: members, what they may do, their one-time links, and the trail of what they did. No addresses, no e-mail, no precise times."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser
from django.db import models

from tuidang.accounts.policies import LONGEST_NAME, Role
from tuidang.kernel.privacy import PrivacyClass
from tuidang.kernel.randomness import random_id

ROLES = [(role.value, role.value) for role in Role]


class Member(AbstractBaseUser):
    """A member of staff. Nobody has a password: `password` holds a random value that opens nothing, and changing it ends every session."""

    id = models.UUIDField(primary_key=True, default=random_id, editable=False)
    name = models.CharField(max_length=LONGEST_NAME)
    active = models.BooleanField(default=True)
    last_login = None  # when someone was here is nobody's business

    objects: ClassVar[models.Manager["Member"]] = models.Manager()
    USERNAME_FIELD = "id"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    PRIVACY: ClassVar = {
        "id": PrivacyClass.STAFF,
        "name": PrivacyClass.STAFF,
        "active": PrivacyClass.STAFF,
        "password": PrivacyClass.SECRET,
    }

    def __str__(self) -> str:
        return f"member {self.id}"

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """What Django asks before it believes a session."""
        return self.active


class Grant(models.Model):
    """One role of one member."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=20, choices=ROLES)

    PRIVACY: ClassVar = {"id": PrivacyClass.INTERNAL, "member": PrivacyClass.STAFF, "role": PrivacyClass.STAFF}

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["member", "role"], name="grant_once")]

    def __str__(self) -> str:
        return self.role


class OneTimeLink(models.Model):
    """A link that signs its member in once. Only the hash of its token is here. `expires` is in whole hours since 1970."""

    token_hash = models.CharField(max_length=64, primary_key=True)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    expires = models.IntegerField(db_index=True)
    used = models.BooleanField(default=False)

    PRIVACY: ClassVar = {
        "token_hash": PrivacyClass.SECRET,
        "member": PrivacyClass.STAFF,
        "expires": PrivacyClass.STAFF,
        "used": PrivacyClass.STAFF,
    }

    def __str__(self) -> str:
        return "one-time link"


class Event(models.Model):
    """One thing that staff did. Only ever added: triggers refuse every change. No member: it was done at the machine itself.

    `hour` counts whole hours since 1970. `subject` names declarations by words that mean nothing once their day key is gone.
    """

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", null=True)
    hour = models.IntegerField()
    verb = models.CharField(max_length=40)
    subject = models.TextField()

    PRIVACY: ClassVar = {
        "id": PrivacyClass.INTERNAL,
        "member": PrivacyClass.STAFF,
        "hour": PrivacyClass.STAFF,
        "verb": PrivacyClass.STAFF,
        "subject": PrivacyClass.DERIVED,
    }

    def __str__(self) -> str:
        return self.verb
