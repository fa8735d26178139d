"""Categories and labels, and what is filed under them: any kind of item that has a name."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower, Trim
from django.utils.translation import gettext_lazy as _

from kernel.shapes import Editable, Stamped


class Folder(Stamped, Editable):
    """A category, of which an item has one, or a label, of which it may have several."""

    class Sort(models.TextChoices):
        """What it is."""

        CATEGORY = "category", _("category")
        LABEL = "label", _("label")

    sort = models.CharField(_("type"), max_length=8, choices=Sort.choices)
    # The kind of item it is for (`email`, `segment`); empty: every kind.
    kind = models.CharField(_("for"), max_length=40, default="", blank=True)
    name = models.CharField(_("name"), max_length=60)
    name_key = models.GeneratedField(
        expression=Lower(Trim("name")), output_field=models.TextField(), db_persist=True
    )
    colour = models.PositiveSmallIntegerField(_("colour"), default=1)

    class Meta:
        db_table = "folder"
        verbose_name = _("category or label")
        verbose_name_plural = _("categories and labels")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["sort", "kind", "name_key"], name="folder_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class Filing(models.Model):
    """That an item is filed under a category or label."""

    pk = models.CompositePrimaryKey("kind", "object_id", "folder")
    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    folder = models.ForeignKey(Folder, on_delete=models.CASCADE, related_name="+")
    is_category = models.BooleanField()

    class Meta:
        db_table = "filing"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["kind", "object_id"],
                name="filing_one_category",
                condition=models.Q(is_category=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}: {self.folder_id}"
