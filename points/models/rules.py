"""Rules: what people do gives or takes points; and what each event was given."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.models import Editable, Owned, Stamped
from points.models.scores import PointGroup

LARGEST = 1_000_000
LONGEST = 3_650  # days


class PointRule(Stamped, Owned, Editable):
    """So many points for an event of a kind, how often, for whom, and until when."""

    class Repeat(models.TextChoices):
        """How often one person gets them."""

        ALWAYS = "always", _("every time")
        SUBJECT = "subject", _("once for each item, such as an email")
        CONTACT = "contact", _("once in all")

    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True, default="")
    event = models.CharField(_("what happens"), max_length=80)
    # What must be true of the event, as in a filter on behaviour.
    where = models.JSONField(_("conditions"), default=dict, blank=True)
    delta = models.IntegerField(
        _("points"), validators=[MinValueValidator(-LARGEST), MaxValueValidator(LARGEST)]
    )
    # None is the total.
    group = models.ForeignKey(
        PointGroup,
        verbose_name=_("group"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    repeat = models.CharField(
        _("how often"), max_length=8, choices=Repeat.choices, default=Repeat.ALWAYS
    )
    # What came before, of the same person, is only counted.
    nth = models.PositiveIntegerField(
        _("from which time on"), default=1, validators=[MinValueValidator(1)]
    )
    most_a_day = models.PositiveIntegerField(
        _("at most so many points a day"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    most = models.PositiveIntegerField(
        _("at most so many points in all"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    # Whom it is for; None is everybody.
    filter = models.JSONField(_("for whom"), null=True, blank=True)
    expire_days = models.PositiveIntegerField(
        _("points expire after so many days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST)],
    )
    active = models.BooleanField(_("active"), default=True)
    active_from = models.DateTimeField(_("from"), null=True, blank=True)
    active_until = models.DateTimeField(_("until"), null=True, blank=True)
    # Why it is put aside, until somebody saves it again; empty: it works.
    problem = models.TextField(_("problem"), blank=True, default="", editable=False)
    # Objects it names, as `kind:id`.
    uses = ArrayField(models.TextField(), default=list, editable=False)

    class Meta:
        db_table = "point_rule"
        verbose_name = _("point rule")
        verbose_name_plural = _("point rules")
        indexes: ClassVar[list[models.Index]] = [GinIndex(fields=["uses"], name="point_rule_uses")]

    def __str__(self) -> str:
        return self.name

    @property
    def counts(self) -> bool:
        """Say whether what came before decides, so that every event is noted."""
        limits = (self.most_a_day, self.most)
        return self.nth > 1 or self.repeat != self.Repeat.ALWAYS or any(limits)


class Award(models.Model):
    """That an event was seen by a rule, and what it gave: the proof of once.

    0 points: it was seen and only counts. The row outlives its rule, so that points still expire.
    """

    pk = models.CompositePrimaryKey("rule_id", "event_id")
    rule_id = models.BigIntegerField()
    event_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    # Where they were given: a rule may be told to give elsewhere later.
    group_id = models.BigIntegerField(null=True)
    subject_id = models.BigIntegerField(null=True)
    occurred_at = models.DateTimeField()
    points = models.IntegerField()
    # When they are taken back, and when they were.
    expires_at = models.DateTimeField(null=True)
    expired_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "point_award"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["contact_id", "rule_id"], name="point_award_of"),
            models.Index(fields=["occurred_at"], name="point_award_by_age"),
            models.Index(
                fields=["expires_at"],
                name="point_award_due",
                condition=models.Q(expires_at__isnull=False, expired_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id}/{self.event_id}: {self.points:+d}"


class Tally(models.Model):
    """What rows of the journal came to that grew old: by rule, person, score and item."""

    rule_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    group_id = models.BigIntegerField(null=True)
    # Of rules that give once for each item alone.
    subject_id = models.BigIntegerField(null=True)
    # How many events were seen, and how many of them gave or took anything.
    seen = models.PositiveIntegerField()
    times = models.PositiveIntegerField()
    # What they gave, whatever its sign in `given`; of it, what has expired.
    points = models.BigIntegerField()
    given = models.BigIntegerField()
    expired = models.BigIntegerField()

    class Meta:
        db_table = "point_tally"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["contact_id", "rule_id", "group_id", "subject_id"],
                nulls_distinct=False,
                name="point_tally_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule_id}/{self.contact_id}: {self.points:+d}"
