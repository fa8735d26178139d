"""A broadcast on its way: one row a run, and at most one open run a text."""

from typing import ClassVar

from django.db import models

from channels.models import Run
from sms.models.text import Text


class TextRun(Run):
    """One run of a broadcast of a text."""

    sms = models.ForeignKey(Text, on_delete=models.CASCADE, related_name="runs")

    class Meta(Run.Meta):
        db_table = "sms_run"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            Run.open_once("sms", "sms_run_open_once")
        ]
        indexes: ClassVar[list[models.Index]] = [Run.unfinished("sms_run_unfinished")]

    def __str__(self) -> str:
        return f"{self.sms_id}/{self.pk}"
