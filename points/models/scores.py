"""Groups of points: scores of their own beside the total, such as one for each product."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from kernel.models import Editable, Owned, Stamped

LARGEST = 1_000_000
LONGEST = 3_650  # days
WHOLE = 100
BEYOND = _("Nobody loses more than 100 percent.")


class PointGroup(Stamped, Owned, Editable):
    """A score of its own: what is given to it does not count in the total."""

    class Unit(models.TextChoices):
        """In what a score fades."""

        POINTS = "points", _("points")
        PERCENT = "percent", _("percent of the score")

    name = models.CharField(_("name"), max_length=80)
    description = models.TextField(_("description"), blank=True, default="")
    # Lost each time nothing scored for so many days, down to the floor; 0 days: never.
    decay_days = models.PositiveIntegerField(
        _("fades after so many days without activity"),
        default=0,
        validators=[MaxValueValidator(LONGEST)],
    )
    decay_loss = models.PositiveIntegerField(
        _("loses each time"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(LARGEST)],
    )
    decay_unit = models.CharField(_("in"), max_length=8, choices=Unit.choices, default=Unit.POINTS)
    decay_floor = models.PositiveIntegerField(
        _("never below"), default=0, validators=[MaxValueValidator(LARGEST)]
    )

    class Meta:
        db_table = "point_group"
        verbose_name = _("point group")
        verbose_name_plural = _("point groups")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                Lower("name"),
                name="point_group_name_once",
                violation_error_message=_("There is a point group of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse to take more than there is."""
        if self.decay_unit == self.Unit.PERCENT and self.decay_loss > WHOLE:
            raise ValidationError({"decay_loss": ValidationError(BEYOND, "invalid")})


class Score(models.Model):
    """How many points a contact has in a group; who never got any has no row."""

    pk = models.CompositePrimaryKey("group", "contact_id")
    group = models.ForeignKey(
        PointGroup, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    contact_id = models.BigIntegerField()
    points = models.IntegerField(default=0)

    class Meta:
        db_table = "point_score"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["contact_id"], name="point_score_of"),
            models.Index(fields=["group", "points"], name="point_score_by_points"),
        ]

    def __str__(self) -> str:
        return f"{self.group_id}/{self.contact_id}: {self.points}"


class Idle(models.Model):
    """Since when nothing scored for somebody, in a score that fades; and what they lost by it."""

    pk = models.CompositePrimaryKey("group_id", "contact_id")
    # 0 is the total.
    group_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    # The last that scored, or the last loss; None while there is nothing to lose.
    since = models.DateTimeField(null=True)
    # After how many days the score faded then: with others time begins anew.
    days = models.PositiveIntegerField(default=0)
    # And how much of it expired or was taken back later, of which nothing was taken again.
    lost = models.BigIntegerField(default=0)
    settled = models.BigIntegerField(default=0)

    class Meta:
        db_table = "point_idle"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["contact_id"], name="point_idle_of")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(settled__lte=models.F("lost")), name="point_idle_settled"
            )
        ]

    def __str__(self) -> str:
        return f"{self.group_id}/{self.contact_id}"
