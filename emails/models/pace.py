"""What has been used of the limits on sending, by lane: a domain, or `*` for everything."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Pace(models.Model):
    """When the next mail of a lane may go; limits of seconds and minutes are an even pace."""

    lane = models.CharField(max_length=255, primary_key=True)
    free_at = models.DateTimeField()
    # Until when turns were promised to mails that wait in the queue.
    promised_at = models.DateTimeField()

    class Meta:
        db_table = "sending_pace"
        verbose_name = _("pace of sending")
        verbose_name_plural = _("paces of sending")

    def __str__(self) -> str:
        return self.lane


class Quota(models.Model):
    """How many mails of a lane went in half an hour, for limits of a day."""

    lane = models.CharField(max_length=255)
    slot = models.DateTimeField()
    used = models.IntegerField()

    class Meta:
        db_table = "sending_quota"
        verbose_name = _("used quota of sending")
        verbose_name_plural = _("used quotas of sending")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["lane", "slot"], name="sending_quota_slot"),
        ]

    def __str__(self) -> str:
        return f"{self.lane}/{self.slot}"
