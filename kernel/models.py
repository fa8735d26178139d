"""The tables of events, work, actions and settings."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.folders import Filing as Filing
from kernel.folders import Folder as Folder
from kernel.shapes import Editable as Editable
from kernel.shapes import Owned as Owned
from kernel.shapes import Stamped as Stamped


class EventKind(models.Model):
    """The small number under which events of a type are stored."""

    id = models.SmallAutoField(primary_key=True)
    key = models.CharField(max_length=80, unique=True)

    class Meta:
        db_table = "event_type"

    def __str__(self) -> str:
        return self.key


class Event(models.Model):
    """Something that happened to a contact; partitioned by retention class and month.

    The table is made by hand-written SQL: key (id, occurred_at, retention). Every query passes a
    bound on `occurred_at`, or it probes all partitions.
    """

    class Verdict(models.IntegerChoices):
        """How sure we are that a human did it."""

        HUMAN = 1, _("human")
        LIKELY = 2, _("likely human")
        MACHINE = 3, _("machine")

    id = models.BigAutoField(primary_key=True)
    retention = models.SmallIntegerField()
    contact_id = models.BigIntegerField()
    type_id = models.SmallIntegerField()
    subject_id = models.BigIntegerField(null=True)
    occurred_at = models.DateTimeField()
    verdict = models.SmallIntegerField(null=True)
    data = models.JSONField(null=True)

    class Meta:
        managed = False
        db_table = "event"

    def __str__(self) -> str:
        return f"{self.type_id}/{self.id}"


class ContactActivity(models.Model):
    """First, last and number of a contact's events of one type: survives retention."""

    pk = models.CompositePrimaryKey("contact_id", "type_id")
    contact_id = models.BigIntegerField()
    type_id = models.SmallIntegerField()
    count = models.PositiveIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "contact_activity"

    def __str__(self) -> str:
        return f"{self.contact_id}/{self.type_id}"


class ActionDone(models.Model):
    """Proof that an action was carried out for a contact and a cause: once, whatever crashes."""

    pk = models.CompositePrimaryKey("cause", "contact_id")
    cause = models.CharField(max_length=120)
    contact_id = models.BigIntegerField()
    done_at = models.DateTimeField()
    outcome = models.CharField(max_length=200, default="done")

    class Meta:
        db_table = "action_done"

    def __str__(self) -> str:
        return f"{self.cause}/{self.contact_id}"


class JobRun(models.Model):
    """One tick of a scheduled job: its uniqueness decides that a tick happens once."""

    job = models.CharField(max_length=80)
    tick = models.DateTimeField()
    started_at = models.DateTimeField()

    class Meta:
        db_table = "job_run"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["job", "tick"], name="job_run_once")
        ]

    def __str__(self) -> str:
        return f"{self.job} {self.tick}"


class Job(models.Model):
    """Work that takes time: claimed by lease, kept alive by progress, resumed after a crash."""

    class State(models.TextChoices):
        """Where the work stands."""

        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    kind = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    args = models.JSONField(default=dict)
    progress = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(default="", blank=True)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)
    # How far it was some seconds ago and before that, so that its pace can be told.
    marks = models.JSONField(default=list)
    created_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        db_table = "job"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at"],
                name="job_open",
                condition=models.Q(state__in=["queued", "running"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class ClientEvent(models.Model):
    """An event id a client has used: the same id within 30 days is not recorded again."""

    pk = models.CompositePrimaryKey("source", "client_id")
    source = models.CharField(max_length=40)
    client_id = models.CharField(max_length=200)
    event_id = models.BigIntegerField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "client_event"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["recorded_at"], name="client_event_age")
        ]

    def __str__(self) -> str:
        return self.client_id


class ParkedChange(models.Model):
    """A change set no subscriber could digest: kept with its error instead of blocking the lane."""

    row = models.JSONField()
    subscriber = models.CharField(max_length=80)
    error = models.TextField()
    parked_at = models.DateTimeField()
    contacts = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        db_table = "parked_change"

    def __str__(self) -> str:
        return f"{self.subscriber} {self.pk}"


class Preference(models.Model):
    """A workspace setting that was changed from its default."""

    key = models.CharField(primary_key=True, max_length=80)
    value = models.JSONField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "preference"

    def __str__(self) -> str:
        return self.key


class RetentionRun(models.Model):
    """Proof that things past their time were forgotten, or counted."""

    key = models.CharField(max_length=80)
    at = models.DateTimeField()
    # Only counted: nothing was changed.
    dry = models.BooleanField(default=False)
    before = models.DateTimeField()
    rows = models.BigIntegerField(default=0)
    seconds = models.FloatField(default=0)

    class Meta:
        db_table = "retention_run"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["key", "-at"], name="retention_run_latest")
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.rows}"

    @property
    def days(self) -> int:
        """Return after how many days they were past their time."""
        return (self.at - self.before).days
