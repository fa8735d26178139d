"""Mails that were not sent, but kept to be looked at: the mailbox of the capture transport."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock


class CapturedMail(models.Model):
    """A mail as it would have gone over the wire."""

    delivery_id = models.BigIntegerField(null=True)
    sender = models.TextField()
    recipients = models.TextField()
    subject = models.TextField()
    raw = models.BinaryField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "captured_mail"
        verbose_name = _("captured mail")
        verbose_name_plural = _("captured mails")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["delivery_id"], name="captured_mail_delivery"),
            models.Index(fields=["created_at"], name="captured_mail_age"),
        ]

    def __str__(self) -> str:
        return self.subject
