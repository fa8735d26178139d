"""The figures on the canvas: appended as differences, folded into one row a node each second."""

from django.db import models

from campaigns.models.campaign import CampaignNode


class Figures(models.Model):
    """Figures of a node. Of `start`: waiting = on the way, done = visits, yes = contacts."""

    waiting = models.IntegerField(db_default=0)
    done = models.IntegerField(db_default=0)
    yes = models.IntegerField(db_default=0)
    no = models.IntegerField(db_default=0)
    not_measurable = models.IntegerField(db_default=0)
    failed = models.IntegerField(db_default=0)

    class Meta:
        abstract = True


class NodeDelta(Figures):
    """What one transaction added."""

    node = models.ForeignKey(
        CampaignNode,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )

    class Meta:
        db_table = "node_delta"

    def __str__(self) -> str:
        return f"{self.node_id}/{self.pk}"


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
