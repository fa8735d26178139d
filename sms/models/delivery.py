"""The ledger: one row for each text a person was to get, and what became of it."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock


class State(models.IntegerChoices):
    """Where a delivery stands; the numbers are those of the email ledger."""

    QUEUED = 0, _("waiting")
    CLAIMED = 1, _("taken")
    SENDING = 2, _("sending")
    SENT = 3, _("sent")
    FAILED = 4, _("failed")
    UNCERTAIN = 5, _("uncertain")
    SKIPPED = 6, _("skipped")
    CANCELLED = 7, _("cancelled")


class Reason(models.TextChoices):
    """Why somebody is left out; a failure has the provider's own words instead."""

    NO_ADDRESS = "no_address", _("no mobile number")
    BAD_ADDRESS = "invalid_address", _("this is no number that can be dialled")
    GONE = "contact_gone", _("the contact was deleted")
    RESTRICTED = "restricted", _("processing is restricted")
    UNPUBLISHED = "sms_unpublished", _("the text was unpublished or deleted")
    SUPPRESSED = "suppressed", _("on the suppression list")
    UNSUBSCRIBED = "unsubscribed", _("unsubscribed")
    HARD_BOUNCE = "hard_bounce", _("the number takes no texts")
    SOFT_BOUNCE = "soft_bounce", _("the number took no texts lately")
    COMPLAINT = "complaint", _("complaint")
    MANUAL = "manual", _("do not contact")
    NO_CONSENT = "no_consent", _("no consent")
    UNCONFIRMED = "unconfirmed", _("the consent is not confirmed yet")
    FREQUENCY = "frequency_cap", _("enough messages for now")
    QUIET = "quiet_hours", _("quiet hours")
    PAUSED = "paused", _("paused by the contact")
    DUPLICATE = "duplicate_address", _("another contact with this number gets it")
    INTERRUPTED = "interrupted", _("the sending process ended in the middle")
    NO_ANSWER = "no_answer", _("the provider did not say whether it took the text")
    NOT_TAKEN = "not_taken", _("the provider knows nothing of it: it goes again")
    POISON = "render_error", _("the text could not be filled in for this contact")
    EMPTY = "empty", _("filled in for this contact nothing is left of it")
    TOO_LONG = "too_long", _("filled in for this contact it is too long")


class TextDelivery(models.Model):
    """One text to one contact for one cause, whatever crashes or runs twice.

    Ids without foreign keys, as in every history; `run_id` 0 is no broadcast. Outcomes are
    written by id and fence, never by state.
    """

    sms_id = models.BigIntegerField()
    run_id = models.BigIntegerField(default=0, db_default=0)
    contact_id = models.BigIntegerField()
    # In its international form, `+33612345678`: two contacts with one number are one reader.
    number = models.CharField(max_length=20, null=True)
    version_id = models.BigIntegerField(null=True)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    # When it was handed over last: what is in doubt is looked for from then on.
    begun_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    clicked_at = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    fence = models.IntegerField(default=0, db_default=0)
    state = models.SmallIntegerField(choices=State.choices, default=State.QUEUED, db_default=0)
    # How often it was not taken, and how often nobody knew.
    attempts = models.SmallIntegerField(default=0, db_default=0)
    doubts = models.SmallIntegerField(default=0, db_default=0)
    depth = models.SmallIntegerField(default=0, db_default=0)
    transactional = models.BooleanField(default=False, db_default=False)
    parts = models.SmallIntegerField(null=True)
    # `broadcast:RUN`, `step:VISIT:NODE:PASS`, `api:KEY` …
    cause = models.CharField(max_length=120)
    # The provider's name of the message, and the last that it said of it.
    sid = models.CharField(max_length=64, null=True)
    status = models.CharField(max_length=20, default="", db_default="")
    reason = models.TextField(null=True)
    # Whom it was handed to, and in whose name: only there one may ask for it.
    account = models.CharField(max_length=64, default="", db_default="")
    sender = models.CharField(max_length=64, default="", db_default="")
    # As handed over; kept only until it is known what became of it, or given up.
    body = models.TextField(null=True)
    # What led here, for the tokens `event.…`.
    context = models.JSONField(null=True)

    class Meta:
        db_table = "sms_delivery"
        verbose_name = _("delivery of a text")
        verbose_name_plural = _("deliveries of texts")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cause", "contact_id"], name="sms_delivery_once"),
            models.UniqueConstraint(
                fields=["run_id", "number"],
                name="sms_delivery_number_once",
                condition=models.Q(run_id__gt=0, number__isnull=False)
                & ~models.Q(state=State.SKIPPED),
            ),
            models.UniqueConstraint(
                fields=["sid"], name="sms_delivery_sid", condition=models.Q(sid__isnull=False)
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["transactional", "run_id", "due_at", "id"],
                name="sms_delivery_due",
                condition=models.Q(state=State.QUEUED),
            ),
            models.Index(
                fields=["due_at"],
                name="sms_delivery_doubt",
                condition=models.Q(state=State.UNCERTAIN, body__isnull=False),
            ),
            models.Index(
                fields=["lease_until"],
                name="sms_delivery_lease",
                condition=models.Q(state__in=[State.CLAIMED, State.SENDING]),
            ),
            models.Index(fields=["contact_id", "sms_id"], name="sms_delivery_contact"),
            models.Index(fields=["sms_id", "id"], name="sms_delivery_sms"),
            models.Index(fields=["run_id", "id"], name="sms_delivery_run"),
            models.Index(fields=["number", "id"], name="sms_delivery_number"),
        ]

    def __str__(self) -> str:
        return f"{self.cause}/{self.contact_id}"
