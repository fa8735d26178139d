"""Segments and their members."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models
from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from contacts.models import Contact
from kernel.models import Editable, Owned, Stamped
from kernel.permissions import Actor, Reach, narrow

# Drawn faces that personas may have: static/img/portraits/KEY.svg.
PORTRAITS = tuple(
    (key, key)
    for key in ("amber", "blue", "coral", "green", "indigo", "plum", "sand", "slate", "teal")
)


class Segments(QuerySet["Segment"]):
    """Questions about many segments."""

    def dynamic(self) -> "Segments":
        """Keep those whose members follow a filter."""
        return self.filter(filter__isnull=False)

    def naming(self, kind: str, *numbers: int) -> "Segments":
        """Keep those whose filter names one of some objects."""
        return self.filter(uses__overlap=[f"{kind}:{number}" for number in numbers])

    def counted(self) -> "Segments":
        """Add `members`: the folded count and what came since."""
        since = (
            MemberDelta.objects.filter(segment_id=OuterRef("pk"))
            .values("segment_id")
            .annotate(total=Sum("delta"))
            .values("total")
        )
        recent = Coalesce(Subquery(since), Value(0), output_field=models.BigIntegerField())
        return self.annotate(members=F("member_count") + recent)

    def counted_for(self, user: Actor) -> "Segments":
        """Add `shown_members`: those a user may see; None for who may see nobody."""
        reach = user.reach("contacts", "view")
        if reach is Reach.ALL:
            # The folded count and what came since.
            return self.counted().annotate(shown_members=F("members"))
        if reach is Reach.NONE:
            nothing = Value(None, output_field=models.BigIntegerField())
            return self.annotate(shown_members=nothing)
        seen = narrow(Contact.objects.all(), user, "contacts", "view").values("pk")
        inside = Member.objects.filter(segment_id=OuterRef("pk"), contact_id__in=seen)
        number = (
            inside.exclude(manual=Member.Origin.REMOVED)
            .order_by()
            .values("segment_id")
            .annotate(number=Count("contact_id"))
            .values("number")
        )
        counted = Coalesce(Subquery(number), Value(0), output_field=models.BigIntegerField())
        return self.annotate(shown_members=counted)


class Segment(Stamped, Owned, Editable):
    """A group of contacts: by hand where `filter` is null, else by its filter and by hand."""

    class State(models.TextChoices):
        """Whether the stored members are those of the filter."""

        BUILDING = "building", _("being built")
        READY = "ready", _("up to date")
        FAILED = "failed", _("cannot be evaluated")

    id = models.AutoField(primary_key=True)
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), default="", blank=True)
    # A kind of person to write for: with a portrait of the drawn set, and a text.
    persona = models.BooleanField(_("persona"), default=False)
    portrait = models.CharField(
        _("portrait"), max_length=20, choices=PORTRAITS, default="", blank=True
    )
    story = models.TextField(_("story"), default="", blank=True)
    # Which ready-made question it answers, while nobody has changed its filter.
    ready_made = models.CharField(max_length=40, null=True, unique=True, editable=False)
    # None is a segment by hand.
    filter = models.JSONField(_("filter"), null=True, blank=True)
    # Moves with the filter and whenever a new build is asked for: older builds are superseded.
    build = models.PositiveIntegerField(default=1, editable=False)
    # The job that builds it: while that one is open, no other takes it up.
    builder = models.BigIntegerField(null=True, editable=False)
    # What must change for a contact to be evaluated again.
    reads = ArrayField(models.TextField(), default=list, editable=False)
    # Objects the filter names, as `kind:id`.
    uses = ArrayField(models.TextField(), default=list, editable=False)
    # Whether time alone moves contacts in and out, and until when that has been followed.
    follows_time = models.BooleanField(default=False, editable=False)
    evaluated_until = models.DateTimeField(null=True, editable=False)
    state = models.CharField(
        _("state"), max_length=8, choices=State.choices, default=State.BUILDING, editable=False
    )
    error = models.TextField(_("error"), default="", blank=True, editable=False)
    built_at = models.DateTimeField(_("built at"), null=True, editable=False)
    # Folded every minute from `member_delta`, so that nobody waits for this row.
    member_count = models.BigIntegerField(_("members"), default=0, editable=False)
    # How many rows the last rebuild had to correct: anything but 0 is a fault of the evaluation.
    # What changes at that very moment is no correction.
    corrected = models.PositiveIntegerField(_("corrected"), default=0, editable=False)

    objects = Segments.as_manager()

    class Meta:
        db_table = "segment"
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        indexes: ClassVar[list[models.Index]] = [GinIndex(fields=["uses"], name="segment_uses")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_dynamic(self) -> bool:
        """Say whether a filter decides."""
        return self.filter is not None

    def count_now(self) -> int:
        """Count the members, the latest included."""
        if hasattr(self, "members"):
            return int(self.members)
        since = MemberDelta.objects.filter(segment_id=self.pk).aggregate(total=Sum("delta"))
        return self.member_count + (since["total"] or 0)

    def parents(self) -> set[int]:
        """Return the segments whose membership the filter reads."""
        return {int(use[8:]) for use in self.uses if use.startswith("segment:")}


class Member(models.Model):
    """That a contact is, or by hand is not to be, in a segment."""

    class Origin(models.IntegerChoices):
        """Who decided; by hand always wins over the filter."""

        FILTER = 0, _("by filter")
        ADDED = 1, _("added by hand")
        REMOVED = 2, _("removed by hand")

    pk = models.CompositePrimaryKey("segment_id", "contact_id")
    contact_id = models.BigIntegerField()
    added_at = models.DateTimeField()
    segment_id = models.IntegerField()
    manual = models.SmallIntegerField(choices=Origin.choices, default=Origin.FILTER)

    class Meta:
        db_table = "member"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["contact_id", "segment_id"], name="member_of", include=["manual"])
        ]

    def __str__(self) -> str:
        return f"{self.segment_id}/{self.contact_id}"


class MemberDelta(models.Model):
    """How many members a batch added or took: summed with the count, folded into it later."""

    segment_id = models.IntegerField()
    delta = models.IntegerField()

    class Meta:
        db_table = "member_delta"

    def __str__(self) -> str:
        return f"{self.segment_id} {self.delta:+d}"


class Departure(models.Model):
    """That members went who left by no event: merged into `contact_id`, or forgotten (null)."""

    segment_id = models.IntegerField()
    contact_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    members = models.IntegerField()

    class Meta:
        db_table = "segment_departure"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["segment_id", "at"], name="segment_departure_of"),
            models.Index(
                fields=["contact_id"],
                name="segment_departure_into",
                condition=models.Q(contact_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.segment_id} {-self.members:+d}"


class Evaluated(models.Model):
    """That a contact was evaluated while its segment is being built: the build leaves it alone."""

    segment_id = models.IntegerField()
    contact_id = models.BigIntegerField()

    class Meta:
        db_table = "segment_evaluated"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["segment_id", "contact_id"], name="segment_evaluated_of")
        ]

    def __str__(self) -> str:
        return f"{self.segment_id}/{self.contact_id}"


def fold_counts() -> None:
    """Add what came since to the counts of the segments that nobody is editing."""
    with connection.cursor() as cursor:
        cursor.execute(FOLD)


FOLD = """
WITH free AS MATERIALIZED (
  SELECT id FROM segment WHERE id IN (SELECT segment_id FROM member_delta)
  ORDER BY id FOR NO KEY UPDATE SKIP LOCKED),
taken AS (DELETE FROM member_delta WHERE segment_id IN (SELECT id FROM free)
          RETURNING segment_id, delta)
UPDATE segment s SET member_count = member_count + t.total
FROM (SELECT segment_id, sum(delta) total FROM taken GROUP BY segment_id) t
WHERE s.id = t.segment_id"""
