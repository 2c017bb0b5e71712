"""What the database holds of the ledger. There is no table of entries: the bundles are the entries.

All of it can be read by anyone, or opens only with a code or an offline key.
"""

from typing import ClassVar

from django.db import models

from tuidang.kernel.privacy import PrivacyClass


class Batch(models.Model):
    """A batch whose rows have been moved. The last one's size and root are where this database stands."""

    size = models.BigIntegerField(primary_key=True)
    base = models.BigIntegerField(unique=True)
    root = models.BinaryField()
    day = models.IntegerField()
    count = models.TextField()

    PRIVACY: ClassVar = {
        "size": PrivacyClass.PUBLIC,
        "base": PrivacyClass.PUBLIC,
        "root": PrivacyClass.PUBLIC,
        "day": PrivacyClass.PUBLIC,
        "count": PrivacyClass.PUBLIC,
    }

    def __str__(self) -> str:
        return f"batch up to {self.size}"


class Cell(models.Model):
    """What one batch changed in one cell: the sum of deltas of entries with these fields."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+")
    day = models.IntegerField()
    assurance = models.SmallIntegerField()
    channel = models.SmallIntegerField()
    region = models.IntegerField()
    organisations = models.SmallIntegerField()
    source = models.IntegerField()
    voice = models.SmallIntegerField()
    persons = models.IntegerField()

    PRIVACY: ClassVar = {
        "id": PrivacyClass.INTERNAL,
        "batch": PrivacyClass.PUBLIC,
        "day": PrivacyClass.PUBLIC,
        "assurance": PrivacyClass.PUBLIC,
        "channel": PrivacyClass.PUBLIC,
        "region": PrivacyClass.PUBLIC,
        "organisations": PrivacyClass.PUBLIC,
        "source": PrivacyClass.PUBLIC,
        "voice": PrivacyClass.PUBLIC,
        "persons": PrivacyClass.PUBLIC,
    }

    def __str__(self) -> str:
        return f"cell of {self.batch_id}"


class Notice(models.Model):
    """An entry of kinds 5 to 12: which list it names, so that the one in force is found without reading the log."""

    index = models.BigIntegerField(primary_key=True)
    kind = models.SmallIntegerField()
    commitment = models.BinaryField()

    PRIVACY: ClassVar = {"index": PrivacyClass.PUBLIC, "kind": PrivacyClass.PUBLIC, "commitment": PrivacyClass.PUBLIC}

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "-index"], name="notice_latest")]

    def __str__(self) -> str:
        return f"notice {self.index}"


class Change(models.Model):
    """A declared entry that is not as it was sealed: void, or raised to the assurance `identified`. `at`: the size after the batch that said so."""

    index = models.BigIntegerField(primary_key=True)
    void = models.BooleanField(default=False)
    raised = models.BooleanField(default=False)
    at = models.BigIntegerField(db_index=True)

    PRIVACY: ClassVar = {
        "index": PrivacyClass.PUBLIC,
        "void": PrivacyClass.PUBLIC,
        "raised": PrivacyClass.PUBLIC,
        "at": PrivacyClass.PUBLIC,
    }

    def __str__(self) -> str:
        return f"change of {self.index}"


class Envelope(models.Model):
    """What opens the epoch copies of one row move: a key under hybrid HPKE, for the offline key of its epoch."""

    id = models.UUIDField(primary_key=True)
    epoch = models.CharField(max_length=6)
    blob = models.BinaryField()

    PRIVACY: ClassVar = {"id": PrivacyClass.INTERNAL, "epoch": PrivacyClass.PUBLIC, "blob": PrivacyClass.SEALED}

    def __str__(self) -> str:
        return f"envelope of {self.epoch}"


class SealedText(models.Model):
    """The text of a statement by several people, once, under a key that only their sealed copies hold."""

    id = models.UUIDField(primary_key=True)
    blob = models.BinaryField()

    PRIVACY: ClassVar = {"id": PrivacyClass.INTERNAL, "blob": PrivacyClass.SEALED}

    def __str__(self) -> str:
        return "sealed text"


class TextHolder(models.Model):
    """Someone whose sealed record opens a sealed text. The id is made with the text's key: nobody else can tell whose it is, or of which text.

    So the last of a family who erases what is theirs takes the text along, and no table says who belongs to whom. `blob`: their registry
    number, under the text's key too, so that what is published can go on standing for the others when one of them leaves.
    """

    id = models.UUIDField(primary_key=True)
    blob = models.BinaryField(default=b"")

    PRIVACY: ClassVar = {"id": PrivacyClass.DERIVED, "blob": PrivacyClass.SEALED}

    def __str__(self) -> str:
        return "holder of a sealed text"


class SealedRecord(models.Model):
    """What stays of a declarant: where the entry is, and two copies of the record that others can open."""

    lookup = models.UUIDField(primary_key=True)
    index = models.BigIntegerField(unique=True)
    envelope = models.ForeignKey(Envelope, on_delete=models.PROTECT, related_name="+", db_index=False)
    own = models.BinaryField()
    epoch = models.BinaryField()

    PRIVACY: ClassVar = {
        "lookup": PrivacyClass.DERIVED,
        "index": PrivacyClass.PUBLIC,
        "envelope": PrivacyClass.INTERNAL,
        "own": PrivacyClass.SEALED,
        "epoch": PrivacyClass.SEALED,
    }

    def __str__(self) -> str:
        return "sealed record"


class Instruction(models.Model):
    """Something to be written into the log: left by a later stage, an operator, or a holder of a code; carried out by sealing.

    A wish about an entry that is not moved yet names it by `commitment`; the row move gives it its `ref`.
    """

    id = models.UUIDField(primary_key=True)
    kind = models.SmallIntegerField()
    not_before = models.IntegerField()
    ref = models.BigIntegerField(null=True)
    commitment = models.BinaryField(null=True)
    key = models.ForeignKey("vault.DayKey", on_delete=models.PROTECT, related_name="+")
    blob = models.BinaryField()

    PRIVACY: ClassVar = {
        "id": PrivacyClass.INTERNAL,
        "kind": PrivacyClass.INTERNAL,
        "not_before": PrivacyClass.INTERNAL,
        "ref": PrivacyClass.INTERNAL,
        "commitment": PrivacyClass.DERIVED,
        "key": PrivacyClass.INTERNAL,
        "blob": PrivacyClass.SEALED,
    }

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["not_before"], name="instruction_due", condition=models.Q(commitment__isnull=True)),
            models.Index(fields=["commitment"], name="instruction_waiting", condition=models.Q(commitment__isnull=False)),
        ]
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "ref"], name="one_instruction_an_entry")]

    def __str__(self) -> str:
        return f"instruction of kind {self.kind}"
