"""The ledger: one row for each message a person was to get, and what became of it."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from channels import models as channels
from channels.models import State


class Reason(models.TextChoices):
    """Why somebody is left out; a failure has the server's own words instead."""

    NO_ADDRESS = "no_address", _("no address")
    BAD_ADDRESS = "invalid_address", _("the address cannot be written to")
    GONE = "contact_gone", _("the contact was deleted")
    RESTRICTED = "restricted", _("processing is restricted")
    UNPUBLISHED = "email_unpublished", _("the email was unpublished or deleted")
    SUPPRESSED = "suppressed", _("on the suppression list")
    UNSUBSCRIBED = "unsubscribed", _("unsubscribed")
    HARD_BOUNCE = "hard_bounce", _("hard bounce")
    SOFT_BOUNCE = "soft_bounce", _("soft bounce")
    COMPLAINT = "complaint", _("complaint")
    MANUAL = "manual", _("do not contact")
    NO_CONSENT = "no_consent", _("no consent")
    UNCONFIRMED = "unconfirmed", _("the consent is not confirmed yet")
    NO_TOPIC = "topic_refused", _("this topic was left")
    FREQUENCY = "frequency_cap", _("enough messages for now")
    QUIET = "quiet_hours", _("quiet hours")
    PAUSED = "paused", _("paused by the contact")
    DUPLICATE = "duplicate_address", _("another contact with this address gets it")
    INTERRUPTED = "interrupted", _("the sending process ended in the middle")
    NO_ANSWER = "no_answer", _("the server did not say whether it took the mail")
    PACED = "rate_limit", _("waits for its turn under a limit on sending")
    BAD_SENDER = "sender_not_allowed", _("the sender is not among those allowed")
    POISON = "render_error", _("the email could not be filled in for this contact")


class Delivery(channels.Delivery):
    """One mail to one contact for one cause."""

    email_id = models.BigIntegerField()
    # Of the address at queueing, then at the claim: two contacts with one address are one reader.
    recipient = models.UUIDField(null=True)
    # First open by a person, first by a machine, unsubscription through this mail.
    opened_at = models.DateTimeField(null=True)
    machine_at = models.DateTimeField(null=True)
    unsubscribed_at = models.DateTimeField(null=True)
    # After it was sent: it came back for good or for now, was complained about, was answered.
    bounced_at = models.DateTimeField(null=True)
    complained_at = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "delivery"
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cause", "contact_id"], name="delivery_once"),
            models.UniqueConstraint(
                fields=["run_id", "recipient"],
                name="delivery_address_once",
                condition=models.Q(run_id__gt=0, recipient__isnull=False)
                & ~models.Q(state=State.SKIPPED),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["transactional", "run_id", "due_at", "id"],
                name="delivery_due",
                condition=models.Q(state=State.QUEUED),
            ),
            models.Index(
                fields=["lease_until"],
                name="delivery_lease",
                condition=models.Q(state__in=[State.CLAIMED, State.SENDING]),
            ),
            models.Index(fields=["contact_id", "email_id"], name="delivery_contact"),
            models.Index(fields=["email_id", "id"], name="delivery_email"),
        ]
