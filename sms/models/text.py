"""A text as people edit it, and the compiled versions that are sent."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from channels.models import Message, Version
from segments.models import Segment


class Text(Message):
    """A text message: a broadcast to segments, or a template that campaigns and others send."""

    # `counts` of a broadcast are the sum of its runs.
    body = models.TextField(_("text"), max_length=5_000)
    # Whom a broadcast goes to: members of any of the first, of none of the second.
    segments = models.ManyToManyField(
        Segment, verbose_name=_("segments"), blank=True, related_name="+", db_table="sms_segment"
    )
    excluded_segments = models.ManyToManyField(
        Segment,
        verbose_name=_("excluded segments"),
        blank=True,
        related_name="+",
        db_table="sms_excluded_segment",
    )
    # The version that is sent from now on.
    current = models.ForeignKey(
        "TextVersion", null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        db_table = "sms"
        verbose_name = _("text message")
        verbose_name_plural = _("text messages")


class TextVersion(Version):
    """What a text said at one time; it is prepared with a text alone."""

    sms = models.ForeignKey(Text, on_delete=models.CASCADE, related_name="versions")

    class Meta:
        db_table = "sms_version"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["sms", "number"], name="sms_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.sms_id} v{self.number}"
