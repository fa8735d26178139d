"""Stages, in the order people go through them."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from kernel.models import Editable, Owned, Stamped


class Stage(Stamped, Owned, Editable):
    """How far somebody has come: lead, customer, ambassador."""

    name = models.CharField(_("name"), max_length=80)
    description = models.TextField(_("description"), blank=True, default="")
    # Smaller comes first.
    weight = models.PositiveIntegerField(_("place in the order"), default=0)

    class Meta:
        db_table = "stage"
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                Lower("name"),
                name="stage_name_once",
                violation_error_message=_("There is a stage of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name
