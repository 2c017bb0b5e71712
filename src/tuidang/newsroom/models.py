"""Items with a text in each language and every version of it; editions, which are what the public sees; pictures."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from tuidang.kernel.privacy import PrivacyClass
from tuidang.kernel.randomness import random_id
from tuidang.newsroom.states import Kind, State

LONGEST_SLUG = 80
LONGEST_TITLE = 200
LONGEST_SUMMARY = 600
LANGUAGE_LENGTH = 8
_KINDS = [(one.value, one.name) for one in Kind]


class Picture(models.Model):
    """A picture as we made it anew from what was sent: without what cameras write into it, in several widths, named by its digest.

    `width` and `height` are those of the widest copy, `form` (jpg, png) is the ending of all. `rights` says by what right it is shown,
    `credit` who made it. Under other words the same picture is another one: they are approved with the item that shows them.
    """

    id = models.UUIDField(primary_key=True, default=random_id, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    width = models.IntegerField()
    height = models.IntegerField()
    form = models.CharField(max_length=4, default="jpg")
    rights = models.CharField(max_length=300)
    credit = models.CharField(max_length=200, blank=True)
    alt = models.JSONField(default=dict)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    PRIVACY: ClassVar = {
        "id": PrivacyClass.INTERNAL,
        "digest": PrivacyClass.PUBLIC,
        "width": PrivacyClass.PUBLIC,
        "height": PrivacyClass.PUBLIC,
        "form": PrivacyClass.PUBLIC,
        "rights": PrivacyClass.PUBLIC,
        "credit": PrivacyClass.PUBLIC,
        "alt": PrivacyClass.PUBLIC,
        "added_by": PrivacyClass.STAFF,
    }

    def __str__(self) -> str:
        return f"picture {self.digest[:12]}"


class Item(models.Model):
    """One thing that is or will be published. `slug` is its permanent address within its kind: it does not change once it was published.

    `facts` are those of its kind (`content`). `language` is the one it is written in first. `changed_by` is nobody where the register prepared it.
    `offered_by` handed it to a second pair of eyes; `approved_by` was that. `goes_out` is when it is published, `published` when it first was,
    both in minutes since 1970. `at` is that of its editions, and stays when they are `withdrawn`: a calendar is told which event is off, and
    when it would have been.
    """

    id = models.UUIDField(primary_key=True, default=random_id, editable=False)
    kind = models.SmallIntegerField(choices=_KINDS)
    slug = models.CharField(max_length=LONGEST_SLUG)
    language = models.CharField(max_length=LANGUAGE_LENGTH)
    facts = models.JSONField(default=dict)
    picture = models.ForeignKey(Picture, on_delete=models.PROTECT, related_name="+", null=True)
    state = models.SmallIntegerField(choices=[(one.value, one.name) for one in State], default=State.DRAFT.value)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    goes_out = models.BigIntegerField(null=True)
    published = models.BigIntegerField(null=True)
    at = models.BigIntegerField(null=True)
    withdrawn = models.BigIntegerField(null=True)
    changed = models.BigIntegerField()
    version = models.IntegerField(default=1)

    PRIVACY: ClassVar = {
        "id": PrivacyClass.INTERNAL,
        "kind": PrivacyClass.PUBLIC,
        "slug": PrivacyClass.PUBLIC,
        "language": PrivacyClass.PUBLIC,
        "facts": PrivacyClass.PUBLIC,
        "picture": PrivacyClass.PUBLIC,
        "state": PrivacyClass.INTERNAL,
        "changed_by": PrivacyClass.STAFF,
        "offered_by": PrivacyClass.STAFF,
        "approved_by": PrivacyClass.STAFF,
        "goes_out": PrivacyClass.INTERNAL,
        "published": PrivacyClass.PUBLIC,
        "at": PrivacyClass.PUBLIC,
        "withdrawn": PrivacyClass.PUBLIC,
        "changed": PrivacyClass.INTERNAL,
        "version": PrivacyClass.INTERNAL,
    }

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "slug"], name="item_address")]
        indexes: ClassVar = [
            models.Index(fields=["state", "-changed", "id"], name="item_work"),
            models.Index(fields=["goes_out"], name="item_due", condition=Q(state=State.SCHEDULED.value)),
            models.Index(fields=["kind", "at"], name="item_withdrawn", condition=Q(withdrawn__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{Kind(self.kind).name.lower()} {self.slug}"


class Text(models.Model):
    """The words of an item in one language as they stand now; `body` is Markdown. `number` counts its versions.

    `follows` is the version of the text in the item's own language that this one translates: older than that text's, it is out of date.
    """

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=LANGUAGE_LENGTH)
    title = models.CharField(max_length=LONGEST_TITLE, blank=True)
    summary = models.CharField(max_length=LONGEST_SUMMARY, blank=True)
    body = models.TextField(blank=True)
    number = models.IntegerField(default=1)
    follows = models.IntegerField(default=0)

    PRIVACY: ClassVar = {
        "id": PrivacyClass.INTERNAL,
        "item": PrivacyClass.INTERNAL,
        "language": PrivacyClass.PUBLIC,
        "title": PrivacyClass.PUBLIC,
        "summary": PrivacyClass.PUBLIC,
        "body": PrivacyClass.PUBLIC,
        "number": PrivacyClass.INTERNAL,
        "follows": PrivacyClass.INTERNAL,
    }

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["item", "language"], name="text_once")]

    def __str__(self) -> str:
        return f"text in {self.language}"


class Revision(models.Model):
    """A version of a text as it was saved. Only ever added; `saved` is in minutes since 1970."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=LANGUAGE_LENGTH)
    number = models.IntegerField()
    title = models.CharField(max_length=LONGEST_TITLE, blank=True)
    summary = models.CharField(max_length=LONGEST_SUMMARY, blank=True)
    body = models.TextField(blank=True)
    saved = models.BigIntegerField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)

    PRIVACY: ClassVar = {
        "id": PrivacyClass.INTERNAL,
        "item": PrivacyClass.INTERNAL,
        "language": PrivacyClass.PUBLIC,
        "number": PrivacyClass.INTERNAL,
        "title": PrivacyClass.PUBLIC,
        "summary": PrivacyClass.PUBLIC,
        "body": PrivacyClass.PUBLIC,
        "saved": PrivacyClass.INTERNAL,
        "saved_by": PrivacyClass.STAFF,
    }

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["item", "language", "number"], name="revision_once")]

    def __str__(self) -> str:
        return f"version {self.number} in {self.language}"


