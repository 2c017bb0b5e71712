"""Cases, from screening to sealing; texts that wait to be published after it; objections; tallies by day. Content is in `blob` alone."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tuidang.kernel.privacy import PrivacyClass
from tuidang.review.states import Decider, Finding, Ground, ItemState, Pile, Release, Turn, Verdict, Wish, Work
from tuidang.screening.policies import Lane


class Case(models.Model):
    """What is decided about one declaration. It goes when the declaration is sealed or purged.

    `since` is the day on which it was handed in. `queue` is the pile in which it waits to be read, nothing once a person has read it.
    `claim_until` is in seconds since 1970: how long `claimed_by` has it alone, to count it or to publish it (`claimed_for`). `screen` names
    the last screen that decided it and `before` what held until then, so that it can be undone; `marked` is what it had decided, once it is
    undone. `released_by` let its text be published. `tell_at` is the hour from which intake is told, `purge_on` the day of its removal.
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
    claimed_for = models.SmallIntegerField(choices=[(one.value, one.name) for one in Work], default=Work.COUNTING.value)
    screen = models.UUIDField(null=True)
    before = models.JSONField(default=list)
    marked = models.JSONField(default=list)
    released_by = models.UUIDField(null=True)
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
        "claimed_for": PrivacyClass.STAFF,
        "screen": PrivacyClass.INTERNAL,
        "before": PrivacyClass.INTERNAL,
        "marked": PrivacyClass.INTERNAL,
        "released_by": PrivacyClass.STAFF,
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
    """The last screen that a member decided, the one that can be undone, and what it came to then, whatever became of it since.

    `published` were on the public record already, `promised` are published once they are.
    """

    member = models.UUIDField(primary_key=True)
    screen = models.UUIDField()
    work = models.SmallIntegerField(choices=[(one.value, one.name) for one in Work], default=0)
    counted = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    held = models.IntegerField(default=0)
    published = models.IntegerField(default=0)
    promised = models.IntegerField(default=0)
    declined = models.IntegerField(default=0)

    PRIVACY: ClassVar = {
        "member": PrivacyClass.STAFF,
        "screen": PrivacyClass.INTERNAL,
        "work": PrivacyClass.INTERNAL,
        "counted": PrivacyClass.INTERNAL,
        "refused": PrivacyClass.INTERNAL,
        "held": PrivacyClass.INTERNAL,
        "published": PrivacyClass.INTERNAL,
        "promised": PrivacyClass.INTERNAL,
        "declined": PrivacyClass.INTERNAL,
    }

    def __str__(self) -> str:
        return "last screen"


class Publication(models.Model):
    """A sealed text whose declarant wishes it published, until the archive has it or it is dropped. `index` is its registry number.

    `decided_by` released it on `screen`; `declined` is what was undone, if it was: true or false, else nothing.
    """

    id = models.UUIDField(primary_key=True)
    index = models.BigIntegerField(unique=True)
    key = models.ForeignKey("vault.DayKey", on_delete=models.PROTECT, related_name="+")
    blob = models.BinaryField()
    state = models.SmallIntegerField(choices=[(one.value, one.name) for one in ItemState])
    due = models.IntegerField()
    claimed_by = models.UUIDField(null=True)
    claim_until = models.BigIntegerField(default=0)
    decided_by = models.UUIDField(null=True)
    screen = models.UUIDField(null=True)
    declined = models.BooleanField(null=True)

    PRIVACY: ClassVar = {
        "id": PrivacyClass.INTERNAL,
        "index": PrivacyClass.PUBLIC,
        "key": PrivacyClass.INTERNAL,
        "blob": PrivacyClass.SEALED,
        "state": PrivacyClass.INTERNAL,
        "due": PrivacyClass.INTERNAL,
        "claimed_by": PrivacyClass.STAFF,
        "claim_until": PrivacyClass.STAFF,
        "decided_by": PrivacyClass.STAFF,
        "screen": PrivacyClass.INTERNAL,
        "declined": PrivacyClass.INTERNAL,
    }

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due", "id"], name="publication_waiting", condition=Q(state=ItemState.WAITING.value)),
            models.Index(fields=["due"], name="publication_objected", condition=Q(state=ItemState.OBJECTED.value)),
            models.Index(fields=["index"], name="publication_approved", condition=Q(state=ItemState.APPROVED.value)),
            models.Index(fields=["claimed_by"], name="publication_claimed", condition=Q(claimed_by__isnull=False)),
            models.Index(fields=["screen"], name="publication_screen", condition=Q(screen__isnull=False)),
        ]

    def __str__(self) -> str:
        return "publication"


class Released(models.Model):
    """A sealed text that `member` has published or declined on `screen`, until the day `due`, while that can be taken back."""

    id = models.UUIDField(primary_key=True)
    index = models.BigIntegerField(unique=True)
    key = models.ForeignKey("vault.DayKey", on_delete=models.PROTECT, related_name="+")
    blob = models.BinaryField()
    state = models.SmallIntegerField(choices=[(one.value, one.name) for one in Release])
    due = models.IntegerField()
    member = models.UUIDField()
    screen = models.UUIDField()

    PRIVACY: ClassVar = {
        "id": PrivacyClass.INTERNAL,
        "index": PrivacyClass.PUBLIC,
        "key": PrivacyClass.INTERNAL,
        "blob": PrivacyClass.SEALED,
        "state": PrivacyClass.INTERNAL,
        "due": PrivacyClass.INTERNAL,
        "member": PrivacyClass.STAFF,
        "screen": PrivacyClass.INTERNAL,
    }

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due"], name="released_due"),
            models.Index(fields=["screen"], name="released_screen"),
            models.Index(fields=["member", "index"], name="released_by", condition=Q(state=Release.PUBLIC.value)),
            models.Index(fields=["index"], name="released_down", condition=Q(state__gte=Release.RECALLED.value)),
        ]

    def __str__(self) -> str:
        return "released text"


class Objection(models.Model):
    """What somebody says against the statement under the registry number `index`, until 30 days after the answer.

    `id` is derived from its own code. `hides`: it hid what it names before a person had looked, or would have, had anything been there.
    `turn` FIRST: it would have, but came when the limit of its day was reached.
    """

    id = models.UUIDField(primary_key=True)
    index = models.BigIntegerField()
    ground = models.SmallIntegerField(choices=[(one.value, one.name) for one in Ground])
    day = models.IntegerField()
    finding = models.SmallIntegerField(choices=[(one.value, one.name) for one in Finding], default=Finding.OPEN.value)
    hides = models.BooleanField()
    turn = models.SmallIntegerField(choices=[(one.value, one.name) for one in Turn], default=Turn.IN_ORDER.value)
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
        "turn": PrivacyClass.INTERNAL,
        "purge_on": PrivacyClass.INTERNAL,
        "key": PrivacyClass.INTERNAL,
        "blob": PrivacyClass.SEALED,
    }

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["turn", "day", "id"], name="objection_open", condition=Q(finding=Finding.OPEN.value)),
            models.Index(fields=["index", "ground"], name="objection_to", condition=Q(finding=Finding.OPEN.value)),
            models.Index(fields=["day"], name="objection_hiding", condition=Q(hides=True, finding=Finding.OPEN.value)),
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
