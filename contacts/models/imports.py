"""Imports of files: their settings, where they stand, whom they touched, what they refused."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.models import Owned, Stamped


class Import(Stamped, Owned):
    """A file of contacts on its way in. Its bytes lie in the data folder until it is finished.

    A draft waits for its owner to say how it is to be taken; nobody else sees it.
    """

    class State(models.TextChoices):
        """Where the import stands."""

        DRAFT = "draft", _("draft")
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")

    name = models.CharField(_("file name"), max_length=255)
    # The name of ours under which the file is stored; empty once it is gone.
    file = models.CharField(max_length=100, default="", blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    # What was asked for: mapping, match, mode, segment, tags, empty_clears, opt_in …
    options = models.JSONField(default=dict)
    # What was settled from it and from a look at the file: how it is read, column by column.
    plan = models.JSONField(default=dict)
    # Rows there are at most, as far as one look could tell; 0 = unknown.
    expected = models.PositiveIntegerField(default=0)
    error = models.TextField(default="", blank=True)
    job_id = models.BigIntegerField(null=True)
    # The import whose refused rows these are, mended; its settings were taken over.
    mends = models.BigIntegerField(null=True)
    # Rows read so far: where a resumed import goes on.
    read = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    # Rows that were written, though the stage, points or segment they ask for was not given.
    unplaced = models.PositiveIntegerField(default=0, db_default=0)
    # People whose unsubscribe was lifted, for the file says that they asked again.
    reopened = models.PositiveIntegerField(default=0, db_default=0)
    # Rows passed over, for their people were erased after the file came.
    erased = models.PositiveIntegerField(default=0, db_default=0)
    # Once it is undone: how many of those it created were forgotten, how many stay.
    undone = models.PositiveIntegerField(null=True)
    kept = models.PositiveIntegerField(null=True)
    # Of those: how many for which reason (`services.imports.undo`).
    kept_for = models.JSONField(default=dict, db_default={})
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "import"
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return self.name


class ImportReject(models.Model):
    """A row that was refused, or written and not placed, as it stood in the file; and why."""

    pk = models.CompositePrimaryKey("import_id", "line")
    import_id = models.BigIntegerField()
    # Number of the record in the file; the header is 1.
    line = models.PositiveIntegerField()
    cells = models.JSONField()
    field = models.TextField(default="")
    # Each with column, code, text as in the source, and values: said when somebody reads it.
    reasons = models.JSONField(default=list)
    # Whether it was not refused: what stands beside its values was not done.
    written = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "import_reject"

    def __str__(self) -> str:
        return f"{self.import_id}:{self.line}"


class What(models.IntegerChoices):
    """The strongest thing that an import did to somebody or something."""

    CREATED = 1, _("added")
    UPDATED = 2, _("updated")
    UNCHANGED = 3, _("unchanged")


class ImportCompany(models.Model):
    """That an import met a company, and what it did to it first."""

    pk = models.CompositePrimaryKey("import_id", "company_id")
    import_id = models.BigIntegerField()
    company_id = models.BigIntegerField()
    what = models.SmallIntegerField(choices=What.choices)
    # When it last wrote values: what changed later was changed by somebody else.
    written_at = models.DateTimeField(null=True)
    # Whether a row changed it that was there already, be it by an earlier row of the same file.
    changed = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "import_company"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["company_id"], name="import_company_company")
        ]

    def __str__(self) -> str:
        return f"{self.import_id}:{self.company_id}"


class ImportContact(models.Model):
    """That an import met a contact, and what it did to it first."""

    pk = models.CompositePrimaryKey("import_id", "contact_id")
    import_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    what = models.SmallIntegerField(choices=What.choices)
    # When it last wrote values: who changed later was changed by somebody else.
    written_at = models.DateTimeField(null=True)
    # Whether a row changed who was known already, be it by an earlier row of the same file.
    changed = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "import_contact"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["contact_id"], name="import_contact_contact")
        ]

    def __str__(self) -> str:
        return f"{self.import_id}:{self.contact_id}"