class Edition(models.Model):
    """What the public sees of one item in one language: a copy made when it was approved, rendered and cleaned. Withdrawing deletes it.

    There is one for each language of the site; `written_in` is another where there is no translation yet. `at` orders lists: for events
    the moment they begin, else when it was first published, in minutes since 1970. `changed` is when it last went out anew, 0 if never.
    """

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=LANGUAGE_LENGTH)
    written_in = models.CharField(max_length=LANGUAGE_LENGTH)
    kind = models.SmallIntegerField(choices=_KINDS)
    slug = models.CharField(max_length=LONGEST_SLUG)
    title = models.CharField(max_length=LONGEST_TITLE)
    summary = models.CharField(max_length=LONGEST_SUMMARY, blank=True)
    html = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    picture = models.ForeignKey(Picture, on_delete=models.PROTECT, related_name="+", null=True)
    at = models.BigIntegerField()
    published = models.BigIntegerField()
    changed = models.BigIntegerField(default=0)

    PRIVACY: ClassVar = {
        "id": PrivacyClass.INTERNAL,
        "item": PrivacyClass.INTERNAL,
        "language": PrivacyClass.PUBLIC,
        "written_in": PrivacyClass.PUBLIC,
        "kind": PrivacyClass.PUBLIC,
        "slug": PrivacyClass.PUBLIC,
        "title": PrivacyClass.PUBLIC,
        "summary": PrivacyClass.PUBLIC,
        "html": PrivacyClass.PUBLIC,
        "facts": PrivacyClass.PUBLIC,
        "picture": PrivacyClass.PUBLIC,
        "at": PrivacyClass.PUBLIC,
        "published": PrivacyClass.PUBLIC,
        "changed": PrivacyClass.PUBLIC,
    }

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "slug", "language"], name="edition_address")]
        indexes: ClassVar = [models.Index(fields=["kind", "language", "at", "id"], name="edition_list")]

    def __str__(self) -> str:
        return f"{self.slug} in {self.language}"
