"""Connections to other systems, who is known there under which id, and what goes there."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel import clock
from kernel.models import Editable, Owned, Stamped


class Standing(models.Manager["Connection"]):
    """Those that are not being deleted."""

    def get_queryset(self) -> models.QuerySet["Connection"]:
        """Leave out what only waits for its pushes to be deleted."""
        return super().get_queryset().filter(deleted_at=None)


class Connection(Stamped, Owned, Editable):
    """Another system, how it is reached, and what of a contact goes into which of its fields."""

    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True, default="")
    connector = models.CharField(_("kind of system"), max_length=80)
    settings = models.JSONField(_("settings"), default=dict, blank=True)
    # By the name of the setting; sealed, and shown to nobody.
    secrets = models.JSONField(default=dict, editable=False)
    secrets_at = models.DateTimeField(null=True, editable=False)
    # Lines in their order: `{"remote", "source", "text", "empty"}` (services/mapping.py).
    mapping = models.JSONField(_("mapping"), default=list, blank=True)
    # The source by whose value a record is looked for there.
    match = models.CharField(_("found by"), max_length=100, default="contact.email")
    active = models.BooleanField(_("active"), default=False)
    # Objects it names, as `kind:id`.
    uses = ArrayField(models.TextField(), default=list, editable=False)
    # What the other system said it has, as it was last asked: `{"name", "label", "sample"}`.
    remote_fields = models.JSONField(default=list, editable=False)
    # How it goes: failures in a row, until when nothing is tried, and why somebody was told.
    failures = models.PositiveIntegerField(default=0, editable=False)
    paused_until = models.DateTimeField(null=True, editable=False)
    trouble = models.TextField(default="", editable=False)
    # How often in a row it asked to be called later, and since when it said nothing else.
    deferrals = models.PositiveIntegerField(default=0, editable=False)
    deferred_since = models.DateTimeField(null=True, editable=False)
    # Raised when ids mean something else: another server, or another kind of it. Links, doubts and
    # answers of older ones do not count.
    epoch = models.PositiveIntegerField(default=1, editable=False)
    # From then on it is gone for everybody; a job deletes what hangs on it, and then the row.
    deleted_at = models.DateTimeField(null=True, editable=False)

    objects = Standing()
    every: ClassVar[models.Manager["Connection"]] = models.Manager()

    class Meta:
        db_table = "integration_connection"
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        indexes: ClassVar[list[models.Index]] = [GinIndex(fields=["uses"], name="integration_uses")]

    def __str__(self) -> str:
        return self.name


class Link(models.Model):
    """Under which id a contact is known in another system; no foreign key to the contact."""

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    contact_id = models.BigIntegerField(db_index=True)
    remote_id = models.TextField()
    # That of the connection when it was written: ids of older ones are another system's.
    epoch = models.PositiveIntegerField(default=1)
    # A record of somebody who was merged into this contact: it is changed no more.
    former = models.BooleanField(default=False)
    pushed_at = models.DateTimeField()

    class Meta:
        db_table = "integration_link"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["connection", "epoch", "contact_id"],
                name="integration_link_once",
                condition=models.Q(former=False),
            ),
            models.UniqueConstraint(
                fields=["connection", "epoch", "remote_id"],
                name="integration_link_holder",
                condition=models.Q(former=False),
            ),
            models.UniqueConstraint(
                fields=["connection", "epoch", "contact_id", "remote_id"],
                name="integration_link_each",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.connection_id}/{self.contact_id}"


class PushState(models.IntegerChoices):
    """How far a push has come."""

    QUEUED = 0, _("waiting")
    SENT = 1, _("sent")
    FAILED = 2, _("failed")
    UNCERTAIN = 3, _("uncertain")
    MERGED = 4, pgettext_lazy("push", "merged")


OPEN = (PushState.QUEUED, PushState.UNCERTAIN)


class Push(models.Model):
    """That a contact is to stand in another system as they are; at most one open a contact.

    Whoever asks meanwhile is counted (`asked`), and what was under way then goes once more. An
    uncertain one without a time waits for a person.
    """

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    contact_id = models.BigIntegerField(db_index=True)
    state = models.SmallIntegerField(choices=PushState.choices, default=PushState.QUEUED)
    # The same as the runner's: `step:VISIT:NODE:PASS`, `hand:USER` …
    cause = models.CharField(max_length=200, default="")
    asked = models.PositiveIntegerField(default=1)
    attempts = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    # Held by a worker until then; what it writes is taken from whoever has the fence.
    lease_until = models.DateTimeField(null=True)
    fence = models.IntegerField(default=0)
    # A record may have been made there, in that epoch, and nobody knows: true while a worker that
    # could make one holds it, and until one is known or an answer says that there is none.
    making = models.BooleanField(default=False)
    epoch = models.PositiveIntegerField(default=1)
    # The fence under which the making began: whoever tries again without an answer says the same.
    began = models.IntegerField(default=0)
    # By what it may have been made since: pairs of a match value and its field there.
    sought = models.JSONField(default=list)
    # Those of one call hold the id of its first.
    call = models.BigIntegerField(null=True)
    # When it was first postponed by the other system, since it was asked for.
    tried_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)
    # The contact's, as it went out.
    version = models.PositiveIntegerField(null=True)
    problem = models.TextField(default="")
    answer = models.TextField(default="")
    # It failed, and was tried again from the log.
    repeated = models.BooleanField(default=False)

    class Meta:
        db_table = "integration_push"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["connection", "-id"], name="integration_push_log"),
            # The log narrowed to one state, of which there may be few among many.
            models.Index(fields=["connection", "state", "-id"], name="integration_push_states"),
            models.Index(
                fields=["connection", "-id"],
                name="integration_push_trouble",
                # Without what was tried again: whoever goes on would pass over all of it.
                condition=models.Q(state__in=[2, 3], repeated=False),
            ),
            models.Index(
                # By the id too: those that were asked for together share one moment.
                fields=["connection", "due_at", "id"],
                name="integration_push_due",
                condition=models.Q(state__in=[0, 3]),
            ),
            models.Index(
                fields=["lease_until"],
                name="integration_push_held",
                condition=models.Q(lease_until__isnull=False),
            ),
            models.Index(
                fields=["finished_at"],
                name="integration_push_age",
                condition=models.Q(finished_at__isnull=False),
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["connection", "contact_id"],
                name="integration_push_open",
                condition=models.Q(state__in=[0, 3]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.connection_id}/{self.contact_id}"
