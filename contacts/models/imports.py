"""Imports of files: their settings, where they stand, and the rows they refused."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.models import Owned, Stamped


class Import(Stamped, Owned):
    """A file of contacts on its way in. The file's bytes live in the data folder's media."""

    class State(models.TextChoices):
        """Where the import stands."""

        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    name = models.CharField(_("file name"), max_length=255)
    file = models.FileField(_("file"), upload_to="imports/%Y/%m")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    # mapping, match, mode, segment, tags, empty_clears, opt_in, encoding, separator …
    options = models.JSONField(default=dict)
    error = models.TextField(default="", blank=True)
    job_id = models.BigIntegerField(null=True)
    # Rows read so far: where a resumed import goes on.
    read = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "import"
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return self.name


class ImportReject(models.Model):
    """A row that was refused, as it stood in the file, with the reason."""

    pk = models.CompositePrimaryKey("import_id", "line")
    import_id = models.BigIntegerField()
    # Number of the record in the file; the header is 1.
    line = models.PositiveIntegerField()
    cells = models.JSONField()
    field = models.TextField(default="")
    reason = models.TextField()

    class Meta:
        db_table = "import_reject"

    def __str__(self) -> str:
        return f"{self.import_id}:{self.line}"
