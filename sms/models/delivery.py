"""The ledger: one row for each text a person was to get, and what became of it."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from channels.models import Delivery, State


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


class TextDelivery(Delivery):
    """One text to one contact for one cause."""

    sms_id = models.BigIntegerField()
    # In its international form, `+33612345678`: two contacts with one number are one reader.
    number = models.CharField(max_length=20, null=True)
    # When it was handed over last: what is in doubt is looked for from then on.
    begun_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)
    # How often nobody knew whether it was taken; `attempts`: how often it was not.
    doubts = models.SmallIntegerField(default=0, db_default=0)
    parts = models.SmallIntegerField(null=True)
    # The provider's name of the message, and the last that it said of it.
    sid = models.CharField(max_length=64, null=True)
    status = models.CharField(max_length=20, default="", db_default="")
    # Whom it was handed to, and in whose name: only there one may ask for it.
    account = models.CharField(max_length=64, default="", db_default="")
    sender = models.CharField(max_length=64, default="", db_default="")
    # As handed over; kept only until it is known what became of it, or given up.
    body = models.TextField(null=True)

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
