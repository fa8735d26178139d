"""The figures on the canvas: appended as differences, folded each second.

One row a node stands for lists and the canvas; those by version, and by day, for whoever chooses.
"""

from django.db import models
from django.db.models.functions import Now, TruncDate

from campaigns.models.campaign import CampaignNode


class Figures(models.Model):
    """Figures of a node. Of `start`: waiting = on the way, done = visits, yes = contacts."""

    waiting = models.IntegerField(db_default=0)
    done = models.IntegerField(db_default=0)
    yes = models.IntegerField(db_default=0)
    no = models.IntegerField(db_default=0)
    not_measurable = models.IntegerField(db_default=0)
    failed = models.IntegerField(db_default=0)
    # Whoever arrived, whatever became of them; those skipped; how often somebody was parked.
    came = models.IntegerField(db_default=0)
    skipped = models.IntegerField(db_default=0)
    failures = models.IntegerField(db_default=0)

    class Meta:
        abstract = True


class Placed(Figures):
    """Figures of the ways that began in one version; 0: of nobody knows which."""

    version_id = models.BigIntegerField(db_default=0)
    # 0: of all; n: those alone who took the n-th branch of a split, as `done`.
    branch = models.SmallIntegerField(db_default=0)

    class Meta:
        abstract = True


class NodeDelta(Placed):
    """What one transaction added."""

    node = models.ForeignKey(
        CampaignNode,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    # In the workspace's zone, as it was then.
    day = models.DateField(db_default=TruncDate(Now()))

    class Meta:
        db_table = "node_delta"

    def __str__(self) -> str:
        return f"{self.node_id}/{self.pk}"


class NodeDay(Placed):
    """What happened on a day, in this order: of a time, its days alone are read.

    Summed over all days, `waiting` and `failed` say who stands there now.
    """

    pk = models.CompositePrimaryKey("node", "day", "version_id", "branch")
    node = models.ForeignKey(
        CampaignNode,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    day = models.DateField()

    class Meta:
        db_table = "node_day"

    def __str__(self) -> str:
        return f"{self.node_id}/{self.version_id}/{self.day}"


class NodeVersion(Placed):
    """What stands so far, by version: however long a campaign runs, as many rows."""

    pk = models.CompositePrimaryKey("node", "branch", "version_id")
    node = models.ForeignKey(
        CampaignNode,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )

    class Meta:
        db_table = "node_version"

    def __str__(self) -> str:
        return f"{self.node_id}/{self.version_id}"


class NodeCount(Figures):
    """What stands so far."""

    node = models.OneToOneField(
        CampaignNode,
        primary_key=True,
        on_delete=models.CASCADE,
        db_constraint=False,
        related_name="+",
    )

    class Meta:
        db_table = "node_count"

    def __str__(self) -> str:
        return str(self.node_id)
