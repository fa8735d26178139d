"""Triggers: what is done for whoever reaches so many points, once; and for whom it was."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.models import Editable, Owned, Stamped
from points.models.scores import PointGroup


class PointTrigger(Stamped, Owned, Editable):
    """A threshold of the total, or of a group's score, and what happens there."""

    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True, default="")
    threshold = models.IntegerField(_("from so many points"))
    # None is the total.
    group = models.ForeignKey(
        PointGroup,
        verbose_name=_("group"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    colour = models.PositiveSmallIntegerField(_("colour"), default=1)
    active = models.BooleanField(_("active"), default=True)
    # In their order: `{"id", "key", "config"}`; the id is never given twice, so that *once* stays.
    actions = models.JSONField(_("actions"), default=list, blank=True)
    last_action = models.PositiveIntegerField(default=0, editable=False)
    # Objects it names, as `kind:id`.
    uses = ArrayField(models.TextField(), default=list, editable=False)

    class Meta:
        db_table = "point_trigger"
        verbose_name = _("point trigger")
        verbose_name_plural = _("point triggers")
        indexes: ClassVar[list[models.Index]] = [
            GinIndex(fields=["uses"], name="point_trigger_uses")
        ]

    def __str__(self) -> str:
        return self.name


class Firing(models.Model):
    """That a trigger fired for a contact: once, whoever finds it first."""

    pk = models.CompositePrimaryKey("trigger", "contact_id")
    trigger = models.ForeignKey(
        PointTrigger, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    contact_id = models.BigIntegerField()
    fired_at = models.DateTimeField()
    # When its actions were through; what they could not do stands beside it.
    done_at = models.DateTimeField(null=True)
    problem = models.TextField(default="", blank=True)

    class Meta:
        db_table = "point_firing"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["contact_id"], name="point_firing_of"),
            models.Index(fields=["trigger", "-fired_at"], name="point_firing_latest"),
            models.Index(
                fields=["trigger", "contact_id"],
                name="point_firing_open",
                condition=models.Q(done_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trigger_id}/{self.contact_id}"
