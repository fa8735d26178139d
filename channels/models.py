"""The tables every channel has, each under names of its own: messages, versions, runs, a ledger."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.models import Editable, Owned, Stamped


class Message(Stamped, Owned, Editable):
    """A message: a broadcast to segments, or a template that campaigns and others send."""

    class Type(models.TextChoices):
        """How it is sent."""

        TEMPLATE = "template", _("automated")
        SEGMENT = "segment", _("broadcast")

    class Kind(models.TextChoices):
        """Under which permission it is sent."""

        MARKETING = "marketing", _("marketing")
        TRANSACTIONAL = "transactional", _("transactional")

    class State(models.TextChoices):
        """Whether it may be sent at all."""

        PUBLISHED = "published", _("published")
        UNPUBLISHED = "unpublished", _("unpublished")

    name = models.CharField(_("name"), max_length=200)
    type = models.CharField(_("type"), max_length=10, choices=Type.choices, default=Type.TEMPLATE)
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.choices, default=Kind.MARKETING)
    state = models.CharField(
        _("state"), max_length=12, choices=State.choices, default=State.PUBLISHED
    )
    language = models.CharField(_("language"), max_length=35, default="en")
    translation_of = models.ForeignKey(
        "self",
        verbose_name=_("translation of"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="translations",
    )
    # Figures as of `counted_at`, where the channel keeps any: lists show them of what is too large
    # to be counted now.
    counts = models.JSONField(default=dict, editable=False)
    counted_at = models.DateTimeField(null=True, editable=False)
    # Of each channel, with tables of their own: whom a broadcast goes to (members of any of the
    # first, of none of the second), and the version that is sent from now on.
    segments: Any
    excluded_segments: Any
    current: Any
    translation_of_id: int | None

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def is_transactional(self) -> bool:
        """Say whether it goes by its own permission, past unsubscribes and caps."""
        return self.kind == self.Kind.TRANSACTIONAL


class Version(models.Model):
    """What a message said at one time, compiled; immutable, so that the ledger can name it."""

    number = models.PositiveIntegerField()
    language = models.CharField(max_length=35)
    marketing = models.BooleanField()
    # `content.message.PreparedMessage`.
    prepared = models.JSONField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        abstract = True


class Run(Owned):
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

    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    # What a paused run goes on with.
    paused_from = models.CharField(max_length=10, default="", blank=True)
    at = models.DateTimeField(_("at"))
    # Leave out whoever an earlier run of this message has reached.
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
        abstract = True
        verbose_name = _("sending")
        verbose_name_plural = _("sendings")

    @staticmethod
    def open_once(message: str, name: str) -> models.BaseConstraint:
        """Two browsers, two API calls and a schedule start one run between them."""
        still_open = models.Q(state__in=["queued", "preparing", "sending", "paused"])
        return models.UniqueConstraint(fields=[message], name=name, condition=still_open)

    @staticmethod
    def unfinished(name: str) -> models.Index:
        """Whatever still has work to do, the cancelled ones with rows to close among them."""
        return models.Index(fields=["at"], name=name, condition=models.Q(finished_at__isnull=True))


class State(models.IntegerChoices):
    """Where a delivery stands; stored as a small number, since a run has millions."""

    QUEUED = 0, _("waiting")
    CLAIMED = 1, _("taken")
    SENDING = 2, _("sending")
    SENT = 3, _("sent")
    FAILED = 4, _("failed")
    UNCERTAIN = 5, _("uncertain")
    SKIPPED = 6, _("skipped")
    CANCELLED = 7, _("cancelled")


class Delivery(models.Model):
    """One message to one contact for one cause, whatever crashes or runs twice.

    Ids without foreign keys, as in every history; `run_id` 0 is no broadcast. Outcomes are
    written by id and fence, never by state: state changes faster than statistics.
    """

    run_id = models.BigIntegerField(default=0, db_default=0)
    contact_id = models.BigIntegerField()
    version_id = models.BigIntegerField(null=True)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    clicked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    fence = models.IntegerField(default=0, db_default=0)
    state = models.SmallIntegerField(choices=State.choices, default=State.QUEUED, db_default=0)
    attempts = models.SmallIntegerField(default=0, db_default=0)
    depth = models.SmallIntegerField(default=0, db_default=0)
    transactional = models.BooleanField(default=False, db_default=False)
    # `broadcast:RUN`, `step:VISIT:NODE:PASS`, `api:KEY` …
    cause = models.CharField(max_length=120)
    reason = models.TextField(null=True)
    # What led here, for the tokens `event.…`.
    context = models.JSONField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.cause}/{self.contact_id}"
