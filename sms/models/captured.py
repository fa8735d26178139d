"""Texts that were not sent, but kept to be looked at: what the capture transport takes."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock


class CapturedText(models.Model):
    """A text as it would have gone to the provider."""

    # 0 is a test, which is in no ledger.
    delivery_id = models.BigIntegerField()
    recipient = models.TextField()
    body = models.TextField()
    parts = models.SmallIntegerField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "captured_sms"
        verbose_name = _("captured text")
        verbose_name_plural = _("captured texts")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["delivery_id"], name="captured_sms_delivery"),
            models.Index(fields=["created_at"], name="captured_sms_age"),
        ]

    def __str__(self) -> str:
        return self.recipient
