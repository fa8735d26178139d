"""What the provider told us: stored before it is answered, worked on afterwards, each once."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock


class Receipt(models.Model):
    """One status of one message, or one message of a person to us."""

    class Sort(models.TextChoices):
        """What it tells."""

        STATUS = "status", _("status")
        INBOUND = "inbound", _("message to us")

    sort = models.CharField(max_length=10, choices=Sort.choices)
    # The provider's name of the message; of one to us a digest of it, kept for good.
    sid = models.CharField(max_length=64)
    # Who wrote to us.
    number = models.CharField(max_length=20, default="")
    status = models.CharField(max_length=20, default="")
    # The row of the ledger that the callback's address named; 0: none.
    delivery_id = models.BigIntegerField(default=0)
    # Of whom it was found to be; empty until it was worked on.
    contact_id = models.BigIntegerField(null=True)
    # Only the fields we read.
    told = models.JSONField(default=dict)
    received_at = models.DateTimeField(default=clock.now)
    # What failed is tried again then.
    due_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)

    class Meta:
        db_table = "sms_receipt"
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["sort", "sid", "status"], name="sms_receipt_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at"], name="sms_receipt_due", condition=models.Q(done_at__isnull=True)
            ),
            models.Index(
                fields=["number", "received_at"],
                name="sms_receipt_number",
                condition=~models.Q(number=""),
            ),
            models.Index(fields=["contact_id"], name="sms_receipt_contact"),
            models.Index(
                fields=["received_at"],
                name="sms_receipt_age",
                condition=models.Q(sort="status"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sid} {self.status}"
