"""Clicks that look suspicious: kept apart for some seconds, until a second sign had its chance."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class HeldClick(models.Model):
    """A click that drives nothing before `due_at`."""

    delivery_id = models.BigIntegerField()
    link = models.IntegerField()
    url = models.TextField()
    at = models.DateTimeField()
    signs = ArrayField(models.CharField(max_length=40))
    # What the browser told of its device.
    told = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    due_at = models.DateTimeField()

    class Meta:
        db_table = "held_click"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], name="held_click_due"),
            models.Index(fields=["delivery_id"], name="held_click_delivery"),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id}/{self.link}"
