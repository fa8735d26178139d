"""How far time has been followed for what leads people in by time alone."""

from typing import ClassVar

from django.db import models

from campaigns.models.campaign import Campaign


class SourceClock(models.Model):
    """One timed source of a campaign: whoever's moment came until `through` has been let in.

    While a pass is under way, it goes until `until`, and whoever has a number up to `after` is
    through; a worker that is killed loses nothing of it.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+")
    # Names the source by its settings (`campaigns.graph.timed.mark`).
    mark = models.CharField(max_length=32)
    through = models.DateTimeField()
    until = models.DateTimeField(null=True)
    after = models.BigIntegerField(default=0)

    class Meta:
        db_table = "source_clock"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["campaign", "mark"], name="source_clock_once")
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}/{self.mark}"
