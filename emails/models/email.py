"""An email as people edit it, and the compiled versions that are sent."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from channels.models import Message, Version
from contacts.models import Topic
from media.models import Image, ImageFile
from segments.models import Segment


class Email(Message):
    """A message: a broadcast to segments, or a template that campaigns and others send."""

    # `counts` are kept of what is sent one by one; those of a broadcast stand at its runs.
    subject = models.CharField(_("subject"), max_length=1000)
    preheader = models.CharField(_("preheader"), max_length=1000, default="", blank=True)
    # One of them is filled; MJML is turned into HTML when it is saved.
    html = models.TextField(_("HTML"), default="", blank=True)
    mjml = models.TextField(_("MJML"), default="", blank=True)
    # Empty: made from the HTML.
    text = models.TextField(_("plain text"), default="", blank=True)
    from_name = models.CharField(_("sender's name"), max_length=500, default="", blank=True)
    from_address = models.CharField(_("sender's address"), max_length=500, default="", blank=True)
    reply_to = models.CharField(_("reply to"), max_length=500, default="", blank=True)
    # What it is about; transactional mail has none.
    topic = models.ForeignKey(
        Topic,
        verbose_name=_("topic"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # Whom a broadcast goes to: members of any of the first, of none of the second.
    segments = models.ManyToManyField(
        Segment, verbose_name=_("segments"), blank=True, related_name="+", db_table="email_segment"
    )
    excluded_segments = models.ManyToManyField(
        Segment,
        verbose_name=_("excluded segments"),
        blank=True,
        related_name="+",
        db_table="email_excluded_segment",
    )
    # Filters by key that its conditions ask for: emails/services/audiences.py.
    audiences = models.JSONField(_("audiences"), default=list, blank=True)
    # What its body shows, noted when it is saved.
    images = models.ManyToManyField(Image, editable=False, related_name="+", db_table="email_image")
    # By which of their files, so that those of former pictures are found.
    image_files = models.ManyToManyField(
        ImageFile, editable=False, related_name="+", db_table="email_image_file"
    )
    # The version that is sent from now on.
    current = models.ForeignKey(
        "EmailVersion", null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        db_table = "email"
        verbose_name = _("email")
        verbose_name_plural = _("emails")


class EmailVersion(Version):
    """What an email said at one time: header templates, both bodies, text, links, tokens."""

    email = models.ForeignKey(Email, on_delete=models.CASCADE, related_name="versions")
    # The filters it asks for, by key.
    audiences = models.JSONField(default=dict)

    class Meta:
        db_table = "email_version"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["email", "number"], name="email_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.email_id} v{self.number}"
