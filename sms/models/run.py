"""A broadcast on its way: one row a run, and at most one open run a text."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.models import Owned
from sms.models.text import Text


class TextRun(Owned):
    """One run of a broadcast: its recipients are rows of the ledger with its id."""

    class State(models.TextChoices):
        """Where the run stands."""

        QUEUED = "queued", _("waiting")
        PREPARING = "preparing", _("preparing")
        SENDING = "sending", _("sending")
        PAUSED = "paused", _("paused")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")

    OPEN: ClassVar = [State.QUEUED, State.PREPARING, State.SENDING, State.PAUSED]

    sms = models.ForeignKey(Text, on_delete=models.CASCADE, related_name="runs")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    # What a paused run goes on with.
    paused_from = models.CharField(max_length=10, default="", blank=True)
    at = models.DateTimeField(_("at"))
    # Leave out whoever an earlier run of this text has reached.
    new_only = models.BooleanField(default=False)
    # The highest contact id whose row is written: where preparation goes on.
    prepared_to = models.BigIntegerField(default=0)
    # Figures by state and reason as of `counted_at`.
    counts = models.JSONField(default=dict)
    counted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sms_run"
        verbose_name = _("sending")
        verbose_name_plural = _("sendings")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # Two browsers, two API calls and a schedule start one run between them.
            models.UniqueConstraint(
                fields=["sms"],
                name="sms_run_open_once",
                condition=models.Q(state__in=["queued", "preparing", "sending", "paused"]),
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            # Whatever still has work to do, the cancelled ones with rows to close among them.
            models.Index(
                fields=["at"],
                name="sms_run_unfinished",
                condition=models.Q(finished_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.sms_id}/{self.pk}"
