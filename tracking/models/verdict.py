"""Why an event was judged as it was, and what it was taken for before."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class EventVerdict(models.Model):
    """One judgement of one event; the latest is in force, and stands on the event too.

    A first judgement without any sign has no row: it is a human's, for no reason.
    """

    event_id = models.BigIntegerField()
    verdict = models.SmallIntegerField()
    # What it was taken for until then; null for the first judgement.
    was = models.SmallIntegerField(null=True)
    reasons = ArrayField(models.CharField(max_length=40))
    judged_at = models.DateTimeField()

    class Meta:
        db_table = "event_verdict"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["event_id", "id"], name="event_verdict_event")
        ]

    def __str__(self) -> str:
        return f"{self.event_id}: {self.verdict}"
