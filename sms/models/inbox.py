"""How far the provider's list of messages to us has been read: one row for each number of ours."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Inbox(models.Model):
    """All that came to this number of this account before `read_to` was taken in."""

    account = models.CharField(max_length=64)
    number = models.CharField(max_length=20)
    read_to = models.DateTimeField()

    class Meta:
        db_table = "sms_inbox"
        verbose_name = _("inbox of texts")
        verbose_name_plural = _("inboxes of texts")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "number"], name="sms_inbox_once")
        ]

    def __str__(self) -> str:
        return f"{self.account}/{self.number}"
