"""Short addresses in texts: which link of which message, and where it leads."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class ShortLink(models.Model):
    """One link of one message; its code cannot be guessed."""

    code = models.CharField(max_length=16, primary_key=True)
    delivery_id = models.BigIntegerField()
    position = models.IntegerField()
    url = models.TextField()

    class Meta:
        db_table = "sms_link"
        verbose_name = _("short link")
        verbose_name_plural = _("short links")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["delivery_id"], name="sms_link_delivery")
        ]

    def __str__(self) -> str:
        return self.code
