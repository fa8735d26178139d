"""Exports: what was asked for, how far it is, and the file until its day is over."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.models import Owned, Stamped


class Export(Stamped, Owned):
    """Rows on their way into a file that its owner alone may fetch, for a day."""

    class State(models.TextChoices):
        """Where the export stands."""

        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")
        EXPIRED = "expired", _("expired")

    class Format(models.TextChoices):
        """How the rows are written."""

        CSV = "csv", "CSV"
        XLSX = "xlsx", "XLSX"

    # The key of a source; it may be gone by now.
    source = models.CharField(max_length=80)
    format = models.CharField(max_length=4, choices=Format.choices, default=Format.CSV)
    # Which rows and columns; emptied with the file, for people write names into searches.
    chosen = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    # Written so far, and about how many there are; 0 = unknown.
    rows = models.PositiveIntegerField(default=0)
    expected = models.PositiveIntegerField(default=0)
    bytes = models.BigIntegerField(default=0)
    # The name of ours under which the file is stored; empty while there is none.
    file = models.CharField(max_length=100, default="", blank=True)
    error = models.TextField(default="", blank=True)
    job_id = models.BigIntegerField(null=True)
    # When the rows were read, and how many erasures of the moments before could be seen then.
    read_at = models.DateTimeField(null=True)
    erasures_seen = models.PositiveIntegerField(default=0)
    # Whose rows are in the file (`exports.forgotten`); None where that was not kept.
    people = models.BinaryField(null=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    downloads = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "export"
        verbose_name = _("export")
        verbose_name_plural = _("exports")

    def __str__(self) -> str:
        return f"{self.source} {self.pk}"
