"""Runs of the activity rank, and what is still to be written of the one under way."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class RankRun(models.Model):
    """Everybody's activity, measured once: by which settings, when, and with what result."""

    at = models.DateTimeField()
    # The window begins here and ends at that instant.
    since = models.DateTimeField()
    settings = models.JSONField()
    # The least score of the ranks 1 to 10; none where nobody has that rank, for equals share one.
    bounds = ArrayField(models.BigIntegerField(null=True), size=10)
    # How many have the ranks 1 to 10.
    spread = ArrayField(models.PositiveIntegerField(), size=10)
    inactive = models.PositiveIntegerField()
    unmeasurable = models.PositiveIntegerField()
    # Whose rank is another than before.
    changed = models.PositiveIntegerField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "rank_run"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["at"], name="rank_run_at")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"

    @property
    def active(self) -> int:
        """How many were active."""
        return sum(self.spread)

    @property
    def most(self) -> int:
        """How many have the rank that most have, for drawing."""
        return max(self.inactive, *self.spread, 1)


class RankDifference(models.Model):
    """A rank that was measured and is still to be written."""

    contact_id = models.BigIntegerField(primary_key=True)
    rank = models.SmallIntegerField(null=True)

    class Meta:
        db_table = "rank_difference"

    def __str__(self) -> str:
        return f"{self.contact_id}: {self.rank}"
