"""A broadcast on its way: one row a run, and at most one open run an email."""

from typing import ClassVar

from django.db import models

from channels.models import Run
from emails.models.email import Email


class Send(Run):
    """One run of a broadcast of an email."""

    email = models.ForeignKey(Email, on_delete=models.CASCADE, related_name="sends")

    class Meta(Run.Meta):
        db_table = "email_run"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            Run.open_once("email", "email_run_open_once")
        ]
        indexes: ClassVar[list[models.Index]] = [Run.unfinished("email_run_unfinished")]

    def __str__(self) -> str:
        return f"{self.email_id}/{self.pk}"
