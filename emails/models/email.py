"""An email as people edit it, and the compiled versions that are sent."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.models import Topic
from kernel import clock
from kernel.models import Editable, Owned, Stamped
from media.models import Image, ImageFile
from segments.models import Segment


class Email(Stamped, Owned, Editable):
    """A message: a broadcast to segments, or a template that campaigns and others send."""

    class Type(models.TextChoices):
        """How it is sent."""

        TEMPLATE = "template", _("automated")
        SEGMENT = "segment", _("broadcast")

    class Kind(models.TextChoices):
        """Under which permission it is sent."""

        MARKETING = "marketing", _("marketing")
        TRANSACTIONAL = "transactional", _("transactional")

    class State(models.TextChoices):
        """Whether it may be sent at all."""

        PUBLISHED = "published", _("published")
        UNPUBLISHED = "unpublished", _("unpublished")

    name = models.CharField(_("name"), max_length=200)
    type = models.CharField(_("type"), max_length=10, choices=Type.choices, default=Type.TEMPLATE)
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.choices, default=Kind.MARKETING)
    state = models.CharField(
        _("state"), max_length=12, choices=State.choices, default=State.PUBLISHED
    )
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
    language = models.CharField(_("language"), max_length=35, default="en")
    translation_of = models.ForeignKey(
        "self",
        verbose_name=_("translation of"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="translations",
    )
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
    # Figures of what was not sent by a run, as of `counted_at`; lists show them of large emails.
    counts = models.JSONField(default=dict, editable=False)
    counted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        db_table = "email"
        verbose_name = _("email")
        verbose_name_plural = _("emails")

    def __str__(self) -> str:
        return self.name

    @property
    def is_transactional(self) -> bool:
        """Say whether it goes by its own permission, past unsubscribes and caps."""
        return self.kind == self.Kind.TRANSACTIONAL


class EmailVersion(models.Model):
    """What an email said at one time, compiled; immutable, so that the ledger can name it."""

    email = models.ForeignKey(Email, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    language = models.CharField(max_length=35)
    marketing = models.BooleanField()
    # `content.message.PreparedMessage`: header templates, both bodies, text, links, tokens.
    prepared = models.JSONField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "email_version"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["email", "number"], name="email_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.email_id} v{self.number}"
