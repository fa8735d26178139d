"""How far time has been followed for what leads people in by time alone."""

from typing import ClassVar

from django.db import models

from campaigns.models.campaign import Campaign


class SourceClock(models.Model):
    """One timed source of a campaign: whoever's moment came until `through` has been let in.

    While a pass is under way, it goes until `until`: whom it found stands in `SourceDue`, and
    whoever has a number up to `after` is through; a worker that is killed loses nothing of it.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+")
    # Names the source by its settings (`campaigns.graph.timed.mark`).
    mark = models.CharField(max_length=32)
    through = models.DateTimeField()
    until = models.DateTimeField(null=True)
    after = models.BigIntegerField(default=0)
    # How often in a row its question could not be answered, and until when it is not asked again.
    failures = models.SmallIntegerField(default=0, db_default=0)
    retry_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "source_clock"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["campaign", "mark"], name="source_clock_once")
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}/{self.mark}"


class SourceDue(models.Model):
    """Whom a pass found, asked once: they enter some at a time, if it is still so then."""

    pk = models.CompositePrimaryKey("clock", "contact_id")
    # Unchecked: what is left of a clock that is gone is swept away by the job.
    clock = models.ForeignKey(
        SourceClock,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    contact_id = models.BigIntegerField()

    class Meta:
        db_table = "source_due"

    def __str__(self) -> str:
        return f"{self.clock_id}/{self.contact_id}"
