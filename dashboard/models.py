"""Figures by day, counted once instead of at every look; and what belongs to the sample."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class DayFigure(models.Model):
    """How much happened on one day of the workspace: mails and clicks by the email's owner."""

    pk = models.CompositePrimaryKey("day", "what", "owner_id")
    day = models.DateField()
    what = models.CharField(max_length=20)
    # 0: nobody's.
    owner_id = models.BigIntegerField(default=0)
    number = models.BigIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        db_table = "day_figure"

    def __str__(self) -> str:
        return f"{self.day} {self.what} {self.number}"


class Sample(models.Model):
    """The rows of one kind that the sample data brought, so that all of it can go again."""

    kind = models.CharField(primary_key=True, max_length=20)
    numbers = ArrayField(models.BigIntegerField(), default=list)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "sample"

    def __str__(self) -> str:
        return self.kind
