"""Who is, or was, on the way through a campaign, and where.

Contact ids have no foreign keys: a check a row would cost more than the row.
"""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign, CampaignNode


class Source(models.IntegerChoices):
    """What led a contact in."""

    MANUAL = 0, _("by hand")
    SEGMENT = 1, _("segment")
    EVENT = 2, _("event")
    CAMPAIGN = 3, _("campaign")
    DATE = 4, _("date")
    INACTIVE = 5, _("inactivity")
    TRIGGER = 6, _("point trigger")


class LeftFor(models.IntegerChoices):
    """Why a visit ended."""

    DONE = 1, _("came to the end")
    EXIT = 2, _("reached an exit")
    GOAL = 3, _("reached the goal")
    SEGMENT = 4, _("left the segment")
    REMOVED = 5, _("taken out by hand")
    RESTARTED = 6, _("entered anew")
    STEP_GONE = 7, _("its step was removed")
    MERGED = 8, _("merged with another contact")
    ERASED = 9, _("forgotten")
    WITHHELD = 10, _("restricted, or objected to profiling")
    ENDED = 11, _("the campaign ended")


class Visit(models.Model):
    """A contact's n-th way through a campaign."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    contact_id = models.BigIntegerField()
    # The version in force at the entry.
    version_id = models.BigIntegerField()
    # Which numbers the nodes have it goes through: those of the version it goes on in.
    # Unchecked: a check would read every row there is when it is made.
    edition = models.SmallIntegerField(default=1, db_default=1)
    number = models.PositiveIntegerField()
    source = models.SmallIntegerField(choices=Source.choices)
    # What led in: a segment, a campaign; of a date the number of its day, of
    # inactivity the second of what was done last.
    source_id = models.BigIntegerField(null=True)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    reason = models.SmallIntegerField(choices=LeftFor.choices, null=True)

    class Meta:
        db_table = "visit"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["campaign", "contact_id", "number"], name="visit_once"),
            models.UniqueConstraint(
                fields=["contact_id", "campaign"],
                name="visit_active_once",
                condition=models.Q(left_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}/{self.contact_id}/{self.number}"


class StepState(models.IntegerChoices):
    """What a live position waits for."""

    DUE = 0, _("due")
    # Just arrived: a decision has still to look back, a wait to find its moment.
    REGISTERING = 1, _("registering")
    WAITING = 2, _("waiting")
    PARKED = 3, _("parked")


class Outcome(models.IntegerChoices):
    """How a step ended; a split's n-th branch is `BRANCH` + n."""

    DONE = 1, _("done")
    YES = 2, _("yes")
    NO = 3, _("no")
    NOT_MEASURABLE = 4, _("not measurable")
    SKIPPED = 5, _("skipped")
    BRANCH = 100, _("branch")


class Step(models.Model):
    """A live position: where a visit stands. Finished ones move to the log."""

    pk = models.CompositePrimaryKey("visit", "node", "number")
    visit = models.ForeignKey(
        Visit, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    contact_id = models.BigIntegerField()
    # When it may run; of a waiting decision, when it stops waiting (none: never).
    due_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField()
    # From when on a decision counts what happened.
    since = models.DateTimeField()
    # The event that led here, for tokens: the source's, or the last decision's.
    event_id = models.BigIntegerField(null=True)
    event_at = models.DateTimeField(null=True)
    node = models.ForeignKey(
        CampaignNode,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    # The pass: each jump raises it.
    number = models.SmallIntegerField(db_column="pass")
    state = models.SmallIntegerField(choices=StepState.choices)
    # The event type a decision waits for.
    wait_type = models.SmallIntegerField(null=True)
    outcome = models.SmallIntegerField(choices=Outcome.choices, null=True)
    attempts = models.SmallIntegerField(db_default=0)
    # How many reactions to reactions led here.
    depth = models.SmallIntegerField(db_default=0)
    error = models.TextField(null=True)

    class Meta:
        db_table = "step"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["node", "due_at", "visit"],
                name="step_due",
                condition=models.Q(state__in=[0, 2]),
            ),
            models.Index(fields=["node", "visit"], name="step_new", condition=models.Q(state=1)),
            models.Index(fields=["node", "visit"], name="step_parked", condition=models.Q(state=3)),
            models.Index(
                fields=["wait_type", "contact_id"],
                name="step_wait",
                condition=models.Q(state__in=[1, 2], wait_type__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id}/{self.node_id}/{self.number}"


class StepLog(models.Model):
    """A finished step: append-only, and its key is the proof that it ran once."""

    pk = models.CompositePrimaryKey("node", "visit", "number")
    node = models.ForeignKey(
        CampaignNode,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    visit = models.ForeignKey(
        Visit, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    number = models.SmallIntegerField(db_column="pass")
    outcome = models.SmallIntegerField(choices=Outcome.choices)
    contact_id = models.BigIntegerField()
    at = models.DateTimeField()
    reason = models.TextField(null=True)

    class Meta:
        db_table = "step_log"

    def __str__(self) -> str:
        return f"{self.node_id}/{self.visit_id}/{self.number}"
