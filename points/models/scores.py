"""Groups of points: scores of their own beside the total, such as one for each product."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from kernel.models import Editable, Owned, Stamped


class PointGroup(Stamped, Owned, Editable):
    """A score of its own: what is given to it does not count in the total."""

    name = models.CharField(_("name"), max_length=80)
    description = models.TextField(_("description"), blank=True, default="")

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
