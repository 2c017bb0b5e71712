"""What screening found, until review is done with the declaration. Nothing here is content."""

from typing import ClassVar

from django.db import models

from tuidang.kernel.privacy import PrivacyClass
from tuidang.screening.policies import Lane

LANES = [(lane.value, lane.name.lower()) for lane in Lane]


class Screening(models.Model):
    """The machine's view of one declaration. `since` is the day on which it was handed in; `wished`: its declarant wishes it published."""

    declaration = models.UUIDField(primary_key=True)
    lane = models.SmallIntegerField(choices=LANES)
    score = models.SmallIntegerField()
    reasons = models.JSONField(default=list)
    cluster = models.UUIDField(null=True)
    persons = models.SmallIntegerField()
    since = models.IntegerField()
    wished = models.BooleanField()
    taken = models.BooleanField(default=False)

    PRIVACY: ClassVar = {
        "declaration": PrivacyClass.DERIVED,
        "lane": PrivacyClass.INTERNAL,
        "score": PrivacyClass.INTERNAL,
        "reasons": PrivacyClass.INTERNAL,
        "cluster": PrivacyClass.DERIVED,
        "persons": PrivacyClass.INTERNAL,
        "since": PrivacyClass.INTERNAL,
        "wished": PrivacyClass.INTERNAL,
        "taken": PrivacyClass.INTERNAL,
    }

    class Meta:
        indexes: ClassVar = [models.Index(fields=["declaration"], name="screening_untaken", condition=models.Q(taken=False))]

    def __str__(self) -> str:
        return "screening"


class Burst(models.Model):
    """How often one own text came on one day. `mark` is an HMAC under the day key: it says nothing once that is gone."""

    mark = models.UUIDField(primary_key=True)
    day = models.IntegerField(db_index=True)
    seen = models.IntegerField()

    PRIVACY: ClassVar = {"mark": PrivacyClass.DERIVED, "day": PrivacyClass.INTERNAL, "seen": PrivacyClass.INTERNAL}

    def __str__(self) -> str:
        return f"burst of day {self.day}"
