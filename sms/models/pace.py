"""How fast a transport is asked: one row for each."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TextPace(models.Model):
    """When the next text of a transport may go."""

    transport = models.CharField(max_length=20, primary_key=True)
    free_at = models.DateTimeField()

    class Meta:
        db_table = "sms_pace"
        verbose_name = _("pace of texts")
        verbose_name_plural = _("paces of texts")

    def __str__(self) -> str:
        return self.transport
