"""Cases, from screening to sealing; texts that wait to be published after it; objections; tallies by day. Content is in `blob` alone."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tuidang.kernel.privacy import PrivacyClass
from tuidang.review.states import Decider, Finding, Ground, ItemState, Pile, Verdict, Wish
from tuidang.screening.policies import Lane


class Case(models.Model):
    """What is decided about one declaration. It goes when the declaration is sealed or purged.

    `since` is the day on which it was handed in. `queue` is the pile in which it waits to be read, nothing once a person has read it.
    `claim_until` is in seconds since 1970: how long `claimed_by` has it alone. `screen` names the last screen that decided it and `before`
    what held until then, so that it can be undone. `tell_at` is the hour from which intake is told, `purge_on` the day of its removal.
    """

    declaration = models.UUIDField(primary_key=True)
    lane = models.SmallIntegerField(choices=[(lane.value, lane.name) for lane in Lane])
    cluster = models.UUIDField(null=True)
    persons = models.SmallIntegerField()
    since = models.IntegerField()
    verdict = models.SmallIntegerField(choices=[(one.value, one.name) for one in Verdict])
    decided_by = models.SmallIntegerField(choices=[(one.value, one.name) for one in Decider])
    assurance = models.SmallIntegerField(default=0)
    reason = models.SmallIntegerField(default=0)
    publication = models.SmallIntegerField(choices=[(one.value, one.name) for one in Wish])
    queue = models.SmallIntegerField(choices=[(one.value, one.name) for one in Pile], null=True)
    claimed_by = models.UUIDField(null=True)
    claim_until = models.BigIntegerField(default=0)
    screen = models.UUIDField(null=True)
    before = models.JSONField(default=list)
    tell_at = models.IntegerField(null=True)
    purge_on = models.IntegerField(null=True)

    PRIVACY: ClassVar = {
        "declaration": PrivacyClass.DERIVED,
        "lane": PrivacyClass.INTERNAL,
        "cluster": PrivacyClass.DERIVED,
        "persons": PrivacyClass.INTERNAL,
        "since": PrivacyClass.INTERNAL,
        "verdict": PrivacyClass.INTERNAL,
        "decided_by": PrivacyClass.INTERNAL,
        "assurance": PrivacyClass.INTERNAL,
        "reason": PrivacyClass.INTERNAL,
        "publication": PrivacyClass.INTERNAL,
        "queue": PrivacyClass.INTERNAL,
        "claimed_by": PrivacyClass.STAFF,
        "claim_until": PrivacyClass.STAFF,
        "screen": PrivacyClass.INTERNAL,
        "before": PrivacyClass.INTERNAL,
        "tell_at": PrivacyClass.INTERNAL,
        "purge_on": PrivacyClass.INTERNAL,
    }

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["queue", "since", "declaration"], name="case_queue", condition=Q(queue__isnull=False)),
            models.Index(fields=["cluster", "declaration"], name="case_cluster", condition=Q(queue__isnull=False)),
            models.Index(fields=["declaration"], name="case_ready", condition=Q(verdict=Verdict.COUNT.value)),
            models.Index(
                fields=["since", "declaration"],
                name="case_publishing",
                condition=Q(publication=Wish.WAITING.value, verdict=Verdict.COUNT.value),
            ),
            models.Index(fields=["claimed_by"], name="case_claimed", condition=Q(claimed_by__isnull=False)),
            models.Index(fields=["screen"], name="case_screen", condition=Q(screen__isnull=False)),
            models.Index(fields=["tell_at"], name="case_tell", condition=Q(tell_at__isnull=False)),
            models.Index(fields=["purge_on"], name="case_purge", condition=Q(purge_on__isnull=False)),
        ]

    def __str__(self) -> str:
        return "case"


class LastScreen(models.Model):
    """The last screen that a member decided: the one that can be undone."""

    member = models.UUIDField(primary_key=True)
    screen = models.UUIDField()

    PRIVACY: ClassVar = {"member": PrivacyClass.STAFF, "screen": PrivacyClass.INTERNAL}

    def __str__(self) -> str:
        return "last screen"


class Publication(models.Model):
    """A sealed text whose declarant wishes it published, until the archive has it or it is dropped. `index` is its registry number."""

    id = models.UUIDField(primary_key=True)
    index = models.BigIntegerField(unique=True)
    key = models.ForeignKey("vault.DayKey", on_delete=models.PROTECT, related_name="+")
    blob = models.BinaryField()
    state = models.SmallIntegerField(choices=[(one.value, one.name) for one in ItemState])
    due = models.IntegerField()
    claimed_by = models.UUIDField(null=True)
    claim_until = models.BigIntegerField(default=0)

    PRIVACY: ClassVar = {
        "id": PrivacyClass.INTERNAL,
        "index": PrivacyClass.PUBLIC,
        "key": PrivacyClass.INTERNAL,
        "blob": PrivacyClass.SEALED,
        "state": PrivacyClass.INTERNAL,
        "due": PrivacyClass.INTERNAL,
        "claimed_by": PrivacyClass.STAFF,
        "claim_until": PrivacyClass.STAFF,
    }

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due", "id"], name="publication_waiting", condition=Q(state=ItemState.WAITING.value)),
            models.Index(fields=["index"], name="publication_approved", condition=Q(state=ItemState.APPROVED.value)),
            models.Index(fields=["claimed_by"], name="publication_claimed", condition=Q(claimed_by__isnull=False)),
        ]

    def __str__(self) -> str:
        return "publication"


class Objection(models.Model):
    """What somebody says against the statement under the registry number `index`, until 30 days after the answer.

    `id` is derived from its own code. `hides`: it hid what it names before a person had looked, or would have, had anything been there.
    """

    id = models.UUIDField(primary_key=True)
    index = models.BigIntegerField()
    ground = models.SmallIntegerField(choices=[(one.value, one.name) for one in Ground])
    day = models.IntegerField()
    finding = models.SmallIntegerField(choices=[(one.value, one.name) for one in Finding], default=Finding.OPEN.value)
    hides = models.BooleanField()
    purge_on = models.IntegerField(null=True)
    key = models.ForeignKey("vault.DayKey", on_delete=models.PROTECT, related_name="+")
    blob = models.BinaryField()

    PRIVACY: ClassVar = {
        "id": PrivacyClass.DERIVED,
        "index": PrivacyClass.INTERNAL,
        "ground": PrivacyClass.INTERNAL,
        "day": PrivacyClass.INTERNAL,
        "finding": PrivacyClass.INTERNAL,
        "hides": PrivacyClass.INTERNAL,
        "purge_on": PrivacyClass.INTERNAL,
        "key": PrivacyClass.INTERNAL,
        "blob": PrivacyClass.SEALED,
    }

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["day", "id"], name="objection_open", condition=Q(finding=Finding.OPEN.value)),
            models.Index(fields=["index", "ground"], name="objection_to", condition=Q(finding=Finding.OPEN.value)),
            models.Index(fields=["day"], name="objection_hiding", condition=Q(hides=True)),
            models.Index(fields=["purge_on"], name="objection_purge", condition=Q(purge_on__isnull=False)),
        ]

    def __str__(self) -> str:
        return "objection"


class Judgement(models.Model):
    """What was decided about a statement on one ground, for good: what was let stand is not hidden again unseen, what was not never returns."""

    pk = models.CompositePrimaryKey("index", "ground")
    index = models.BigIntegerField()
    ground = models.SmallIntegerField()
    upheld = models.BooleanField()

    PRIVACY: ClassVar = {"index": PrivacyClass.INTERNAL, "ground": PrivacyClass.INTERNAL, "upheld": PrivacyClass.INTERNAL}

    def __str__(self) -> str:
        return f"judgement on {self.index}"


class Tally(models.Model):
    """How many of the declarations handed in on `day` stand at which verdict and reason (0: none). Stays when they are sealed."""

    pk = models.CompositePrimaryKey("day", "verdict", "reason")
    day = models.IntegerField()
    verdict = models.SmallIntegerField()
    reason = models.SmallIntegerField()
    count = models.IntegerField()

    PRIVACY: ClassVar = {
        "day": PrivacyClass.INTERNAL,
        "verdict": PrivacyClass.INTERNAL,
        "reason": PrivacyClass.INTERNAL,
        "count": PrivacyClass.INTERNAL,
    }

    def __str__(self) -> str:
        return f"tally of day {self.day}"
